import assert from "node:assert/strict";
import type { Role } from "@aws-sdk/client-iam";
import { AwsPluginWorld } from "../support/aws-plugin-world";

const ALLOW = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const document = (characters: number) => {
	const empty = JSON.stringify({ Version: "2012-10-17", Statement: { ...ALLOW, Sid: "" } });
	return empty.replace('"Sid":""', `"Sid":"${"x".repeat(characters - empty.length)}"`);
};
const trust = (AWS: string | string[], Condition?: object) =>
	JSON.stringify({
		Version: "2012-10-17",
		Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS }, Condition }],
	});

/** What moto lets pass and IAM does not. */
describe("the sandbox's IAM refuses as AWS does", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	const names = (count: number) => Array.from({ length: count }, (_, at) => `many-${at}`);

	before(async () => {
		world = await AwsPluginWorld.start(0);
		await world.iam.createUser({ UserName: "jane" });
		for (const GroupName of names(11)) await world.iam.createGroup({ GroupName });
	});

	after(() => world?.stop());

	const exceeds = (asked: Promise<unknown>, message: string) =>
		assert.rejects(asked, { name: "LimitExceededException", message });

	/** "IAM and AWS STS quotas". Texts: aws/aws-cdk#13515, aws/eks-hybrid#741, hashicorp/terraform-provider-aws#45533. */
	describe("quotas", () => {
		it("a user is in 10 groups at most, and is added again to those", async () => {
			const join = (GroupName: string) => world.iam.addUserToGroup({ GroupName, UserName: "jane" });
			for (const name of names(10)) await join(name);
			await exceeds(join("many-10"), "Cannot exceed quota for GroupsPerUser: 10");
			await join("many-9");
			for (const GroupName of names(10)) await world.iam.removeUserFromGroup({ GroupName, UserName: "jane" });
		});

		it("a group and a role have 10 managed policies at most", async () => {
			const policies = [];
			for (const PolicyName of names(11)) {
				const { Policy } = await world.iam.createPolicy({ PolicyName, PolicyDocument: document(200) });
				policies.push(Policy?.Arn as string);
			}
			await world.iam.createRole({ RoleName: "full", AssumeRolePolicyDocument: trust(world.account.rootArn) });
			const attachers = {
				PoliciesPerGroup: (PolicyArn: string) => world.iam.attachGroupPolicy({ GroupName: "many-0", PolicyArn }),
				PoliciesPerRole: (PolicyArn: string) => world.iam.attachRolePolicy({ RoleName: "full", PolicyArn }),
			};
			for (const [quota, attach] of Object.entries(attachers)) {
				for (const policy of policies.slice(0, 10)) await attach(policy);
				await exceeds(attach(policies[10] as string), `Cannot exceed quota for ${quota}: 10`);
				await attach(policies[0] as string);
			}
		});

		it("a managed policy has 6144 characters at most, blanks not counted, and so has each new version", async () => {
			const create = (PolicyDocument: string) => world.iam.createPolicy({ PolicyName: "long", PolicyDocument });
			await exceeds(create(document(6145)), "Cannot exceed quota for PolicySize: 6144");
			const { Policy } = await create(`${document(6144)}${" ".repeat(100)}`);
			const version = { PolicyArn: Policy?.Arn, PolicyDocument: document(6145) };
			await exceeds(world.iam.createPolicyVersion(version), "Cannot exceed quota for PolicySize: 6144");
		});

		// Texts: danvk/mapsnap#483.
		it("the inline policies of a group have 5120 characters together, of a user 2048, of a role 10240", async () => {
			const [UserName, GroupName, RoleName] = ["jane", "many-1", "inline"];
			await world.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust(world.account.rootArn) });
			const of = (characters: number, PolicyName: string) => ({ PolicyName, PolicyDocument: document(characters) });
			const put = {
				[`5120 bytes exceeded for group ${GroupName}`]: (size: number, name: string) =>
					world.iam.putGroupPolicy({ GroupName, ...of(size, name) }),
				[`2048 bytes exceeded for user ${UserName}`]: (size: number, name: string) =>
					world.iam.putUserPolicy({ UserName, ...of(size, name) }),
				[`10240 bytes exceeded for role ${RoleName}`]: (size: number, name: string) =>
					world.iam.putRolePolicy({ RoleName, ...of(size, name) }),
			};
			for (const [exceeded, of] of Object.entries(put)) {
				const most = Number.parseInt(exceeded, 10);
				await of(most - 200, "one");
				await exceeds(of(201, "two"), `Maximum policy size of ${exceeded}`);
				await of(most, "one");
			}
			await world.iam.deleteUserPolicy({ UserName, PolicyName: "one" });
		});
	});

	// IAM API Reference, DeleteUser. Texts: mozilla-services/userplex#17, aws-controllers-k8s/community#2229, rebuy-de/aws-nuke#281.
	it("a user who is in a group, has a key, a second factor or a password is not deleted", async () => {
		const UserName = "leaver";
		const blocked = (first: string) =>
			assert.rejects(world.iam.deleteUser({ UserName }), {
				name: "DeleteConflictException",
				message: `Cannot delete entity, must ${first} first.`,
			});
		await world.iam.createUser({ UserName });
		await world.iam.addUserToGroup({ GroupName: "many-2", UserName });
		await blocked("remove users from group");
		await world.iam.removeUserFromGroup({ GroupName: "many-2", UserName });
		const { AccessKey } = await world.iam.createAccessKey({ UserName });
		await blocked("delete access keys");
		await world.iam.deleteAccessKey({ UserName, AccessKeyId: AccessKey?.AccessKeyId });
		const { VirtualMFADevice } = await world.iam.createVirtualMFADevice({ VirtualMFADeviceName: UserName });
		const device = { UserName, SerialNumber: VirtualMFADevice?.SerialNumber };
		await world.iam.enableMFADevice({ ...device, AuthenticationCode1: "123456", AuthenticationCode2: "234567" });
		await blocked("delete MFA device");
		await world.iam.deactivateMFADevice(device);
		await world.iam.createLoginProfile({ UserName, Password: "correct horse battery staple 1A" });
		await blocked("delete login profile");
		await world.iam.deleteLoginProfile({ UserName });
		await world.iam.deleteUser({ UserName: "LEAVER" });
	});

	// IAM API Reference, DeletePolicy, CreatePolicy. Text: rebuy-de/aws-nuke#1.
	it("a policy with several versions is not deleted, and a second one of its name is not made, whatever the case and the path", async () => {
		const PolicyDocument = document(200);
		const { Policy } = await world.iam.createPolicy({ PolicyName: "Twice", PolicyDocument });
		await assert.rejects(world.iam.createPolicy({ PolicyName: "twice", Path: "/teams/", PolicyDocument }), {
			name: "EntityAlreadyExistsException",
		});
		const of = { PolicyArn: Policy?.Arn };
		await world.iam.createPolicyVersion({ ...of, PolicyDocument, SetAsDefault: true });
		await assert.rejects(world.iam.deletePolicy(of), {
			name: "DeleteConflictException",
			message: /^This policy has more than one version/,
		});
		await world.iam.deletePolicyVersion({ ...of, VersionId: "v1" });
		await world.iam.deletePolicy(of);
		await world.iam.createPolicy({ PolicyName: "ReadOnlyAccess", PolicyDocument });
	});

	describe("principals of a trust policy", () => {
		const create = (AWS: string, RoleName = "trusting") =>
			world.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust(AWS) });

		// IAM User Guide, "AWS JSON policy elements: Principal": groups are none, and of wildcards there is "*" alone.
		it("are accounts, users, roles, their sessions and everybody: no group, no pattern, nothing malformed", async () => {
			const account = world.aws.accountId;
			for (const principal of [
				`arn:aws:iam::${account}:group/many-0`,
				`arn:aws:iam::${account}:user/*`,
				"arn:aws:iam::111122223333:role/ci-*",
				`arn:aws:sts::${account}:assumed-role/nobody/session`,
				"arn:aws:iam::1234:root",
				"AIDAJQABLZS4A3QDU576Q",
				"jane",
			])
				await assert.rejects(create(principal), {
					name: "MalformedPolicyDocumentException",
					message: `Invalid principal in policy: "AWS":"${principal}"`,
				});
			for (const principal of [
				"*",
				account,
				`arn:aws:iam::${account}:root`,
				`arn:aws:iam::${account}:user/jane`,
				`arn:aws:sts::${account}:assumed-role/inline/session`,
				"arn:aws:iam::111122223333:role/ci/deploy",
			]) {
				await create(principal);
				await world.iam.deleteRole({ RoleName: "trusting" });
			}
		});

		// AWS re:Post, "unknown principal format in my IAM resource-based policy".
		it("become the id of who was deleted, so that a new user of that name is not let in; conditions keep their text", async () => {
			const { User } = await world.iam.createUser({ UserName: "former" });
			const [arn = "", RoleName] = [User?.Arn, "keeps"];
			const both = [arn, world.account.rootArn];
			const condition = { ArnEquals: { "aws:PrincipalArn": arn } };
			await world.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust(both, condition) });
			const now = async () => {
				const { AssumeRolePolicyDocument = "" } = (await world.iam.getRole({ RoleName })).Role as Role;
				return JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)).Statement[0];
			};
			assert.deepEqual((await now()).Principal.AWS, both);
			await world.iam.deleteUser({ UserName: "former" });
			await world.iam.createUser({ UserName: "former" });
			const after = await now();
			assert.deepEqual(after.Principal.AWS, [User?.UserId, world.account.rootArn]);
			assert.deepEqual(after.Condition, condition);
		});
	});
});
