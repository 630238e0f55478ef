import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine was asked for it. */
interface Registered {
	type: string;
	name: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests look into inputs of many types
	inputs: Record<string, any>;
	parent?: string;
	options: { dependsOn: string[]; protect: boolean };
}

const account = { partition: "aws", accountId: "293759796572" };
const registered: Registered[] = [];

async function mockEngine(): Promise<void> {
	registered.splice(0);
	await pulumi.runtime.setMocks(
		{
			newResource: ({ type, name, inputs, id }) => {
				registered.push({ type, name, inputs } as Registered);
				const arn = `arn:aws:iam::${account.accountId}:${type.split("/")[1]?.split(":")[0]}/${inputs.name ?? name}`;
				return { id: id || `${name}-id`, state: { ...inputs, arn, name: inputs.name ?? name } };
			},
			call: ({ token }) => {
				throw new Error(`unexpected call of ${token}`);
			},
		},
		"eks-access",
		"test",
		false,
	);
}

async function settled(): Promise<Registered[]> {
	await pulumi.runtime.disconnect();
	return registered;
}

function only(type: string): Registered[] {
	return registered.filter((resource) => resource.type === type);
}

describe("TeamIdentity", () => {
	beforeEach(mockEngine);

	const team = { name: "k8s-devs", username: "developer", namespaces: ["dev"], users: ["jane", "joe"] };

	async function make(extra = {}) {
		const { TeamIdentity } = await import("../components/team-identity");
		const clusterArn = "arn:aws:eks:eu-west-1:293759796572:cluster/prod";
		const identity = new TeamIdentity("access-k8s-devs", { team, account, clusterArn, ...extra });
		await settled();
		return identity;
	}

	it("makes one role, policy, group and attachment a team, and one membership a user", async () => {
		await make();
		const counts = Object.fromEntries(registered.map(({ type }) => [type, only(type).length]));
		assert.deepEqual(counts, {
			"eks-access:index:TeamIdentity": 1,
			"aws:iam/role:Role": 1,
			"aws:iam/policy:Policy": 1,
			"aws:iam/group:Group": 1,
			"aws:iam/groupPolicyAttachment:GroupPolicyAttachment": 1,
			"aws:iam/userGroupMembership:UserGroupMembership": 2,
		});
	});

	it("names role and group after the team, since people must know them", async () => {
		await make();
		assert.equal(only("aws:iam/role:Role")[0].inputs.name, "k8s-devs-role");
		assert.equal(only("aws:iam/group:Group")[0].inputs.name, "k8s-devs");
	});

	it("gives the role no permissions, only trust", async () => {
		await make();
		const { assumeRolePolicy, managedPolicyArns, inlinePolicies } = only("aws:iam/role:Role")[0].inputs;
		assert.equal(JSON.parse(assumeRolePolicy).Statement[0].Principal.AWS, "arn:aws:iam::293759796572:root");
		assert.equal(managedPolicyArns ?? inlinePolicies, undefined);
	});

	it("adds users to the group without putting others out of it", async () => {
		await make();
		const memberships = only("aws:iam/userGroupMembership:UserGroupMembership");
		assert.deepEqual(
			memberships.map(({ inputs }) => [inputs.user, inputs.groups]),
			[
				["jane", ["k8s-devs"]],
				["joe", ["k8s-devs"]],
			],
		);
		assert.equal(only("aws:iam/groupMembership:GroupMembership").length, 0);
	});

	it("hands on the mapping for aws-auth", async () => {
		const identity = await make();
		const mapping = await new Promise((resolve) => identity.roleMapping.apply(resolve));
		assert.deepEqual(mapping, {
			roleArn: "arn:aws:iam::293759796572:role/k8s-devs-role",
			username: "developer",
			groups: ["k8s-devs"],
		});
	});

	it("no two memberships share a name, whatever teams and users are called", async () => {
		const { TeamIdentity } = await import("../components/team-identity");
		const clusterArn = "arn:aws:eks:eu-west-1:293759796572:cluster/prod";
		for (const [name, users] of [
			["dev", ["ops-jane"]],
			["dev-ops", ["jane"]],
		] as const) {
			new TeamIdentity(`access-${name}`, { team: { ...team, name, users: [...users] }, account, clusterArn });
		}
		await settled();
		const names = only("aws:iam/userGroupMembership:UserGroupMembership").map((membership) => membership.name);
		assert.equal(new Set(names).size, 2);
	});

	it("tags the role and the policy", async () => {
		await make({ tags: { owner: "platform" } });
		assert.deepEqual(only("aws:iam/role:Role")[0].inputs.tags, { owner: "platform" });
		assert.deepEqual(only("aws:iam/policy:Policy")[0].inputs.tags, { owner: "platform" });
	});
});

describe("NamespaceAccess", () => {
	beforeEach(mockEngine);

	async function make(teams: { name: string; namespaces: string[] }[]) {
		const { NamespaceAccess } = await import("../components/namespace-access");
		const access = new NamespaceAccess("access", { teams });
		await settled();
		return access;
	}

	it("patches namespaces, so that destroy never deletes one with its workloads", async () => {
		await make([{ name: "k8s-devs", namespaces: ["prod", "dev"] }]);
		const namespaces = only("kubernetes:core/v1:NamespacePatch");
		assert.deepEqual(
			namespaces.map(({ inputs }) => inputs.metadata.name),
			["prod", "dev"],
		);
		assert.equal(only("kubernetes:core/v1:Namespace").length, 0);
	});

	it("makes a namespace of two teams once, and a binding for each of them", async () => {
		await make([
			{ name: "a", namespaces: ["shared", "x"] },
			{ name: "b", namespaces: ["shared"] },
		]);
		assert.equal(only("kubernetes:core/v1:NamespacePatch").length, 2);
		const bindings = only("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding").map(({ inputs }) => [
			inputs.metadata.namespace,
			inputs.subjects.map(({ kind, name }: { kind: string; name: string }) => `${kind}/${name}`),
			inputs.roleRef.name,
		]);
		assert.deepEqual(bindings, [
			["shared", ["Group/a"], "dev-full-access"],
			["x", ["Group/a"], "dev-full-access"],
			["shared", ["Group/b"], "dev-full-access"],
		]);
	});

	it("gives no access to RBAC objects, and none at cluster scope", async () => {
		await make([{ name: "a", namespaces: ["x"] }]);
		const [{ inputs }] = only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
		assert.equal(inputs.metadata.name, "dev-full-access");
		for (const { apiGroups } of inputs.rules) {
			assert.ok(!apiGroups.includes("*") && !apiGroups.includes("rbac.authorization.k8s.io"));
		}
		assert.equal(only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding").length, 0);
	});

	it("no two of its resources share a name, whatever teams and namespaces are called", async () => {
		await make([
			{ name: "b-c", namespaces: ["a"] },
			{ name: "c", namespaces: ["a-b"] },
			{ name: "b.c", namespaces: ["a"] },
		]);
		const names = registered.map(({ type, name }) => `${type} ${name}`);
		assert.equal(new Set(names).size, names.length);
	});
});
