import assert from "node:assert/strict";
import { present } from "../../support/present";
import { type AnyTeam, problemsOfTeams } from "../../support/team-problems";

const ACCOUNT = "arn:aws:iam::123456789012";
const rule = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] };
const inNamespace = (more: object) => ({ namespaces: ["a", { name: "b", ...more }] });
const LABEL = "letters, digits and -_., with a letter or a digit at both ends";

/** What stands at a place, and what the error there says. */
const REFUSALS: [path: string, team: AnyTeam, message: RegExp | string][] = [
	["name", { name: "a b" }, /^"a b" is no team name; allowed is up to 59 letters/],
	["name", { name: "x".repeat(60) }, /allowed is up to 59 letters/],
	["access", { access: "ful" }, /^found "ful"; allowed is full, edit, view, \{clusterRole: <name>\}, \{rules: /],
	["access", { access: "admin" }, /allowed is full, edit, view/],
	["access", { access: {} }, /^found \{\}; allowed is full, edit, view/],
	["access", { access: { rule: [] } }, /^found \{"rule":\[\]\}; allowed is/],
	["access", { access: { clusterRole: "x", rules: [rule] } }, /allowed is full, edit, view/],
	["access.clusterRole", { access: { clusterRole: "a/b" } }, /^"a\/b" is no name of a ClusterRole/],
	["access.rules", { access: { rules: [] } }, "found an empty list; list the rules, or leave the namespace out"],
	["access.rules", { access: { rules: "x" } }, /^found "x"; allowed is a list of rules/],
	["clusterAccess", { clusterAccess: "all" }, /allowed is full, edit, view/],
	["namespaces[1].name", inNamespace({ name: "B" }), /^"B" is no namespace name/],
	["namespaces[1].access", inNamespace({ access: "fll" }), /^found "fll"; allowed is full/],
	[
		"namespaces[1].acces",
		inNamespace({ acces: "view" }),
		/^unknown key\. Did you mean access\? Known keys: name, access/,
	],
	...[
		["rules[0].verbs", { ...rule, verbs: undefined }, /^found nothing; allowed is a list of verbs/],
		["rules[0].verbs", { ...rule, verbs: [] }, "found an empty list; list the verbs, for example [get, list]"],
		["rules[0].verbs[0]", { ...rule, verbs: [""] }, /^found ""/],
		["rules[0].verb", { ...rule, verb: ["get"] }, /^unknown key\. Did you mean verbs\?/],
		["rules[0].resources[0]", { ...rule, resources: [7] }, /^found 7.*in quotes/],
		["rules[0].resources", { ...rule, resources: [] }, /^is missing or empty; list the resources/],
		["rules[0].apiGroups", { ...rule, apiGroups: undefined }, /^is missing or empty; .* or \[""\] for pods/],
		["rules[0].nonResourceURLs", { ...rule, nonResourceURLs: ["/x"] }, /^stands beside resources/],
	].map(([path, wrong, message]): [string, AnyTeam, RegExp | string] => [
		`namespaces[1].access.${path}`,
		inNamespace({ access: { rules: [wrong] } }),
		message as RegExp | string,
	]),
	["namespaceSelector.matchLabel", { namespaceSelector: { matchLabel: {} } }, /Did you mean matchLabels\?/],
	["namespaceSelector.matchLabels.a", { namespaceSelector: { matchLabels: { a: 1 } } }, /^found 1; .*in quotes/],
	...[
		[
			"operator",
			{ key: "a", operator: "in", values: ["b"] },
			/^found "in"; allowed is In, NotIn, Exists, DoesNotExist/,
		],
		["key", { key: "a b", operator: "Exists" }, /^"a b" is no key of a label/],
		[
			"values",
			{ key: "a", operator: "NotIn" },
			"is missing or empty; list what NotIn compares with, for example [shop]",
		],
		["values", { key: "a", operator: "In", values: [] }, /^is missing or empty; list what In compares with/],
		["values", { key: "a", operator: "Exists", values: ["b"] }, "stands beside Exists, which takes none; remove it"],
	].map(([path, wrong, message]): [string, AnyTeam, RegExp | string] => [
		`namespaceSelector.matchExpressions[0].${path}`,
		{ namespaceSelector: { matchExpressions: [wrong] } },
		message as RegExp | string,
	]),
	["metrics", { metrics: "yes" }, 'found "yes"; allowed is true or false'],
	["admin", { admin: "true" }, 'found "true"; allowed is true or false'],
	["roleArns[0]", { roleArns: [`${ACCOUNT}:role/ci-*`] }, /is no role ARN; allowed is arn:<partition>/],
	["roleArns[0]", { roleArns: [`${ACCOUNT}:user/joe`] }, /is no role ARN/],
	["roleArns[0]", { roleArns: ["arn:aws:sts::123456789012:assumed-role/x/joe"] }, /is no role ARN/],
	["ssoPermissionSets[0]", { ssoPermissionSets: ["x".repeat(33)] }, /is no permission set; allowed is its name/],
	["ssoPermissionSets[0]", { ssoPermissionSets: [`${ACCOUNT}:role/x`] }, /is no permission set/],
	["userArns[0]", { userArns: ["joe"] }, /^"joe" is no user ARN/],
	["userArns[0].arn", { userArns: [{ arn: `${ACCOUNT}:role/x` }] }, /is no user ARN/],
	["userArns[0].usrname", { userArns: [{ arn: `${ACCOUNT}:user/x`, usrname: "x" }] }, /Did you mean username\?/],
	[
		"userArns[0].admin",
		{ userArns: [{ arn: `${ACCOUNT}:user/x`, admin: "yes" }] },
		'found "yes"; allowed is true or false',
	],
	["userArns[0].username", { userArns: [{ arn: `${ACCOUNT}:user/x`, username: "" }] }, /is empty/],
	[
		"userArns[0].username",
		{ userArns: [{ arn: `${ACCOUNT}:user/x`, username: "a:{{SessionName}}" }] },
		/has no session/,
	],
	["trustedAccounts[0].account", { trustedAccounts: [{ account: 123456789012 }] }, /^found 123456789012; .*in quotes/],
	["trustedAccounts[0].account", { trustedAccounts: [{ account: "12345678901" }] }, /allowed is twelve digits/],
	[
		"trustedAccounts[0].externalID",
		{ trustedAccounts: [{ account: "123456789012", externalID: "abc" }] },
		/Did you mean externalId\?/,
	],
	...["a", "a b", "ä-id", "x".repeat(1225)].map((externalId): [string, AnyTeam, RegExp] => [
		"trustedAccounts[0].externalId",
		{ trustedAccounts: [{ account: "123456789012", externalId }] },
		/is no external ID; allowed are 2 to 1224 letters, digits and \+=,\.@:\/-_$/,
	]),
	[
		"trustedAccounts[0].principals[0]",
		{ trustedAccounts: [{ account: "123456789012", principals: ["*"] }] },
		/^"\*" is no principal/,
	],
	["username", { username: "shop:{{SessionName}}" }, /is refused as a username; .*use usernameTemplate$/],
	["usernameTemplate", { usernameTemplate: "{{SessionName}}" }, /after a fixed prefix and a colon/],
	["groups[0]", { groups: ["{{SessionName}}"] }, /after a fixed prefix and a colon/],
	["groups[0]", { groups: [""] }, /is empty/],
	["role.name", { role: { name: "x".repeat(65) } }, /is no role name; allowed are up to 64/],
	[
		"role.path",
		{ role: { path: "/teams" } },
		/is no IAM path; allowed is up to 512 characters that begin and end with \//,
	],
	["role.path", { role: { path: `/${"x".repeat(511)}/` } }, /up to 512 characters/],
	["role.path", { role: { path: "/teams/*/" } }, /without \* and \?$|without \* and \?,/],
	["role.path", { role: { path: "/team?/" } }, /is no IAM path/],
	["role.trust", { role: { trust: "everybody" } }, /allowed is account, users/],
	["role.maxSesionDuration", { role: { maxSesionDuration: 3600 } }, /Did you mean maxSessionDuration\?/],
	...[3599, 43201, 3600.5, "3600"].map((maxSessionDuration): [string, AnyTeam, string] => [
		"role.maxSessionDuration",
		{ role: { maxSessionDuration } },
		`found ${JSON.stringify(maxSessionDuration)}; allowed are 3600 to 43200 seconds, in whole seconds`,
	]),
	["role.permissionsBoundary", { role: { permissionsBoundary: "x" } }, /is no policy ARN/],
	["role.mfa", { role: { mfa: "on" } }, 'found "on"; allowed is true or false'],
	[
		"labels.a",
		{ labels: { a: "b c" } },
		`"b c" is no value of a label; allowed is up to 63 ${LABEL}, for example shop`,
	],
	["labels.a b", { labels: { "a b": "c" } }, /^"a b" is no key of a label or an annotation/],
	["annotations.-a", { annotations: { "-a": "any text" } }, /is no key of a label or an annotation/],
	["podSecurity", { podSecurity: "strict" }, 'found "strict"; allowed is privileged, baseline, restricted'],
	["networkPolicy", { networkPolicy: true }, "found true; allowed is default-deny"],
	["quota.requests.cpu", { quota: { "requests.cpu": "4x" } }, /^"4x" is no quantity; allowed is a quantity/],
	[
		"limits.defualt",
		{ limits: { defualt: {} } },
		/Did you mean default\? Known keys: default, defaultRequest, max, min$/,
	],
	["namespaces[1].limits.max.cpu", inNamespace({ limits: { max: { cpu: "-1" } } }), /^"-1" is no quantity/],
	["allow", { allow: "kube-system" }, 'found "kube-system"; allowed is a list of names, for example [kube-system]'],
];

describe("what stands in a team", () => {
	for (const [path, team, message] of REFUSALS) {
		it(`${JSON.stringify(team).slice(0, 90)} is refused at ${path} alone`, () => {
			const problems = problemsOfTeams(team);
			assert.deepEqual(Object.keys(problems), [`teams[0].${path}`]);
			const found = present(problems[`teams[0].${path}`]);
			typeof message === "string" ? assert.equal(found, message) : assert.match(found, message);
		});
	}

	it("everything that is wrong is told at once, in whichever team it is", () => {
		const problems = problemsOfTeams(
			{ acess: "view", namespaces: [{ name: "A", quta: {} }], role: { mfa: 1 } },
			{ name: "pay", groups: ["system:nodes"] },
		);
		assert.deepEqual(Object.keys(problems), [
			"teams[0].namespaces[0].name",
			"teams[0].namespaces[0].quta",
			"teams[0].role.mfa",
			"teams[0].acess",
			"teams[1].groups[0]",
		]);
	});

	it("a team that is none is told what a team is", () => {
		assert.match(
			present(problemsOfTeams({ name: null, users: 7 })["teams[0].name"]),
			/^found null; allowed is up to 59/,
		);
	});

	it("the longest that AWS takes is accepted", () => {
		assert.deepEqual(
			problemsOfTeams({
				name: "x".repeat(59),
				role: { name: "y".repeat(64), path: `/${"x".repeat(510)}/`, maxSessionDuration: 43200 },
				trustedAccounts: [{ account: "210987654321", externalId: "x".repeat(1224) }],
				ssoPermissionSets: ["z".repeat(32)],
			}),
			{},
		);
		assert.deepEqual(problemsOfTeams({ role: { maxSessionDuration: 3600, path: "/" } }), {});
	});
});
