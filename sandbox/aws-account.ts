import { readFileSync } from "node:fs";
import { EKS } from "@aws-sdk/client-eks";
import { IAM } from "@aws-sdk/client-iam";
import { HttpsProxyAgent } from "hpagent";
import type { AwsEmulator, AwsKey } from "./aws-emulator";

/** Managed policies that EKS asks of a node's role ("Amazon EKS node IAM role" in its user guide). */
const nodePolicies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"];

export interface EksClusterOptions {
	readonly name: string;
	/** For example `1.36`. */
	readonly version: string;
}

/** Sets an AWS account up, as its root user: users, roles and clusters that are there before Pulumi runs. */
export class AwsAccount {
	private readonly iam: IAM;
	private readonly eks: EKS;

	constructor(private readonly aws: AwsEmulator) {
		// The SDK would tell the sandbox's user that it will want Node 22 one day.
		process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
		const options = {
			region: aws.region,
			credentials: aws.root,
			requestHandler: {
				httpsAgent: new HttpsProxyAgent({
					proxy: aws.proxyUrl,
					ca: readFileSync(aws.caFile),
				}),
			},
		};
		this.iam = new IAM(options);
		this.eks = new EKS(options);
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
	async createNodeRole(name: string): Promise<string> {
		const arn = await this.createRole(name, {
			Service: "ec2.amazonaws.com",
			AWS: `arn:aws:iam::${this.aws.accountId}:root`,
		});
		for (const policy of nodePolicies) {
			await this.iam.attachRolePolicy({
				RoleName: name,
				PolicyArn: managedPolicy(policy),
			});
		}
		return arn;
	}

	/** An EKS cluster with its role, and its ARN. */
	async createEksCluster({ name, version }: EksClusterOptions): Promise<string> {
		const role = `${name}-role`;
		const roleArn = await this.createRole(role, {
			Service: "eks.amazonaws.com",
		});
		await this.iam.attachRolePolicy({
			RoleName: role,
			PolicyArn: managedPolicy("AmazonEKSClusterPolicy"),
		});
		const { cluster } = await this.eks.createCluster({
			name,
			version,
			roleArn,
			// Nothing runs in them: the control plane is this machine.
			resourcesVpcConfig: {
				subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0f1e2d3c4b5a69788"],
			},
		});
		return cluster?.arn as string;
	}

	private async createRole(name: string, principal: Record<string, string>): Promise<string> {
		const { Role } = await this.iam.createRole({
			RoleName: name,
			AssumeRolePolicyDocument: JSON.stringify({
				Version: "2012-10-17",
				Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
			}),
		});
		return Role?.Arn as string;
	}
}

function managedPolicy(name: string): string {
	return `arn:aws:iam::aws:policy/${name}`;
}
