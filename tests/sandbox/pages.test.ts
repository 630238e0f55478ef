import assert from "node:assert/strict";
import type { AwsReader } from "../../core/aws/reader";
import { awsReader } from "../../core/aws/sdk-reader";
import { invoke } from "../../sandbox/aws-plugin/provider";
import { AwsPluginWorld, type Made } from "../support/aws-plugin-world";

const INLINE = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } });
const CLUSTER = "prod";
const five = ["a", "b", "c", "d", "e"];
const managed = (name: string) => `arn:aws:iam::aws:policy/${name}`;
const MANAGED = ["ReadOnlyAccess", "SecurityAudit", "IAMReadOnlyAccess"].map(managed).sort();

/**
 * IAM API Reference, for example GetGroup: "IAM might return fewer than the MaxItems number of results, even when there are more". EKS API
 * Reference, ListAccessEntries: at most 100, and a nextToken. Here a page has two items.
 */
describe("lists that come in pages", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	let reader: AwsReader;
	let role: Made;

	before(async () => {
		world = await AwsPluginWorld.start(0);
		reader = awsReader({ region: world.aws.region });
		const Principal = { AWS: world.account.rootArn };
		const Statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal };
		const assumeRolePolicy = JSON.stringify({ Version: "2012-10-17", Statement });
		role = await world.create("aws:iam/role:Role", { name: "paged", assumeRolePolicy });
		for (const PolicyArn of MANAGED) await world.iam.attachRolePolicy({ RoleName: "paged", PolicyArn });
		await world.iam.createUser({ UserName: "jane" });
		for (const name of five) {
			await world.iam.putRolePolicy({ RoleName: "paged", PolicyName: name, PolicyDocument: INLINE });
			await world.iam.createGroup({ GroupName: name });
			await world.iam.createUser({ UserName: name });
			await world.iam.addUserToGroup({ GroupName: "a", UserName: name });
			await world.iam.putGroupPolicy({ GroupName: "a", PolicyName: name, PolicyDocument: INLINE });
		}
		for (const PolicyArn of MANAGED) await world.iam.attachGroupPolicy({ GroupName: "a", PolicyArn });
		await world.account.createEksCluster({ name: CLUSTER, version: "1.36", creator: world.aws.root });
		const accessConfig = { authenticationMode: "API_AND_CONFIG_MAP" as const };
		await world.eks.updateClusterConfig({ name: CLUSTER, accessConfig });
	});

	after(() => world?.stop());

	it("have two items a page here, fewer where fewer were asked for", async () => {
		const { Users, IsTruncated, Marker } = await world.iam.getGroup({ GroupName: "a" });
		assert.deepEqual([Users?.length, IsTruncated], [2, true]);
		assert.equal((await world.iam.getGroup({ GroupName: "a", Marker, MaxItems: 1 })).Users?.[0]?.UserName, "c");
		const { accessPolicies, nextToken } = await world.eks.listAccessPolicies({ maxResults: 1 });
		assert.deepEqual([accessPolicies?.length, nextToken], [1, "1"]);
	});

	it("of IAM are read to their end by the reader of the program and the commands", async () => {
		assert.deepEqual(await reader.members("a"), five);
		for (const { attached, inline } of [await reader.policiesOfRole("paged"), await reader.policiesOfGroup("a")])
			assert.deepEqual([attached.sort(), inline.sort()], [MANAGED, five]);
		const { UserDetailList, GroupDetailList } = await reader.accountDetails(["User", "Group"]);
		for (const name of five) assert.ok(UserDetailList.some(({ UserName }) => UserName === name));
		assert.deepEqual(GroupDetailList.map(({ GroupName }) => GroupName).sort(), five);
	});

	it("of EKS are read to their end by the reader of the program and the commands", async () => {
		const entries = five.map((name) => `arn:aws:iam::${world.aws.accountId}:user/${name}`);
		for (const principalArn of entries) await world.eks.createAccessEntry({ clusterName: CLUSTER, principalArn });
		const [principalArn = ""] = entries;
		const policies = ["Admin", "Edit", "View"].map(
			(name) => `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${name}Policy`,
		);
		for (const policyArn of policies) {
			const accessScope = { type: "cluster" as const };
			await world.eks.associateAccessPolicy({ clusterName: CLUSTER, principalArn, policyArn, accessScope });
		}
		const found = await reader.accessEntries(CLUSTER);
		for (const arn of entries)
			assert.ok(
				found.some((entry) => entry.principalArn === arn),
				arn,
			);
		assert.deepEqual([...(await reader.policiesOfEntry(CLUSTER, principalArn)).keys()].sort(), policies);
		const id = [CLUSTER, principalArn, policies[2]].join("#");
		assert.ok(await world.import("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", id));
	});

	it("are read to their end by the aws plugin, as the real one does", async () => {
		const found = await invoke("aws:iam/getGroup:getGroup", { groupName: "a" });
		assert.deepEqual(
			(found.users as { userName: string }[]).map(({ userName }) => userName),
			five,
		);
		const { names } = await invoke("aws:iam/getUsers:getUsers", {});
		for (const name of five) assert.ok((names as string[]).includes(name), name);
		const member = await world.create("aws:iam/userGroupMembership:UserGroupMembership", {
			user: "jane",
			groups: five,
		});
		assert.deepEqual(member.state.groups, five);
		await world.delete(member);
		const attachment = `a/${MANAGED[2]}`;
		assert.ok(await world.import("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", attachment));
		await world.delete((await world.refresh(role)) as Made);
		assert.equal(await world.import("aws:iam/role:Role", "paged"), undefined);
	});
});
