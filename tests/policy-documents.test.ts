import assert from "node:assert/strict";
import { assumeRolePolicy, clusterArnOf, roleArnOf, trustPolicy } from "../components/policy-documents";

const account = { partition: "aws-cn", accountId: "293759796572" };

describe("IAM policy documents", () => {
	it("the role trusts the account, in its partition, and nobody else", () => {
		assert.deepEqual(JSON.parse(trustPolicy(account)).Statement, [
			{
				Effect: "Allow",
				Action: "sts:AssumeRole",
				Principal: { AWS: "arn:aws-cn:iam::293759796572:root" },
			},
		]);
	});

	it("the group may assume its own role, describe its own cluster, and list clusters", () => {
		const roleArn = roleArnOf(account, "k8s-devs-role");
		const clusterArn = clusterArnOf(account, "cn-north-1", "prod");
		assert.deepEqual(
			JSON.parse(assumeRolePolicy({ roleArn, clusterArn })).Statement.map((statement: Record<string, string>) => [
				statement.Effect,
				statement.Action,
				statement.Resource,
			]),
			[
				["Allow", "sts:AssumeRole", "arn:aws-cn:iam::293759796572:role/k8s-devs-role"],
				["Allow", "eks:DescribeCluster", "arn:aws-cn:eks:cn-north-1:293759796572:cluster/prod"],
				["Allow", "eks:ListClusters", "*"],
			],
		);
	});
});
