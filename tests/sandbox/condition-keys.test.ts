import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { AccessScope } from "@aws-sdk/client-eks";
import { readPage } from "../docs/pages";
import { AwsPluginWorld } from "../support/aws-plugin-world";

const PAGE = "docs/reference/resources.md";
const clusterName = "prod";
const policy = (name: string) => `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${name}Policy`;
const DEV: AccessScope = { type: "namespace", namespaces: ["dev"] };

/** Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Kubernetes Service". */
describe("the policy that keeps a pipeline from making administrators", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	let principalArn: string;
	let other: string;

	before(async () => {
		world = await AwsPluginWorld.start(0);
		const principal = { AWS: world.account.rootArn };
		principalArn = await world.account.createRole({ name: "k8s-devs-role", principal });
		other = await world.account.createRole({ name: "other", principal });
		await world.account.createEksCluster({ name: clusterName, version: "1.36", creator: world.aws.root });
		const accessConfig = { authenticationMode: "API_AND_CONFIG_MAP" as const };
		await world.eks.updateClusterConfig({ name: clusterName, accessConfig });
		await world.eks.createAccessEntry({ clusterName, principalArn: other });
		const { blocks } = readPage(PAGE, readFileSync(path.join(__dirname, "../..", PAGE), "utf8"));
		const guard = JSON.parse(blocks.filter(({ language }) => language === "json")[2]?.text as string);
		const all = { Effect: "Allow", Action: "eks:*", Resource: "*" };
		await world.account.limitOperator("operator", JSON.stringify({ ...guard, Statement: [all, ...guard.Statement] }));
	});

	after(() => world?.stop());

	const refused = (asked: Promise<unknown>) => assert.rejects(asked, { name: "AccessDeniedException" });
	const associate = (policyArn: string, accessScope = DEV) =>
		world.eks.associateAccessPolicy({ clusterName, principalArn, policyArn, accessScope });

	it("eks:kubernetesGroups: each of the groups has to be a team's", async () => {
		const create = (...kubernetesGroups: string[]) =>
			world.eks.createAccessEntry({ clusterName, principalArn, kubernetesGroups });
		await refused(create("k8s-devs", "admins"));
		await create("k8s-devs", "k8s-more");
		const update = (...kubernetesGroups: string[]) =>
			world.eks.updateAccessEntry({ clusterName, principalArn, kubernetesGroups });
		await refused(update("admins"));
		await update("k8s-devs");
	});

	it("eks:policyArn and eks:accessScope: no other policy, and none in the whole cluster", async () => {
		await refused(associate(policy("ClusterAdmin")));
		await refused(associate(policy("View"), { type: "cluster" }));
		await associate(policy("View"));
		await world.eks.disassociateAccessPolicy({ clusterName, principalArn, policyArn: policy("View") });
	});

	it("eks:principalArn: nobody else's entry", async () => {
		await refused(world.eks.createAccessEntry({ clusterName, principalArn: `${other}-2` }));
		await refused(world.eks.deleteAccessEntry({ clusterName, principalArn: other }));
		await world.eks.deleteAccessEntry({ clusterName, principalArn });
	});
});
