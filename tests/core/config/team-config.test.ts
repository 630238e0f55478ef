import assert from "node:assert/strict";
import { usernameProblem } from "../../../core/iam/username";
import { present } from "../../support/present";
import { problemsOf, problemsOfTeams, teamOf } from "../../support/team-problems";

const ACCOUNT = "arn:aws:iam::123456789012";
const rule = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] };

describe("a team of the long form", () => {
	it("has one level in its namespaces, and another where a namespace says so", () => {
		const { namespaces, access } = teamOf({
			access: "edit",
			namespaces: [
				"dev",
				{ name: "prod", access: "view" },
				{ name: "ci", access: { rules: [rule] } },
				{ name: "ops", access: { clusterRole: "deployer" } },
				{ name: "uat" },
			],
		});
		assert.equal(access, "edit");
		assert.deepEqual(namespaces, [
			{ name: "dev", access: "edit" },
			{ name: "prod", access: "view" },
			{ name: "ci", access: { rules: [rule] } },
			{ name: "ops", access: { clusterRole: "deployer" } },
			{ name: "uat", access: "edit" },
		]);
	});

	it("has full access unless it says otherwise", () => {
		assert.deepEqual(teamOf({}).namespaces, [{ name: "shop", access: "full" }]);
	});

	it("may have a level in the whole cluster, and none in a namespace", () => {
		const team = teamOf({ namespaces: undefined, clusterAccess: { rules: [{ ...rule, verbs: ["get"] }] } });
		assert.deepEqual(team.namespaces, []);
		assert.deepEqual(team.clusterAccess, { rules: [{ ...rule, verbs: ["get"] }] });
	});

	it("may choose its namespaces by label alone", () => {
		const namespaceSelector = {
			matchLabels: { team: "shop", "example.com/tier": "" },
			matchExpressions: [
				{ key: "env", operator: "NotIn", values: ["prod"] },
				{ key: "audited", operator: "Exists" },
			],
		};
		assert.deepEqual(teamOf({ namespaces: [], namespaceSelector }).namespaceSelector, namespaceSelector);
	});

	it("may see usage figures where it has namespaces", () => {
		assert.equal(teamOf({ metrics: true }).metrics, true);
		assert.equal(teamOf({}).metrics, false);
		const selected = { namespaces: [], namespaceSelector: { matchLabels: { a: "b" } }, metrics: true };
		assert.deepEqual(problemsOfTeams(selected), {});
		assert.deepEqual(problemsOfTeams({ namespaces: [], clusterAccess: "view", metrics: true }), {
			"teams[0].metrics":
				"has no effect: it is given in the team's namespaces, and there are none; remove it, or list some",
		});
	});

	it("may be of roles that are there, permission sets and users, without a role of its own", () => {
		const team = teamOf({
			users: undefined,
			roleArns: [`${ACCOUNT}:role/ci/deploy`],
			ssoPermissionSets: ["Developers", "Dev_Ops"],
			userArns: [`${ACCOUNT}:user/people/joe`, { arn: `${ACCOUNT}:user/ann`, username: "ann", admin: true }],
		});
		assert.deepEqual(team.users, []);
		assert.deepEqual(team.roleArns, [`${ACCOUNT}:role/ci/deploy`]);
		assert.deepEqual(team.ssoPermissionSets, ["Developers", "Dev_Ops"]);
		assert.deepEqual(team.userArns, [
			{ arn: `${ACCOUNT}:user/people/joe`, username: `${ACCOUNT}:user/people/joe`, admin: false },
			{ arn: `${ACCOUNT}:user/ann`, username: "ann", admin: true },
		]);
	});

	it("a user's default username is one that aws-auth takes", () => {
		const { username } = present(teamOf({ userArns: [`${ACCOUNT}:user/people/joe`] }).userArns[0]);
		assert.equal(usernameProblem(username, { of: "user" }), undefined);
	});

	it("may trust other accounts, whole or in part", () => {
		const trustedAccounts = [
			{ account: "210987654321" },
			{ account: "123450987654", externalId: "acme-7f3a", principals: ["arn:aws:iam::123450987654:role/ci-*"] },
		];
		assert.deepEqual(teamOf({ users: [], trustedAccounts }).trustedAccounts, trustedAccounts);
	});

	it("is called by its name, by a name that it gives, or by the person's", () => {
		assert.equal(teamOf({}).username, "shop");
		assert.equal(teamOf({ username: "buyer" }).username, "buyer");
		assert.equal(teamOf({ usernameTemplate: "shop:{{SessionName}}" }).username, "shop:{{SessionName}}");
	});

	it("may be in further groups, and administer the cluster without a namespace", () => {
		assert.deepEqual(teamOf({ groups: ["auditors", "shop:{{SessionName}}"] }).groups, [
			"auditors",
			"shop:{{SessionName}}",
		]);
		assert.equal(teamOf({ namespaces: undefined, admin: true }).admin, true);
		assert.deepEqual(problemsOfTeams({ namespaces: [], groups: ["auditors"] }), {});
	});

	it("may shape its role and its IAM group", () => {
		const role = {
			name: "Shop",
			path: "/teams/",
			permissionsBoundary: `${ACCOUNT}:policy/boundary`,
			maxSessionDuration: 43200,
			mfa: true,
			tags: { owner: "platform" },
		};
		assert.deepEqual(teamOf({ role }).role, role);
	});

	it("gives its namespaces settings, which a namespace has before it", () => {
		const { namespaces } = teamOf({
			labels: { team: "shop", tier: "1" },
			annotations: { owner: "Shop, with any text" },
			podSecurity: "baseline",
			quota: { pods: 20, "requests.cpu": "4" },
			limits: { default: { cpu: 0.5, memory: "256Mi" } },
			networkPolicy: "default-deny",
			namespaces: [
				"dev",
				{ name: "prod", labels: { tier: "2" }, podSecurity: "restricted", quota: { pods: "50" }, limits: {} },
			],
		});
		const ofTeam = { annotations: { owner: "Shop, with any text" }, networkPolicy: "default-deny" };
		assert.deepEqual(namespaces, [
			{
				name: "dev",
				access: "full",
				labels: { team: "shop", tier: "1" },
				...ofTeam,
				podSecurity: "baseline",
				quota: { pods: "20", "requests.cpu": "4" },
				limits: { default: { cpu: "0.5", memory: "256Mi" } },
			},
			{
				name: "prod",
				access: "full",
				labels: { team: "shop", tier: "2" },
				...ofTeam,
				podSecurity: "restricted",
				quota: { pods: "50" },
			},
		]);
	});

	it("gives Kubernetes' own namespaces only what is set for them by name", () => {
		const { namespaces } = teamOf({
			access: "view",
			networkPolicy: "default-deny",
			quota: { pods: "1" },
			podSecurity: "restricted",
			namespaces: ["kube-system", { name: "kube-public", labels: { a: "b" } }],
		});
		assert.deepEqual(namespaces, [
			{ name: "kube-system", access: "view" },
			{ name: "kube-public", access: "view", labels: { a: "b" } },
		]);
	});

	it("two teams share a namespace, also with settings, as long as they say the same", () => {
		const shared = { name: "shared", labels: { a: "b" }, quota: { pods: "1" } };
		const other = { name: "shared", labels: { c: "d" }, quota: { pods: "1" }, networkPolicy: "default-deny" };
		assert.deepEqual(problemsOfTeams({ name: "a", namespaces: [shared] }, { name: "b", namespaces: [other] }), {});
	});

	it("two teams that want different things of a namespace are told what, and which", () => {
		const shared = { name: "shared", labels: { "example.com/tier": "1" }, quota: { pods: "1" } };
		const other = { name: "shared", labels: { "example.com/tier": "2" }, quota: { pods: "2" } };
		const end = "set it in one of them, or the same in both";
		assert.deepEqual(problemsOfTeams({ name: "a", namespaces: [shared] }, { name: "b", namespaces: [other] }), {
			teams:
				`the namespace shared gets quota {"pods":"1"} from a and {"pods":"2"} from b; ${end}\n` +
				`the namespace shared gets labels.example.com/tier "1" from a and "2" from b; ${end}`,
		});
	});

	it("an ARN of a session is refused with what to give instead", () => {
		const arn = "arn:aws:sts::123456789012:assumed-role/admin/jane";
		const session = /Give the role itself, not a session of it: arn:aws:iam::123456789012:role\/admin$/;
		assert.match(problemsOfTeams({ roleArns: [arn] })["teams[0].roleArns[0]"] ?? "", session);
		assert.match(
			problemsOf({ cluster: "c", adminRoleArn: arn, namespaces: '["x"]', users: '["jane"]' }).adminRoleArn ?? "",
			session,
		);
	});
});
