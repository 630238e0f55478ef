import assert from "node:assert/strict";
import { explainName, sentences } from "../../../core/errors/reasons";
import { present } from "../../support/present";
import { type AnyTeam, problemsOfTeams, SMALL } from "../../support/team-problems";

const rules = (verbs: string[], resources: string[], apiGroups = [""]) => ({
	rules: [{ apiGroups, resources, verbs }],
});

/** What is refused, where, and the name that allows it. */
const REFUSALS: [what: string, name: string, path: string, team: AnyTeam][] = [
	...["kube-system", "kube-public", "kube-node-lease", "default"].flatMap(
		(name): [string, string, string, AnyTeam][] => [
			[`full access in ${name}`, name, "teams[0].namespaces[1]", { namespaces: ["shop", name] }],
			[`edit in ${name}`, name, "teams[0].namespaces[0]", { namespaces: [name], access: "edit" }],
			[
				`edit of its own in ${name}`,
				name,
				"teams[0].namespaces[0].access",
				{ namespaces: [{ name, access: "edit" }], access: "view" },
			],
		],
	),
	...["bind", "escalate", "impersonate"].flatMap((verb): [string, string, string, AnyTeam][] => [
		[`${verb} in the team's level`, verb, "teams[0].access", { access: rules([verb], ["roles"]) }],
		[
			`${verb} in a namespace's level`,
			verb,
			"teams[0].namespaces[0].access",
			{ namespaces: [{ name: "shop", access: rules([verb], ["roles"]) }] },
		],
		[
			`${verb} in a selector's level`,
			verb,
			"teams[0].access",
			{ namespaces: [], namespaceSelector: { matchLabels: { a: "b" } }, access: rules([verb], ["roles"]) },
		],
	]),
	["* on RBAC objects", "rbac", "teams[0].access", { access: rules(["*"], ["*"], ["*"]) }],
	["a group of Kubernetes' own", "system:nodes", "teams[0].groups[1]", { groups: ["auditors", "system:nodes"] }],
	[
		"an administrators' group of Kubernetes' own",
		"system:nodes",
		"teams[0].groups[0]",
		{ groups: ["system:nodes"], admin: true },
	],
	["nodes/proxy", "nodes/proxy", "teams[0].clusterAccess", { clusterAccess: rules(["get"], ["nodes/proxy"]) }],
	[
		"writing in every namespace",
		"cluster-write",
		"teams[0].clusterAccess",
		{ clusterAccess: { clusterRole: "deployer" } },
	],
	[
		"POST to URLs of the API server",
		"nonResourceURLs",
		"teams[0].clusterAccess",
		{ clusterAccess: { rules: [{ nonResourceURLs: ["*"], verbs: ["get", "post"] }] } },
	],
	["reading every secret", "secrets", "teams[0].clusterAccess", { clusterAccess: rules(["get"], ["secrets"]) }],
	["entering every pod", "pods/exec", "teams[0].clusterAccess", { clusterAccess: rules(["get"], ["pods/exec"]) }],
	[
		"cluster-admin in a namespace",
		"clusterRole/cluster-admin",
		"teams[0].access",
		{ access: { clusterRole: "cluster-admin" } },
	],
	[
		"a ClusterRole of Kubernetes' own",
		"clusterRole/system:node",
		"teams[0].access",
		{ access: { clusterRole: "system:node" } },
	],
];

describe("a config's refusals", () => {
	for (const [what, name, path, team] of REFUSALS) {
		it(`${what} is refused once, at its place, with what to do if it is meant`, () => {
			const problems = problemsOfTeams(team);
			assert.deepEqual(Object.keys(problems), [path]);
			assert.ok(
				present(problems[path]).endsWith(`; if that is meant, add "${name}" to the team's allow`),
				problems[path],
			);
			assert.equal(present(problems[path]).split("\n").length, 1);
		});

		it(`${what} is accepted under its own name and under no other`, () => {
			assert.deepEqual(problemsOfTeams({ ...team, allow: [name] }), {});
			const others = [...new Set(REFUSALS.map(([, other]) => other))].filter((other) => other !== name);
			assert.deepEqual(Object.keys(problemsOfTeams({ ...team, allow: others })), [path]);
		});
	}

	it("one name does not allow another danger of the same level, nor of another team", () => {
		const both = { clusterAccess: rules(["create"], ["serviceaccounts/token"]) };
		assert.match(
			present(problemsOfTeams(both)["teams[0].clusterAccess"]),
			/"cluster-write".*\n.*"serviceaccounts\/token"/,
		);
		assert.match(
			present(problemsOfTeams({ ...both, allow: ["cluster-write"] })["teams[0].clusterAccess"]),
			/^serviceaccounts\/token lets people act .*add "serviceaccounts\/token" to the team's allow$/,
		);
		assert.deepEqual(problemsOfTeams({ ...both, allow: ["cluster-write", "serviceaccounts/token"] }), {});
		const system = { namespaces: ["kube-system"] };
		const allowed = { ...system, allow: ["kube-system"] };
		assert.deepEqual(Object.keys(problemsOfTeams(allowed, { ...system, name: "other" })), ["teams[1].namespaces[0]"]);
	});

	it("kube-system is not allowed by allowing another protected namespace, nor by a selector or the whole cluster", () => {
		const team = { namespaces: ["kube-system"], allow: ["kube-public", "kube-node-lease", "cluster-write"] };
		assert.match(present(problemsOfTeams(team)["teams[0].namespaces[0]"]), /^full access in kube-system is refused/);
		const cluster = { clusterAccess: "edit", allow: ["kube-system"] };
		assert.match(present(problemsOfTeams(cluster)["teams[0].clusterAccess"]), /^writing in every namespace is refused/);
	});

	it("a level of the team's is complained of once, not at every namespace", () => {
		const team = { namespaces: ["a", "b", "kube-system"], access: rules(["bind"], ["roles"]) };
		assert.deepEqual(Object.keys(problemsOfTeams(team)), ["teams[0].access", "teams[0].namespaces[2]"]);
		const own = { ...team, namespaces: ["a", { name: "b", access: team.access }] };
		assert.deepEqual(Object.keys(problemsOfTeams(own)), ["teams[0].access", "teams[0].namespaces[1].access"]);
	});

	for (const group of ["system:masters", "System:Masters", "SYSTEM:masters"]) {
		it(`the group ${group} needs admin: true, and allow does not help`, () => {
			const message = `${group} makes cluster administrators. If that is meant, set admin: true`;
			assert.deepEqual(problemsOfTeams({ groups: [group] }), { "teams[0].groups[0]": message });
			const problems = problemsOfTeams({ groups: [group], allow: [group] });
			assert.equal(problems["teams[0].groups[0]"], message);
			assert.match(present(problems["teams[0].allow[0]"]), /is nothing that would be refused/);
			assert.deepEqual(problemsOfTeams({ groups: [group], admin: true }), {});
		});
	}

	it("a group that people could complete to system:masters is refused, also with admin or allow", () => {
		for (const group of ["system:{{SessionName}}", "System:{{SessionNameRaw}}", "system:x:{{SessionName}}"]) {
			for (const more of [{}, { admin: true }, { allow: [group] }]) {
				assert.match(
					present(problemsOfTeams({ groups: [group], ...more })["teams[0].groups[0]"]),
					/lets people choose one of Kubernetes' own groups/,
				);
			}
		}
		for (const group of [
			"{{SessionName}}",
			"s{{SessionName}}",
			" system:masters",
			"system:masters ",
			"\tsystem:masters",
		]) {
			assert.match(
				present(problemsOfTeams({ groups: [group], allow: [group] })["teams[0].groups[0]"]),
				/prefix|blank/,
				group,
			);
		}
	});

	it("cluster-admin in the whole cluster needs admin: true, and allow does not help", () => {
		const team = {
			clusterAccess: { clusterRole: "cluster-admin" },
			allow: ["cluster-write", "clusterRole/cluster-admin"],
		};
		assert.deepEqual(problemsOfTeams(team), {
			"teams[0].clusterAccess":
				"the ClusterRole cluster-admin makes cluster administrators. If that is meant, set admin: true instead",
		});
	});

	for (const prefix of ["eks:", "aws:", "amazon:", "iam:"]) {
		it(`names that begin with ${prefix} are EKS' own, which allow does not change`, () => {
			const team = { usernameTemplate: `${prefix}{{SessionName}}`, groups: [`${prefix}x`] };
			const message = (what: "username" | "group", name: string) =>
				sentences(explainName({ is: "eks-prefix", what, name, prefix }));
			assert.deepEqual(problemsOfTeams(team), {
				"teams[0].usernameTemplate": message("username", `${prefix}{{SessionName}}`),
				"teams[0].groups[0]": message("group", `${prefix}x`),
			});
			const arn = "arn:aws:iam::123456789012:user/jane";
			const user = problemsOfTeams({ userArns: [{ arn, username: `${prefix}x` }] });
			assert.deepEqual(user, { "teams[0].userArns[0].username": message("username", `${prefix}x`) });
		});
	}

	it("a username of Kubernetes' own is refused, for a team and for a user, and allow does not help", () => {
		const name = "system:kube-controller-manager";
		const arn = "arn:aws:iam::123456789012:user/jane";
		for (const team of [{ username: name }, { usernameTemplate: name }, { userArns: [{ arn, username: name }] }]) {
			const problems = Object.values(problemsOfTeams({ ...team, allow: [name] }));
			assert.equal(problems.length > 0, true, JSON.stringify(team));
			assert.match(present(problems[0]), /system:/);
		}
	});

	it("allow takes no name of what would not be refused", () => {
		for (const name of ["bnd", "defaults", "*", "system:", "kube-systems", "admin"]) {
			assert.match(
				present(problemsOfTeams({ allow: [name] })["teams[0].allow[0]"]),
				/is nothing that would be refused; allowed are kube-system, .*, bind, .*, system:<group>, clusterRole\/<name>, clusterRoleBinding/,
			);
		}
	});

	it("wildcards that RBAC does not know, such as nodes/*, are refused instead of giving nothing", () => {
		for (const resource of ["nodes/*", "*/*", "pods/*"]) {
			const problems = problemsOfTeams({ ...SMALL, clusterAccess: rules(["get"], [resource]) });
			assert.match(
				present(problems["teams[0].clusterAccess.rules[0].resources[0]"]),
				/matches nothing; allowed is a resource/,
			);
		}
	});

	it("URLs are given in the whole cluster, not in a namespace", () => {
		const access = { rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] };
		const message = "nonResourceURLs are of the cluster, not of a namespace; give them under clusterAccess";
		assert.deepEqual(problemsOfTeams({ access }), { "teams[0].access": message });
		const namespaces = ["a", { name: "b", access }];
		assert.deepEqual(problemsOfTeams({ namespaces }), { "teams[0].namespaces[1].access": message });
		assert.deepEqual(problemsOfTeams({ clusterAccess: access }), {});
	});
});
