import assert from "node:assert/strict";
import { accessOf } from "../../cli/import/access";
import type { LiveBinding, LiveGroup, LiveRole } from "../../cli/import/facts";
import { identityOf } from "../../cli/import/identity";
import { fullAccessRules } from "../../core/rbac/policy-rules";
import { present } from "../support/present";
import { ACCOUNT, allows, BY_HAND, bound, factsOf, groupOf, IAM, POLICY, roleOf, trust } from "./import-facts";

describe("eks-access import: IAM", () => {
	const identity = (role: LiveRole, groups: LiveGroup[]) => identityOf(ACCOUNT, role, ["devs"], groups);

	it("a role that the members of a group may assume is a team's, its policy named", () => {
		assert.deepEqual(identity(roleOf(), [groupOf()]), {
			team: { users: ["jane", "joe"], assumeRolePolicyArn: POLICY },
			group: "devs",
			notes: [],
		});
	});

	it("what the role has of its own is said, AWS's own tags left out", () => {
		const role = roleOf({
			name: "developers",
			path: "/teams/",
			permissionsBoundary: `${IAM}:policy/boundary`,
			maxSessionDuration: 7200,
			tags: { owner: "x", "aws:cloudformation:stack-name": "s" },
			trust: trust({ mfa: true }),
		});
		const attached = [
			{ arn: POLICY, document: allows("*") },
			{ arn: `${IAM}:policy/logs`, document: undefined },
		];
		const { team } = identity(role, [groupOf({ attached })]);
		assert.deepEqual(team.role, {
			name: "developers",
			path: "/teams/",
			permissionsBoundary: `${IAM}:policy/boundary`,
			maxSessionDuration: 7200,
			tags: { owner: "x" },
			mfa: true,
		});
	});

	it("a trust policy as the IAM console writes it is known, with its empty condition", () => {
		const [statement] = trust().Statement;
		const role = roleOf({ trust: { ...trust(), Statement: [{ ...statement, Condition: {} }] } });
		assert.deepEqual(identity(role, [groupOf()]).team.users, ["jane", "joe"]);
	});

	for (const [what, role, groups, says] of [
		["trusts others than the account", roleOf({ trust: allows("*") }), [groupOf()], /trust policy is none/],
		["is assumed by an empty group", roleOf(), [groupOf({ members: [] })], /group devs, .* is empty/],
		[
			"is assumed by a group of another name",
			roleOf(),
			[groupOf({ name: "ops" })],
			/IAM group ops, .* one name for both/,
		],
		[
			"is assumed by an inline policy",
			roleOf(),
			[groupOf({ attached: [], inline: [{ name: "i", document: allows("*") }] })],
			/inline policy/,
		],
	] as const) {
		it(`a role that ${what} comes in as it is, and the config says why`, () => {
			const { team, notes } = identity(role, [...groups]);
			assert.deepEqual(team, { roleArns: [role.arn] });
			assert.match(notes.join(), says);
		});
	}

	it("a role that no group may assume comes in as it is, one of a permission set by the set", () => {
		assert.deepEqual(identity(roleOf(), []), { team: { roleArns: [`${IAM}:role/devs-role`] }, notes: [] });
		const sso = roleOf({ name: "AWSReservedSSO_Devs_0123456789abcdef" });
		assert.deepEqual(identity(sso, []).team, { ssoPermissionSets: ["Devs"] });
	});
});

describe("eks-access import: RBAC", () => {
	const access = (...bindings: LiveBinding[]) => accessOf("devs", factsOf({ bindings }));

	it("bindings keep their names, what all namespaces share is said of the team", () => {
		assert.deepEqual(access(bound("devs:view", "a", "view"), bound("devs:view", "b", "view")).team, {
			namespaces: ["a", "b"],
			access: "view",
		});
		assert.deepEqual(access(bound("x", "a", "view"), bound("x", "b", "view")).team, {
			namespaces: ["a", "b"],
			access: "view",
			binding: "x",
		});
		assert.deepEqual(access(bound("x", "a", "view"), bound("devs:edit", "b", "edit")).team, {
			namespaces: [
				{ name: "a", access: "view", binding: "x" },
				{ name: "b", access: "edit" },
			],
		});
		assert.deepEqual(access(bound("x", undefined, "view"), bound("devs:edit", "b", "edit")).team, {
			namespaces: [{ name: "b", binding: "devs:edit" }],
			access: "edit",
			clusterAccess: "view",
			binding: "x",
		});
	});

	it("a ClusterRole dev-full-access is full only with our rules", () => {
		const level = (rules: typeof fullAccessRules) =>
			accessOf("devs", factsOf({ rules: new Map([["dev-full-access", rules]]) })).team.access;
		assert.equal(level(fullAccessRules), undefined);
		assert.deepEqual(level(BY_HAND), { clusterRole: "dev-full-access" });
	});

	it("what would be refused is allowed by name, and told", () => {
		const { team, notes } = access(bound("x", "kube-system", "edit"), bound("x", "a", "binder"));
		assert.deepEqual(team.allow, ["kube-system", "bind"]);
		assert.match(notes.join(), /allow has kube-system for the RoleBinding kube-system\/x/);
	});

	it("a binding to a Role is rules, of several Roles all, with a binding of the team's own, and is told", () => {
		const toRole = (name: string, namespace: string) => ({
			...bound(name, namespace, name),
			role: { kind: "Role", name },
		});
		const [reading, writing] = [["get"], ["create"]].map((verbs) => ({ apiGroups: [""], resources: ["pods"], verbs }));
		const rules = new Map([
			...factsOf().rules,
			["b/r", [present(reading)]],
			["b/w", [present(writing)]],
			["c/bind", [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] }]],
			["d/wild", [{ ...present(reading), resources: ["pods/*"] }]],
			["e/r", [present(reading)]],
		]);
		const bindings = [
			...[toRole("r", "b"), toRole("w", "b"), toRole("bind", "c"), toRole("wild", "d"), toRole("gone", "d")],
			...[
				bound("devs", "e", "view"),
				toRole("r", "e"),
				{ ...toRole("r", "f"), subjects: bound("x", "f", "view", "ann").subjects },
			],
		];
		const { team, notes } = accessOf("devs", factsOf({ bindings, rules }));
		const binding = "devs:rules";
		assert.deepEqual(team.namespaces, [
			{ name: "b", access: { rules: [reading, writing] }, binding },
			{ name: "c", access: { rules: rules.get("c/bind") }, binding },
			{ name: "e", access: "view" },
		]);
		assert.deepEqual([team.binding, team.allow], ["devs", ["bind"]]);
		const told = notes.join("\n");
		for (const text of [
			/b\/r binds a Role, whose rules the team gets by a ClusterRole and a binding of its own/,
			/c\/bind: the verb bind lets people/,
			/d\/wild stays as it is: its rules are none that a config can give: rules\[0\]\.resources\[0\]: "pods\/\*" matches nothing/,
			/d\/gone stays as it is: the cluster has no Role gone/,
			/e\/r stays as it is: a team has one level in a namespace/,
			/f\/r stays as it is: it is for others too: User ann/,
		]) {
			assert.match(told, text);
		}
		const alone = accessOf("devs", factsOf({ bindings: [toRole("r", "b")], rules }));
		assert.deepEqual(alone.team, { namespaces: ["b"], access: { rules: [reading] } });
	});

	it("a binding for others too, one to a Role that is gone, a second one, and cluster-admin stay as they are, and are told", () => {
		const toRole = { ...bound("x", "b", "r"), role: { kind: "Role", name: "r" } };
		const { team, notes } = access(
			bound("x", "a", "view", "ann"),
			toRole,
			bound("x", "c", "view"),
			bound("y", "c", "edit"),
			bound("z", undefined, "cluster-admin"),
		);
		assert.deepEqual(team.namespaces, ["c"]);
		assert.match(present(notes[0]), /a\/x stays as it is: it is for others too: User ann/);
		assert.match(present(notes[1]), /the cluster has no Role r/);
		assert.match(present(notes[2]), /c\/y stays as it is: a team has one level/);
		assert.match(
			present(notes[3]),
			/ClusterRoleBinding z stays as it is: the ClusterRole cluster-admin makes cluster administrators/,
		);
	});
});
