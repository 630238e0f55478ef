import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { diff, invoke } from "../../sandbox/aws-plugin/provider";
import { AwsPluginWorld, type Made } from "../support/aws-plugin-world";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const GROUP = "aws:iam/group:Group";
const MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership";
const ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const INLINE = JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } });

/** Paths of source files are those of terraform-provider-aws, where no other is said. */
describe("the sandbox's aws plugin and IAM, as the real ones", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	const trust = (principal: string) =>
		JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: principal } }],
		});
	const role = (name: string, rest: object = {}): Promise<Made> =>
		world.create(ROLE, { name, assumeRolePolicy: trust(world.account.rootArn), ...rest });
	const group = (name: string): Promise<Made> => world.create(GROUP, { name });

	before(async () => {
		world = await AwsPluginWorld.start(0);
		await world.account.createUser("jane");
		await world.account.createUser("bob");
	});

	after(() => world?.stop());

	describe("a group", () => {
		// internal/service/iam/group.go, resourceGroupDelete: DeleteGroup and nothing else. Texts: hashicorp/terraform#29147,
		// cloud-custodian#7484, rebuy-de/aws-nuke#275.
		it("keeps its policy when it is renamed, and the policy is not deleted while it is attached", async () => {
			const policy = { PolicyName: "attached", PolicyDocument: INLINE };
			const PolicyArn = (await world.iam.createPolicy(policy)).Policy?.Arn as string;
			await world.iam.createGroup({ GroupName: "former" });
			await world.iam.attachGroupPolicy({ GroupName: "former", PolicyArn });
			await world.iam.updateGroup({ GroupName: "former", NewGroupName: "renamed" });
			// IAM API reference, DeletePolicy: DeleteConflict.
			await assert.rejects(world.iam.deletePolicy({ PolicyArn }), { name: "DeleteConflictException" });
			await world.iam.detachGroupPolicy({ GroupName: "renamed", PolicyArn });
			await world.iam.deletePolicy({ PolicyArn });
		});

		it("is not deleted while it has members or policies, attached or inline", async () => {
			const GroupName = "full";
			const made = await group(GroupName);
			await world.iam.addUserToGroup({ GroupName, UserName: "bob" });
			await world.iam.attachGroupPolicy({ GroupName, PolicyArn: READ_ONLY });
			await world.iam.putGroupPolicy({ GroupName, PolicyName: "own", PolicyDocument: INLINE });
			await assert.rejects(world.delete(made), /DeleteConflict: .*must remove users from group first/);
			await world.iam.removeUserFromGroup({ GroupName, UserName: "bob" });
			await assert.rejects(world.delete(made), /DeleteConflict: .*must detach all policies first/);
			await world.iam.detachGroupPolicy({ GroupName, PolicyArn: READ_ONLY });
			await assert.rejects(world.delete(made), /DeleteConflict: .*must delete policies first/);
			await world.iam.deleteGroupPolicy({ GroupName, PolicyName: "own" });
			await world.delete(made);
			await world.delete(made);
		});

		// "IAM identifiers" of the IAM User Guide: names are unique, and not distinguished by case.
		it("is the same in upper and lower case", async () => {
			const made = await group("Devs");
			await assert.rejects(group("devs"), /EntityAlreadyExists/);
			// internal/service/iam/group_data_source.go sets no name: the argument stays.
			const found = await invoke("aws:iam/getGroup:getGroup", { groupName: "DEVS" });
			assert.equal(found.groupName, "DEVS");
			assert.match(found.arn as string, /:group\/Devs$/);
			await world.delete(made);
		});
	});

	describe("a role", () => {
		// internal/service/iam/role.go, deleteRole: has the state policies, all that are attached go.
		it("is deleted with the policies of others if the state knows of any, as after an import", async () => {
			await role("imported");
			await world.iam.attachRolePolicy({ RoleName: "imported", PolicyArn: READ_ONLY });
			await world.iam.putRolePolicy({ RoleName: "imported", PolicyName: "own", PolicyDocument: INLINE });
			const made = (await world.import(ROLE, "imported")) as Made;
			assert.deepEqual(made.state.managedPolicyArns, [READ_ONLY]);
			assert.deepEqual(made.state.inlinePolicies, [{ name: "own", policy: INLINE }]);
			await world.delete(made);
			assert.equal(await world.import(ROLE, "imported"), undefined);
		});

		it("is not deleted if it has policies that the state does not know", async () => {
			const made = await role("attached");
			await world.iam.attachRolePolicy({ RoleName: "attached", PolicyArn: READ_ONLY });
			await assert.rejects(world.delete(made), /DeleteConflict: .*must detach all policies first/);
			await world.delete((await world.refresh(made)) as Made);
		});

		// role.go, retryCreateRole: the error is tried again, since a new user is not known everywhere at once.
		it("trusts nobody who does not exist, even a while later", async () => {
			const principal = `arn:aws:iam::${world.aws.accountId}:user/nobody`;
			const invalid = /MalformedPolicyDocument: Invalid principal in policy: "AWS":".*user\/nobody"/;
			await assert.rejects(role("trusting", { assumeRolePolicy: trust(principal) }), invalid);
			const later = world.account.arnOfUser("later");
			const [made] = await Promise.all([
				role("trusting", { assumeRolePolicy: trust(later) }),
				delay(150).then(() => world.account.createUser("later")),
			]);
			await assert.rejects(world.update(made, { ...made.inputs, assumeRolePolicy: trust(principal) }), invalid);
			await world.delete(made);
		});

		// "IAM and AWS STS quotas": role trust policy length, 2048 by default, whitespace not counted. Text: kubeflow/kubeflow#6687.
		it("has a trust policy of 2048 characters at most", async () => {
			const users = Array.from({ length: 60 }, () => world.account.arnOfUser("jane"));
			const spacious =
				JSON.stringify(JSON.parse(trust(world.account.rootArn)), undefined, " ".repeat(10)) + " ".repeat(2048);
			await assert.rejects(
				role("long", { assumeRolePolicy: trust(users as unknown as string) }),
				/LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048/,
			);
			await world.delete(await role("spacious", { assumeRolePolicy: spacious }));
		});

		it("is the same in upper and lower case", async () => {
			const made = await role("Cased");
			await assert.rejects(role("cased"), /EntityAlreadyExists/);
			assert.equal((await invoke("aws:iam/getRole:getRole", { name: "CASED" })).name, "Cased");
			await world.delete(made);
		});
	});

	// internal/service/iam/policy.go: name_prefix conflicts with name and is replaced. sdk's id.PrefixedUniqueId: 26 characters behind it.
	it("a policy's name is made of a prefix, which a later preview leaves alone, and anew where it is replaced", async () => {
		const given = { namePrefix: "shop-prod-", policy: INLINE, description: "one" };
		const made = await world.create(POLICY, given);
		assert.match(made.state.name as string, /^shop-prod-\d{17}[0-9a-f]{9}$/);
		assert.equal(made.inputs.name, undefined);
		const differs = (inputs: object) => diff(made.urn, made.state, world.check(POLICY, { ...given, ...inputs }));
		assert.deepEqual(differs({}).changed, []);
		const { replaces, deleteBeforeReplace } = differs({ description: "other" });
		assert.deepEqual([replaces, deleteBeforeReplace], [["description"], false]);
		assert.deepEqual(differs({ namePrefix: "shop-dev-" }).replaces, ["namePrefix"]);
		assert.deepEqual(differs({ namePrefix: undefined }).replaces, ["name", "namePrefix"]);
		await world.delete(made);
	});

	describe("tags", () => {
		// pulumi-aws, provider/tags.go, applyTags.
		it("are filled in Check, with the provider's default ones", () => {
			const inputs = world.check(ROLE, { assumeRolePolicy: trust("*"), tags: { team: "a" }, tagsAll: { old: "x" } });
			assert.deepEqual(inputs.tags, { team: "a" });
			assert.deepEqual(inputs.tagsAll, { by: "pulumi", team: "a" });
			assert.deepEqual(world.check(ROLE, { assumeRolePolicy: trust("*") }).tagsAll, { by: "pulumi" });
		});

		it("of an import differ by the default ones, unless the program ignores them", async () => {
			await world.iam.createRole({
				RoleName: "tagged",
				AssumeRolePolicyDocument: trust(world.account.rootArn),
				Tags: [{ Key: "made", Value: "by-hand" }],
			});
			const made = (await world.import(ROLE, "tagged")) as Made;
			assert.deepEqual([made.inputs.tags, made.inputs.tagsAll], [{ made: "by-hand" }, { made: "by-hand" }]);
			const wanted = { name: "tagged", assumeRolePolicy: trust(world.account.rootArn) };
			const neutral = await world.update(made, wanted, ["tags", "tagsAll"]);
			assert.deepEqual(neutral.changed, []);
			assert.deepEqual(neutral.state.tagsAll, { made: "by-hand" });
			const changed = await world.update(made, wanted);
			assert.deepEqual(changed.changed, ["tags", "tagsAll"]);
			assert.deepEqual(changed.state.tagsAll, { by: "pulumi" });
			await world.delete(changed);
		});
	});

	describe("ids", () => {
		// internal/service/iam/user_group_membership.go, group_policy_attachment.go: d.SetId(id.UniqueId()).
		it("of memberships and attachments are random", async () => {
			const devs = await group("ids");
			const member = await world.create(MEMBERSHIP, { user: "jane", groups: ["ids"] });
			const attached = await world.create(ATTACHMENT, { group: "ids", policyArn: READ_ONLY });
			assert.match(member.id, /^terraform-\d{17}/);
			assert.match(attached.id, /^ids-\d{17}/);
			await world.delete(attached);
			await world.delete(member);
			await world.delete(devs);
		});

		it("of an import are user/group and group/policy, which the state does not keep", async () => {
			const devs = await group("byhand");
			await world.iam.addUserToGroup({ GroupName: "byhand", UserName: "bob" });
			await world.iam.attachGroupPolicy({ GroupName: "byhand", PolicyArn: READ_ONLY });
			const member = (await world.import(MEMBERSHIP, "bob/byhand")) as Made;
			assert.match(member.id, /^terraform-/);
			assert.deepEqual(member.state, { user: "bob", groups: ["byhand"] });
			const attached = (await world.import(ATTACHMENT, `byhand/${READ_ONLY}`)) as Made;
			assert.equal(attached.id, `byhand-${READ_ONLY}`);
			assert.ok(await world.refresh(attached));
			await assert.rejects(world.import(MEMBERSHIP, member.id), /unexpected format of ID/);
			for (const made of [member, attached, devs]) await world.delete(made);
		});
	});

	// internal/service/iam/{role,user,policy}_data_source.go over retry.NotFoundError; group_data_source.go; the first line is that of
	// pulumi-terraform-bridge, Invoke.
	it("what is absent is said in the provider's words", async () => {
		const absent = async (token: string, args: Record<string, unknown>, says: RegExp) => {
			await assert.rejects(invoke(token, args), ({ message }: Error) => {
				assert.match(message, new RegExp(`^invoking ${token}: 1 error occurred:\n\t\\* ${says.source}\n\n$`));
				return true;
			});
		};
		const arn = `arn:aws:iam::${world.aws.accountId}:policy/x`;
		await absent("aws:iam/getRole:getRole", { name: "x" }, /reading IAM Role \(x\): couldn't find resource/);
		await absent("aws:iam/getUser:getUser", { userName: "x" }, /reading IAM User \(x\): couldn't find resource/);
		await absent("aws:iam/getPolicy:getPolicy", { arn }, /reading IAM Policy \(.*\/x\): couldn't find resource/);
		await absent(
			"aws:iam/getGroup:getGroup",
			{ groupName: "x" },
			/getting group: operation error IAM: GetGroup, https response error StatusCode: 404, RequestID: .*, NoSuchEntity: .*/,
		);
		assert.equal((await invoke("aws:index/getRegion:getRegion", {})).region, world.aws.region);
	});
});
