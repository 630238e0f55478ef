import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { invoke } from "../../sandbox/aws-plugin/provider";
import { AwsPluginWorld, type Made } from "../support/aws-plugin-world";

const ENTRY = "aws:eks/accessEntry:AccessEntry";
const CLUSTER = "prod";
const UPDATE_SECONDS = 4;
const ofEks = (name: string) => `AmazonEKS${name}Policy`;

/** Paths of source files are those of terraform-provider-aws, where no other is said. */
describe("the sandbox's aws plugin and EKS, as the real ones", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	let principalArn: string;
	const entry = (rest: object = {}): Promise<Made> =>
		world.create(ENTRY, { clusterName: CLUSTER, principalArn, kubernetesGroups: ["devs"], userName: "dev", ...rest });
	const idOf = (arn: string) => `${CLUSTER}:${arn}`;

	before(async () => {
		world = await AwsPluginWorld.start(UPDATE_SECONDS);
		principalArn = await world.account.createRole({
			name: "ci",
			path: "/ci/",
			principal: { AWS: world.account.rootArn },
		});
		await world.account.createEksCluster({ name: CLUSTER, version: "1.36", creator: world.aws.root });
	});

	after(() => world?.stop());

	// EKS API Reference, UpdateClusterConfig: the status is UPDATING while the update runs, which cannot begin twice.
	it("a cluster whose authentication mode is changed is UPDATING for a while, and keeps its old mode that long", async () => {
		const change = { name: CLUSTER, accessConfig: { authenticationMode: "API_AND_CONFIG_MAP" as const } };
		const { update } = await world.eks.updateClusterConfig(change);
		const describe = async () => {
			const { cluster } = await world.eks.describeCluster({ name: CLUSTER });
			return [cluster?.status, cluster?.accessConfig?.authenticationMode];
		};
		const status = async () => (await world.eks.describeUpdate({ name: CLUSTER, updateId: update?.id })).update?.status;
		assert.deepEqual(await describe(), ["UPDATING", "CONFIG_MAP"]);
		assert.equal(await status(), "InProgress");
		await assert.rejects(world.eks.updateClusterConfig(change), /currently has update .* in progress/);
		const deadline = Date.now() + 60_000;
		while ((await describe())[0] !== "ACTIVE" && Date.now() < deadline) await delay(100);
		assert.deepEqual(await describe(), ["ACTIVE", "API_AND_CONFIG_MAP"]);
		assert.equal(await status(), "Successful");
	});

	// internal/service/eks/access_entry.go, accessEntryParseResourceID; internal/provider/sdkv2/region.go, importRegion.
	it("an access entry is imported by cluster and principal, with @region where that is not the provider's", async () => {
		const made = await entry();
		assert.equal(made.id, idOf(principalArn));
		const imported = (await world.import(ENTRY, `${idOf(principalArn)}@${world.aws.region}`)) as Made;
		assert.deepEqual([imported.id, imported.state.region], [made.id, world.aws.region]);
		assert.equal(await world.import(ENTRY, `${idOf(principalArn)}@us-east-1`), undefined);
		await world.delete(imported);
	});

	// EKS API Reference, UntagResource: tagKeys is a list, sent as one parameter a key.
	it("tags that are removed are gone, one and several, and the next preview is empty", async () => {
		let made: Made & { changed?: string[] } = await entry({ tags: { team: "a", cost: "b", kept: "c" } });
		// Since pulumi-aws 6.39 (access_entry_data_source.go, setTagsOut) the function gives them too, defaults and all.
		const found = await invoke("aws:eks/getAccessEntry:getAccessEntry", { clusterName: CLUSTER, principalArn });
		assert.deepEqual(found.tags, made.state.tagsAll);
		for (const tags of [{ cost: "b", kept: "c" }, undefined]) {
			made = await world.update(made, { ...made.inputs, tags });
			assert.deepEqual(made.changed, ["tags", "tagsAll"]);
			assert.deepEqual(made.state.tagsAll, { by: "pulumi", ...tags });
		}
		assert.deepEqual((await world.update(made, { ...made.inputs, tags: undefined })).changed, []);
		await world.delete(made);
	});

	// internal/service/eks/access_entry_data_source.go over retry.NotFoundError; cluster_data_source.go.
	it("what is absent is said in the provider's words", async () => {
		await assert.rejects(
			invoke("aws:eks/getAccessEntry:getAccessEntry", { clusterName: CLUSTER, principalArn }),
			/\* reading EKS Access Entry \(prod:arn:aws:iam::\d+:role\/ci\/ci\): couldn't find resource\n/,
		);
		await assert.rejects(
			invoke("aws:eks/getCluster:getCluster", { name: "none" }),
			/\* reading EKS Cluster \(none\): couldn't find resource\n/,
		);
	});

	// EKS User Guide, "Create access entries": a principal may be of another account; service-linked roles are not supported. Text:
	// hashicorp/terraform-provider-aws#36447.
	it("principals of other accounts are taken for people, service-linked roles for nobody", async () => {
		const foreign = "arn:aws:iam::111122223333:role/ci/deploy";
		await world.delete(await entry({ principalArn: foreign }));
		await assert.rejects(
			entry({ principalArn: foreign, type: "EC2_LINUX", kubernetesGroups: undefined, userName: undefined }),
			/InvalidParameterException: .*invalid principal/,
		);
		const linked = `arn:aws:iam::${world.aws.accountId}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`;
		await assert.rejects(
			entry({ principalArn: linked }),
			/InvalidParameterException: The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role/,
		);
	});

	// EKS API Reference, CreateAccessEntry: the types; for nodes roles alone are valid. Only STANDARD and EC2 take access policies ("Associate
	// access policies"). The provider knows all but HYPERPOD_LINUX (internal/service/eks/consts.go, accessEntryType_Values).
	it("the types of nodes are all of EKS's, for roles only, also EC2 and HYPERPOD_LINUX", async () => {
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
		for (const type of ["EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "EC2", "HYPERPOD_LINUX"]) {
			const made = await entry({ type, kubernetesGroups: undefined, userName: undefined });
			assert.match(made.state.userName as string, /^system:node:/);
			const association = { clusterName: CLUSTER, principalArn, policyArn, accessScope: { type: "cluster" } };
			const associating = world.create("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", association);
			if (type === "EC2") await associating;
			else
				await assert.rejects(
					associating,
					/This operation can only be performed on Access Entries with a type of "STANDARD"/,
				);
			await world.delete(made);
		}
		await assert.rejects(entry({ type: "ROBOT" }), /InvalidParameterException/);
		await world.account.createUser("node");
		const user = { principalArn: world.account.arnOfUser("node"), type: "EC2_LINUX" };
		await assert.rejects(
			entry({ ...user, kubernetesGroups: undefined, userName: undefined }),
			/InvalidParameterException: .*invalid principal/,
		);
	});

	// aws-iam-authenticator, pkg/token/token.go: STS takes presigned URLs for 15 minutes after X-Amz-Date, whatever X-Amz-Expires says.
	it("a token is good for 15 minutes, though its URL is signed for 60 seconds", async () => {
		assert.equal(await world.statusOfToken(CLUSTER, 14), 200);
		assert.equal(await world.statusOfToken(CLUSTER, 16), 403);
	});

	// AWS CLI Command Reference, eks list-access-policies: those for people, and those for services.
	it("the access policies are all that EKS has", async () => {
		const { accessPolicies } = await invoke("aws:eks/getAccessPolicies:getAccessPolicies", {});
		assert.deepEqual(
			(accessPolicies as { arn: string }[]).map(({ arn }) => arn.split("/")[1]),
			[
				...["AmazonAIOpsAssistantPolicy", "AmazonARCRegionSwitchScalingPolicy"],
				...["Admin", "AdminView", "AutoNode", "BlockStorageCluster", "BlockStorage", "ClusterAdmin"].map(ofEks),
				...["ClusterInsights", "ComputeCluster", "Compute", "Edit", "Hybrid", "LoadBalancingCluster"].map(ofEks),
				...["LoadBalancing", "NetworkingCluster", "Networking", "SecretReader", "View"].map(ofEks),
				"AmazonEMRJobPolicy",
				...["Cluster", "Controller", "SystemNamespace"].map((name) => `AmazonSagemakerHyperpod${name}Policy`),
			].sort(),
		);
	});
});
