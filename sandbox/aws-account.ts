import { randomBytes } from "node:crypto";
import { EKS } from "@aws-sdk/client-eks";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import type { AwsEmulator, AwsKey } from "./aws-emulator";
import { throughProxy } from "./aws-plugin/through-proxy";

export type AuthenticationMode = "CONFIG_MAP" | "API_AND_CONFIG_MAP" | "API";

/** Managed policies that EKS asks of a node's role ("Amazon EKS node IAM role" in its user guide). */
const nodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"];

const subnets = ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69788"];

export interface EksClusterOptions {
	readonly name: string;
	/** For example `1.36`. */
	readonly version: string;
	/** Whose key makes it: EKS makes that identity the cluster's administrator. */
	readonly creator: AwsKey;
}

export interface RoleOptions {
	readonly name: string;
	/** @default "/" */
	readonly path?: string;
	/** Who may assume it. */
	readonly principal: Readonly<Record<string, string>>;
	/** Names of AWS's own policies. */
	readonly policies?: readonly string[];
}

/** Sets an AWS account up, as its root user: users, roles and clusters that are there before Pulumi runs. */
export class AwsAccount {
	private readonly iam: IAM;
	private readonly eks: EKS;

	constructor(private readonly aws: AwsEmulator) {
		// The SDK would tell the sandbox's user that it will want Node 22 one day.
		process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
		this.iam = new IAM(this.as(aws.root));
		this.eks = new EKS(this.as(aws.root));
	}

	/** Key of `jane` of another account. */
	get partner(): AwsKey {
		return this.aws.partner;
	}

	/** An IAM user who may do everything, with an access key: the one who runs Pulumi. */
	async createOperator(name: string): Promise<AwsKey> {
		const key = await this.createUser(name);
		await this.iam.attachUserPolicy({
			UserName: name,
			PolicyArn: managedPolicy("AdministratorAccess"),
		});
		return key;
	}

	/** Lets a user who may do everything do what a policy document allows instead; without one, everything again. */
	async limitOperator(name: string, policy?: string): Promise<void> {
		const UserName = name;
		const { AttachedPolicies: former = [] } = await this.iam.listAttachedUserPolicies({ UserName });
		const wanted = policy ? await this.createPolicy(name, policy) : managedPolicy("AdministratorAccess");
		await this.iam.attachUserPolicy({ UserName, PolicyArn: wanted });
		for (const { PolicyArn = "" } of former.filter((each) => each.PolicyArn !== wanted)) {
			await this.iam.detachUserPolicy({ UserName, PolicyArn });
			if (!PolicyArn.startsWith(managedPolicy(""))) await this.iam.deletePolicy({ PolicyArn });
		}
	}

	/** An IAM user without any permission, with an access key. */
	async createUser(name: string): Promise<AwsKey> {
		await this.iam.createUser({ UserName: name });
		const { AccessKey } = await this.iam.createAccessKey({ UserName: name });
		return {
			accessKeyId: AccessKey?.AccessKeyId as string,
			secretAccessKey: AccessKey?.SecretAccessKey as string,
		};
	}

	/**
	 * The role of a node group's instances, and its ARN. It trusts EC2, as any node role does, and the account's root
	 * user, so that the sandbox can get a node's token without an instance.
	 */
	createNodeRole(name: string): Promise<string> {
		return this.createRole({
			name,
			principal: { Service: "ec2.amazonaws.com", AWS: this.rootArn },
			policies: nodePolicies,
		});
	}

	/** The role that the pods of a Fargate profile run with, and its ARN. */
	createFargateRole(name: string): Promise<string> {
		return this.createRole({
			name,
			principal: { Service: "eks-fargate-pods.amazonaws.com" },
			policies: ["AmazonEKSFargatePodExecutionRolePolicy"],
		});
	}

	/** A role, and its ARN. */
	async createRole({ name, path, principal, policies = [] }: RoleOptions): Promise<string> {
		const { Role } = await this.iam.createRole({
			RoleName: name,
			Path: path,
			AssumeRolePolicyDocument: JSON.stringify({
				Version: "2012-10-17",
				Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
			}),
		});
		for (const policy of policies) {
			await this.iam.attachRolePolicy({ RoleName: name, PolicyArn: managedPolicy(policy) });
		}
		return Role?.Arn as string;
	}

	/** Lets a role do these actions on everything. */
	async allow(role: string, actions: readonly string[]): Promise<void> {
		const statement = { Effect: "Allow", Action: actions, Resource: "*" };
		const document = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
		await this.iam.putRolePolicy({ RoleName: role, PolicyName: "sandbox", PolicyDocument: document });
	}

	/** A session of a role, for the one whose key it is. */
	async assumeRole(roleArn: string, sessionName: string, key: AwsKey = this.aws.root): Promise<AwsKey> {
		const sts = new STS(this.as(key));
		const { Credentials } = await sts.assumeRole({ RoleArn: roleArn, RoleSessionName: sessionName });
		return {
			accessKeyId: Credentials?.AccessKeyId as string,
			secretAccessKey: Credentials?.SecretAccessKey as string,
			sessionToken: Credentials?.SessionToken,
		};
	}

	/** An EKS cluster with its role, and its ARN. */
	async createEksCluster({ name, version, creator }: EksClusterOptions): Promise<string> {
		const roleArn = await this.createRole({
			name: `${name}-role`,
			principal: { Service: "eks.amazonaws.com" },
			policies: ["AmazonEKSClusterPolicy"],
		});
		const { cluster } = await new EKS(this.as(creator)).createCluster({
			name,
			version,
			roleArn,
			accessConfig: { authenticationMode: "CONFIG_MAP" },
			// Nothing runs in them: the control plane is this machine.
			resourcesVpcConfig: { subnetIds: subnets },
		});
		return cluster?.arn as string;
	}

	/** A managed node group of the cluster's. */
	async createNodeGroup(clusterName: string, nodegroupName: string, nodeRole: string): Promise<void> {
		await this.eks.createNodegroup({ clusterName, nodegroupName, nodeRole, subnets });
	}

	/** A Fargate profile for the pods of the namespace of its name. */
	async createFargateProfile(clusterName: string, namespace: string, podExecutionRoleArn: string): Promise<void> {
		const selectors = [{ namespace }];
		await this.eks.createFargateProfile({ clusterName, fargateProfileName: namespace, podExecutionRoleArn, selectors });
	}

	/** As the account's root user it may go back, which AWS lets nobody. */
	async setAuthenticationMode(cluster: string, mode: AuthenticationMode): Promise<void> {
		await this.eks.updateClusterConfig({ name: cluster, accessConfig: { authenticationMode: mode } });
	}

	arnOfUser(name: string): string {
		return `arn:aws:iam::${this.aws.accountId}:user/${name}`;
	}

	get rootArn(): string {
		return `arn:aws:iam::${this.aws.accountId}:root`;
	}

	/** One of the account's own: a user's inline ones may have 2048 characters together. */
	private async createPolicy(name: string, PolicyDocument: string): Promise<string> {
		const PolicyName = `${name}-${randomBytes(4).toString("hex")}`;
		return (await this.iam.createPolicy({ PolicyName, PolicyDocument })).Policy?.Arn as string;
	}

	private as(credentials: AwsKey) {
		return {
			region: this.aws.region,
			credentials,
			requestHandler: throughProxy(this.aws.proxyUrl, this.aws.caFile),
		};
	}
}

function managedPolicy(name: string): string {
	return `arn:aws:iam::aws:policy/${name}`;
}
