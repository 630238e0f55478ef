/** An AWS account as ARNs name it. */
export interface AwsAccount {
	/** `aws`, `aws-cn`, `aws-us-gov`, … */
	partition: string;
	/** Twelve digits. */
	accountId: string;
}

/**
 * The role's trust policy: every principal of the account that its own IAM policies allow to assume the role.
 * Groups cannot be principals, so the group's policy ({@link assumeRolePolicy}) decides who that is.
 */
export function trustPolicy({ partition, accountId }: AwsAccount): string {
	return document({
		Effect: "Allow",
		Action: "sts:AssumeRole",
		Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
	});
}

/** What the members of a team need: to assume the team's role, and what `aws eks update-kubeconfig` asks for. */
export function assumeRolePolicy(args: { roleArn: string; clusterArn: string }): string {
	return document(
		{ Effect: "Allow", Action: "sts:AssumeRole", Resource: args.roleArn },
		{
			Effect: "Allow",
			Action: "eks:DescribeCluster",
			Resource: args.clusterArn,
		},
		// ListClusters knows no resource-level permission.
		{ Effect: "Allow", Action: "eks:ListClusters", Resource: "*" },
	);
}

export function roleArnOf(account: AwsAccount, roleName: string): string {
	return `arn:${account.partition}:iam::${account.accountId}:role/${roleName}`;
}

export function clusterArnOf(account: AwsAccount, region: string, cluster: string): string {
	return `arn:${account.partition}:eks:${region}:${account.accountId}:cluster/${cluster}`;
}

function document(...statements: object[]): string {
	return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
