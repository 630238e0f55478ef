import assert from "node:assert/strict";
import { accessChanges, describeChange } from "../../../core/changes/access-changes";
import { HeldAccess } from "../../../core/changes/held-access";
import { readTeams } from "../../../core/config/config";
import type { TeamArgs } from "../../../core/config/team-args";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import { accessMatrix } from "../../../core/teams/access-matrix";
import { teamOutputs, teamsOfOutput } from "../../../core/teams/access-output";
import { acceptedDangers, existingRoles, unneededKeys } from "../../../core/teams/allow";
import { selectNamespaces } from "../../../core/teams/namespace-selector";
import { objectsOf } from "../../../core/teams/objects";
import { principalsOf } from "../../../core/teams/principals";
import { bindingSurplus } from "../../../core/teams/surplus";

const CI = "arn:aws:iam::123456789012:role/ci";
const teamsOf = (...teams: Partial<TeamArgs>[]) =>
	readTeams(
		teams.map((team, at) => ({ name: `t${at}`, roleArns: [CI], username: "ci", ...team })),
		"test",
	);
const ADMIN_VIEW = { policy: "AmazonEKSAdminViewPolicy" };
const SECRETS = { allow: ["secrets"] };
const EVERYWHERE = { clusterAccess: ADMIN_VIEW, allow: ["secrets", "pods/exec", "nodes/proxy"] };

describe("access that only access entries give", () => {
	const teams = teamsOf(
		{ namespaces: ["prod", "dev-*"], access: "view" },
		{ namespaces: ["prod", { name: "uat", access: ADMIN_VIEW }, { name: "dev-a-*", access: "edit" }], ...SECRETS },
		{ namespaces: [], ...EVERYWHERE, roleArns: [`${CI}-2`] },
	);

	it("is an access policy each, once for an identity, with all its namespaces and patterns", () => {
		assert.deepEqual(
			principalsOf(teams).map(({ policies }) => policies),
			[
				[
					{ name: "AmazonEKSViewPolicy", namespaces: ["dev-*", "prod"] },
					{ name: "AmazonEKSAdminViewPolicy", namespaces: ["uat"] },
					{ name: "AmazonEKSEditPolicy", namespaces: ["dev-a-*"] },
				],
				[{ name: "AmazonEKSAdminViewPolicy" }],
			],
		);
	});

	it("has no binding and no ClusterRole; a namespace by name is made, one of a pattern is not", () => {
		const objects = objectsOf(teams).map(({ kind, metadata: { name, namespace } }) =>
			[kind, name, namespace].join(" "),
		);
		assert.deepEqual(objects, [
			"Namespace prod ",
			"Namespace uat ",
			"ClusterRole dev-full-access ",
			"RoleBinding t0:view prod",
			"RoleBinding t1 prod",
		]);
		assert.deepEqual(existingRoles(teamsOf({ namespaces: ["kube-*"], access: "view" }, EVERYWHERE)), []);
	});

	it("needs what it lists under allow, and nothing of it is said to be unneeded", () => {
		for (const team of teams) {
			assert.deepEqual(
				unneededKeys(
					team,
					acceptedDangers(team, new Map(), () => undefined),
				),
				[],
			);
		}
	});

	it("is in the matrix by the policy's name and the pattern, and the output says it again", () => {
		const rows = accessMatrix(teams).map(({ team, access, namespaces }) => `${team} ${access} ${namespaces}`);
		assert.deepEqual(rows, [
			"t0 view prod,dev-*",
			"t1 full prod",
			"t1 policy/AmazonEKSAdminViewPolicy uat",
			"t1 edit dev-a-*",
			"t2 policy/AmazonEKSAdminViewPolicy *",
		]);
		assert.deepEqual(accessMatrix(teamsOfOutput(teamOutputs(teams))), accessMatrix(teams));
	});

	it("by a selector is in the namespaces that it has chosen", () => {
		const selecting = teamsOf({ namespaceSelector: { matchLabels: { a: "b" } }, access: ADMIN_VIEW, ...SECRETS });
		const chosen = selectNamespaces(selecting, [{ name: "x", labels: { a: "b" } }]);
		assert.deepEqual(principalsOf(chosen)[0]?.policies, [{ name: "AmazonEKSAdminViewPolicy", namespaces: ["x"] }]);
	});
});

describe("changes of access by patterns", () => {
	const said = (before: Partial<TeamArgs>, after: Partial<TeamArgs>) =>
		accessChanges(accessMatrix(teamsOf(before)), accessMatrix(teamsOf(after))).map(describeChange);
	const view = (...namespaces: string[]) => ({ namespaces, access: "view" as const });

	it("nobody loses what a pattern gives, or gains what it gave before", () => {
		assert.deepEqual(said(view("dev-a"), view("dev-*")), [`+ ${CI} gains view in dev-*`]);
		assert.deepEqual(said(view("dev-*"), view("dev-*", "dev-a", "dev-b-*")), []);
		assert.deepEqual(said(view("dev-*"), view("dev-a")), [`- ${CI} loses view in dev-*`]);
		assert.deepEqual(said(view("dev-a", "prod"), view("dev-*")), [
			`+ ${CI} gains view in dev-*`,
			`- ${CI} loses view in prod`,
		]);
	});

	it("of an access policy are told by its name", () => {
		assert.deepEqual(said({ namespaces: ["a"] }, { namespaces: ["a"], access: ADMIN_VIEW, ...SECRETS }), [
			`~ ${CI} goes from full to policy/AmazonEKSAdminViewPolicy in a`,
		]);
	});
});

describe("access that a state holds by access policies", () => {
	const rows = accessMatrix(
		teamsOf(
			{ namespaces: ["dev-*"], access: "view" },
			{ namespaces: ["uat"], access: ADMIN_VIEW, ...SECRETS },
			EVERYWHERE,
		),
	);
	const held = (...associations: [policy: string, ...namespaces: string[]][]) =>
		new HeldAccess([
			{ type: "aws:eks/accessEntry:AccessEntry", outputs: { principalArn: CI, kubernetesGroups: ["t0", "t1", "t2"] } },
			...associations.map(([policy, ...namespaces]) => ({
				type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
				outputs: {
					principalArn: CI,
					policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
					accessScope: namespaces.length > 0 ? { type: "namespace", namespaces } : { type: "cluster" },
				},
			})),
		])
			.rows(rows, () => ({ roles: [], groups: [] }))
			.map(({ access, namespaces }) => `${access} ${namespaces}`);

	it("is what the associations have, in their scope", () => {
		assert.deepEqual(held(), []);
		assert.deepEqual(held(["AmazonEKSViewPolicy", "prod"], ["AmazonEKSEditPolicy", "dev-*"]), []);
		assert.deepEqual(held(["AmazonEKSViewPolicy", "dev-*"]), ["view dev-*"]);
		assert.deepEqual(held(["AmazonEKSAdminViewPolicy", "uat"]), ["policy/AmazonEKSAdminViewPolicy uat"]);
		assert.deepEqual(held(["AmazonEKSAdminViewPolicy"]), [
			"policy/AmazonEKSAdminViewPolicy uat",
			"policy/AmazonEKSAdminViewPolicy *",
		]);
	});
});

describe("service accounts in namespaces that a pattern stands for", () => {
	const ALL = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
	const strong: LiveBinding = {
		metadata: { name: "strong" },
		roleRef: { kind: "ClusterRole", name: "cluster-admin" },
		subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "dev-a" }],
	};
	const found = (team: Partial<TeamArgs>) => bindingSurplus(teamsOf(team), [strong], () => ALL).map(({ key }) => key);

	it("are what the team can act as, by edit and by a policy that reads secrets, and not by view", () => {
		assert.deepEqual(found({ namespaces: ["dev-*"], access: "edit" }), ["serviceAccount/dev-a/deployer"]);
		assert.deepEqual(found({ namespaces: ["dev-*"], access: ADMIN_VIEW, ...SECRETS }), [
			"serviceAccount/dev-a/deployer",
		]);
		assert.deepEqual(found({ namespaces: ["uat-*"], access: "edit" }), []);
		assert.deepEqual(found({ namespaces: ["dev-*"], access: "view" }), []);
	});
});
