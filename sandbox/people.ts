import type { AwsAccount } from "./aws-account";
import type { AwsKey } from "./aws-emulator";
import type { Environment } from "./environment";
import { type Instance, launchInstance } from "./node-instance";

/**
 * Who is in the sandbox: the one who runs Pulumi and has created the cluster (`operator`); IAM users with a key of their own; `sam`, who
 * comes in by SSO; `ci`, a deployment pipeline with a role of its own; an instance of the node group (`node`); and `partner`, who is `jane` in
 * another account.
 */
export type Person = "operator" | "jane" | "joe" | "ann" | "mallory" | "sam" | "ci" | "node" | "partner";

/** The roles that are there before Pulumi runs, by their name behind the path. */
const SSO_ROLE = "AWSReservedSSO_ReadOnly_4b1d8f0a6c2e7935";
const CI_ROLE = "github-deploy";
const NODE_ROLE = "prod-eks-cluster-node-role";
const FARGATE_ROLE = "prod-eks-cluster-fargate-pods";
const KARPENTER_ROLE = "KarpenterNodeRole-prod-eks-cluster";
const NODE_GROUP = "prod-eks-cluster-nodes";

/** ARNs of the roles that nodes come in by: those of a managed node group, Fargate's pods, and the nodes that Karpenter starts. */
export interface NodeRoles {
	readonly managed: string;
	readonly fargate: string;
	readonly karpenter: string;
}

export interface People {
	readonly instance: Instance;
	readonly nodeGroup: string;
	readonly nodeRoles: NodeRoles;
	/** What a person works with: a user's own key, or a fresh session of the role that they have. */
	keyOf(person: Person): Promise<AwsKey>;
}

/** What is in the account before Pulumi runs: its people with their keys and roles, the cluster and its node group. */
export async function populate(
	account: AwsAccount,
	root: Environment,
	cluster: { name: string; version: string; region: string },
): Promise<People> {
	const creating = account.createOperator("operator").then(async (operator) => {
		await account.createEksCluster({ ...cluster, creator: operator });
		return operator;
	});
	const [operator, jane, joe, ann, mallory, sso, ci, managed, fargate, karpenter, instance] = await Promise.all([
		creating,
		account.createUser("jane"),
		account.createUser("joe"),
		account.createUser("ann"),
		account.createUser("mallory"),
		createSsoUser(account, cluster.region),
		createPipelineRole(account),
		account.createNodeRole(NODE_ROLE),
		account.createFargateRole(FARGATE_ROLE),
		account.createNodeRole(KARPENTER_ROLE),
		launchInstance(root),
	]);
	await account.createNodeGroup(cluster.name, NODE_GROUP, managed);
	await account.createFargateProfile(cluster.name, "batch", fargate);
	const keys = { operator, jane, joe, ann, mallory, partner: account.partner };
	return {
		instance,
		nodeGroup: NODE_GROUP,
		nodeRoles: { managed, fargate, karpenter },
		async keyOf(person) {
			// IAM Identity Center names a session after the user, EC2 after the instance, the pipeline's action like this.
			if (person === "sam") return account.assumeRole(sso.role, "sam@example.com", sso.key);
			if (person === "ci") return account.assumeRole(ci, "GitHubActions");
			if (person === "node") return account.assumeRole(managed, instance.instanceId);
			return keys[person];
		},
	};
}

/**
 * IAM Identity Center makes a role for each permission set and lets people in by SAML, which the sandbox has not: this role of the same
 * name and path trusts one IAM user instead, whose key nobody but the sandbox has.
 */
async function createSsoUser(account: AwsAccount, region: string): Promise<{ role: string; key: AwsKey }> {
	const key = await account.createUser("sam");
	const role = await account.createRole({
		name: SSO_ROLE,
		path: `/aws-reserved/sso.amazonaws.com/${region}/`,
		principal: { AWS: account.arnOfUser("sam") },
		policies: ["ReadOnlyAccess"],
	});
	return { role, key };
}

/** Its pipeline would come in by OpenID Connect, which the sandbox has not: the role trusts the account's root user instead. */
async function createPipelineRole(account: AwsAccount): Promise<string> {
	const role = await account.createRole({ name: CI_ROLE, path: "/ci/", principal: { AWS: account.rootArn } });
	await account.allow(CI_ROLE, ["eks:DescribeCluster"]);
	return role;
}
