import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { TeamIdentity, type TeamIdentityArgs } from "../../components/team-identity";
import { readNamedTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { ConfigError } from "../../core/errors/problem";
import { trustPolicy } from "../../core/teams/iam-policies";
import { ACCOUNT, MEMBERSHIP, MockEngine, ROLE, resolved } from "../support/mock-engine";

const POLICY = "aws:iam/policy:Policy";
const GROUP = "aws:iam/group:Group";
const ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
const CLUSTER = "arn:aws:eks:eu-west-1:293759796572:cluster/prod";
const TEAM = { name: "k8s-devs", username: "developer", users: ["jane", "joe"] };

describe("TeamIdentity", () => {
	let engine: MockEngine;
	beforeEach(async () => {
		engine = await MockEngine.start();
	});

	function construct(team: TeamArgs, args: Partial<TeamIdentityArgs> = {}, name = "access-k8s-devs"): TeamIdentity {
		return new TeamIdentity(name, { team, account: ACCOUNT, clusterArn: CLUSTER, ...args });
	}

	async function make(team: Partial<TeamArgs> = {}, args: Partial<TeamIdentityArgs> = {}): Promise<TeamIdentity> {
		const identity = construct({ ...TEAM, ...team }, args);
		await engine.settled();
		return identity;
	}

	it("makes one role, policy, group and attachment a team, and one membership a user", async () => {
		await make();
		assert.deepEqual(engine.counts(), {
			"eks-access:index:TeamIdentity": 1,
			[ROLE]: 1,
			[POLICY]: 1,
			[GROUP]: 1,
			[ATTACHMENT]: 1,
			[MEMBERSHIP]: 2,
		});
	});

	it("has everything it makes for its children", async () => {
		await make();
		const [component, ...children] = engine.registered;
		assert.deepEqual(new Set(children.map(({ parent }) => parent)), new Set([component?.urn]));
	});

	it("names role and group after the team, since people must know them", async () => {
		await make();
		assert.equal(engine.the(ROLE).inputs.name, "k8s-devs-role");
		assert.equal(engine.the(GROUP).inputs.name, "k8s-devs");
	});

	it("names the policy after the team in IAM, where the stack has an iamName", async () => {
		const names = { template: "{team}-{cluster}", cluster: "prod" };
		const [team] = readNamedTeams([{ ...TEAM, namespaces: ["dev"] }], names, "EksAccess access");
		construct(team as TeamArgs);
		await engine.settled();
		assert.equal(engine.the(GROUP).inputs.name, "k8s-devs-prod");
		assert.equal(engine.the(ROLE).inputs.name, "k8s-devs-prod-role");
		const { name, namePrefix } = engine.the(POLICY).inputs;
		assert.deepEqual([name, namePrefix], [undefined, "k8s-devs-prod-assume-role-"]);
	});

	it("gives the role no permissions, only trust", async () => {
		await make();
		const { assumeRolePolicy, managedPolicyArns, inlinePolicies } = engine.the(ROLE).inputs;
		assert.equal(JSON.parse(assumeRolePolicy).Statement[0].Principal.AWS, "arn:aws:iam::293759796572:root");
		assert.equal(managedPolicyArns ?? inlinePolicies, undefined);
	});

	it("lets the group assume that role only, and find its cluster", async () => {
		await make({ role: { path: "/teams/" } });
		const { Statement } = JSON.parse(engine.the(POLICY).inputs.policy);
		assert.deepEqual(
			Statement.map(({ Action, Resource }: { Action: string; Resource: string }) => [Action, Resource]),
			[
				["sts:AssumeRole", "arn:aws:iam::293759796572:role/teams/k8s-devs-role"],
				["eks:DescribeCluster", CLUSTER],
				["eks:ListClusters", "*"],
			],
		);
	});

	it("adds users to the group without putting others out of it", async () => {
		await make();
		assert.deepEqual(
			engine.only(MEMBERSHIP).map(({ inputs }) => [inputs.user, inputs.groups]),
			[
				["jane", ["k8s-devs"]],
				["joe", ["k8s-devs"]],
			],
		);
		assert.equal(engine.only("aws:iam/groupMembership:GroupMembership").length, 0);
	});

	it("no two memberships share a name, whatever teams and users are called", async () => {
		construct({ name: "dev", users: ["ops-jane"] }, {}, "access-dev");
		construct({ name: "dev-ops", users: ["jane"] }, {}, "access-dev-ops");
		await engine.settled();
		assert.equal(new Set(engine.only(MEMBERSHIP).map(({ urn }) => urn)).size, 2);
	});

	it("tags the role and the policy; the team's own tags go before the stack's", async () => {
		await make({ role: { tags: { owner: "shop", cost: "7" } } }, { tags: { owner: "platform", env: "prod" } });
		for (const type of [ROLE, POLICY]) {
			assert.deepEqual(engine.the(type).inputs.tags, { owner: "shop", env: "prod", cost: "7" });
		}
	});

	it("without tags sets none", async () => {
		await make();
		assert.equal(engine.the(ROLE).inputs.tags, undefined);
	});

	it("hands the role's options on", async () => {
		const permissionsBoundary = "arn:aws:iam::293759796572:policy/boundary";
		await make({ role: { name: "Devs", path: "/teams/", permissionsBoundary, maxSessionDuration: 7200, mfa: true } });
		const { name, path, permissionsBoundary: boundary, maxSessionDuration, assumeRolePolicy } = engine.the(ROLE).inputs;
		assert.deepEqual(
			[name, path, boundary, maxSessionDuration],
			["Devs", "/teams/", "arn:aws:iam::293759796572:policy/boundary", 7200],
		);
		// Bool, not BoolIfExists: with that, long-term keys get in.
		const [{ Condition }] = JSON.parse(assumeRolePolicy).Statement;
		assert.deepEqual(Condition, { Bool: { "aws:MultiFactorAuthPresent": "true" } });
	});

	it("hands on the mapping for aws-auth: the role's path stripped there, and kept in its ARN", async () => {
		const identity = await make({ role: { path: "/teams/" }, groups: ["auditors"] });
		assert.equal(await resolved(identity.roleArn), "arn:aws:iam::293759796572:role/teams/k8s-devs-role");
		assert.deepEqual(await resolved(identity.roleMapping), {
			roleArn: "arn:aws:iam::293759796572:role/k8s-devs-role",
			username: "developer",
			groups: ["k8s-devs", "auditors"],
		});
	});

	it("of trusted accounts only, makes the role alone: there is nobody for a group", async () => {
		const trustedAccounts = [{ account: "111122223333", externalId: "acme-7f3a" }];
		await make({ users: [], trustedAccounts });
		assert.deepEqual(engine.counts(), { "eks-access:index:TeamIdentity": 1, [ROLE]: 1 });
		const { Statement } = JSON.parse(engine.the(ROLE).inputs.assumeRolePolicy);
		assert.deepEqual(
			Statement.map((statement: { Principal: object; Condition: object }) => [
				statement.Principal,
				statement.Condition,
			]),
			[[{ AWS: "arn:aws:iam::111122223333:root" }, { StringEquals: { "sts:ExternalId": "acme-7f3a" } }]],
		);
	});

	it("with a policy of its own that is there, makes none", async () => {
		const assumeRolePolicyArn = "arn:aws:iam::293759796572:policy/eks-developers";
		await make({ assumeRolePolicyArn });
		assert.equal(engine.only(POLICY).length, 0);
		assert.deepEqual(engine.the(ATTACHMENT).inputs, { group: "k8s-devs", policyArn: assumeRolePolicyArn });
	});

	it("adopts what is there with what the team says, but for the words of who made it; others join", async () => {
		const role = { name: "k8s-devs-role", assumeRolePolicy: '{"Statement":[]}', description: "by hand" };
		const group = { name: "k8s-devs", path: "/people/", members: ["jane", "ann"] };
		const existing = { role, group, adopted: { role: true, group: true } };
		await make({}, { existing, tags: { owner: "platform" } });
		const adopted = engine.the(ROLE);
		assert.equal(adopted.importId, "k8s-devs-role");
		assert.deepEqual(adopted.inputs, {
			name: "k8s-devs-role",
			description: "by hand",
			assumeRolePolicy: trustPolicy(ACCOUNT, { users: ["jane"] }),
			tags: { owner: "platform" },
		});
		assert.deepEqual(
			[engine.the(GROUP).importId, engine.the(GROUP).inputs],
			["k8s-devs", { name: "k8s-devs", path: "/people/" }],
		);
		assert.deepEqual(
			engine.only(MEMBERSHIP).map(({ importId }) => importId),
			["jane/k8s-devs", ""],
		);
	});

	it("leaves what it has adopted where it is when the stack goes, and the tags until the next update", async () => {
		const role = { name: "k8s-devs-role", path: "/", assumeRolePolicy: "{}", maxSessionDuration: 3600 };
		await make({}, { existing: { role, adopted: { role: true, group: true } } });
		assert.deepEqual([engine.the(ROLE).retainOnDelete, engine.the(GROUP).retainOnDelete], [true, true]);
		assert.ok(engine.only(MEMBERSHIP).every(({ retainOnDelete }) => !retainOnDelete));
		assert.deepEqual(engine.the(ROLE).ignoreChanges, ["description", "tags", "tagsAll"]);
	});

	it("keeps the words and the path of who made it by hand, and imports nothing that is not there", async () => {
		await make();
		assert.deepEqual(engine.the(ROLE).ignoreChanges, ["description"]);
		assert.deepEqual(engine.the(GROUP).ignoreChanges, ["path"]);
		assert.ok(engine.registered.every(({ retainOnDelete }) => !retainOnDelete));
		assert.deepEqual(new Set(engine.registered.map(({ importId }) => importId)), new Set([""]));
	});

	it("is refused without users and trusted accounts, and then registers nothing", async () => {
		assert.throws(
			() => construct({ name: "ci", roleArns: ["arn:aws:iam::293759796572:role/ci"] }),
			(error: unknown) =>
				pulumi.InputPropertyError.isInstance(error) && /ci has neither users nor trustedAccounts/.test(error.message),
		);
		assert.throws(() => construct({ name: "nobody" }), ConfigError);
		await engine.settled();
		assert.deepEqual(engine.registered, []);
	});
});
