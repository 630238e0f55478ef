import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type ExistingIdentity, existingIdentities } from "../../../../components/preflight/existing/iam";
import { type Answers, type LastState, MockEngine, ROLE } from "../../../support/mock-engine";
import { type AnyTeam, teamsOf } from "../../../support/team-problems";

const ACCOUNT = "arn:aws:iam::293759796572";
const POLICY = `${ACCOUNT}:policy/assume`;
const GROUP = "aws:iam/group:Group";
const ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
const GET = {
	role: "aws:iam/getRole:getRole",
	group: "aws:iam/getGroup:getGroup",
	policy: "aws:iam/getPolicy:getPolicy",
};

/** As AWS answers: "" and {} where there is nothing. */
const LIVE_ROLE = {
	arn: `${ACCOUNT}:role/shop-role`,
	name: "shop-role",
	path: "/",
	assumeRolePolicy: '{"Statement":[]}',
	description: "",
	maxSessionDuration: 3600,
	permissionsBoundary: "",
	tags: {},
};
const LIVE_GROUP = {
	arn: `${ACCOUNT}:group/people/shop`,
	path: "/people/",
	users: [{ userName: "jane" }, { userName: "ann" }],
};

describe("IAM roles and groups that are there already", () => {
	let engine: MockEngine;

	async function existing(
		answers: Answers,
		{ team = {}, adoptExisting = true, last }: { team?: AnyTeam; adoptExisting?: boolean; last?: LastState } = {},
	): Promise<ExistingIdentity | undefined> {
		engine = await MockEngine.start({ answers, last });
		return (await existingIdentities(teamsOf(team), adoptExisting, {})).get("shop");
	}

	async function refused(asked: Promise<unknown>, says: RegExp): Promise<void> {
		await assert.rejects(asked, (error: Error) => {
			assert.ok(pulumi.RunError.isInstance(error), "it is shown without a stack trace");
			assert.match(error.message, says);
			assert.match(error.message, /Nothing was changed/);
			return true;
		});
	}

	const isThere: Answers = { [GET.role]: () => LIVE_ROLE, [GET.group]: () => LIVE_GROUP };

	it("are none where AWS has none, in whatever words it says so", async () => {
		assert.equal(await existing({}), undefined);
		const says = (message: string) => () => {
			throw new Error(message);
		};
		const gone = "operation error IAM: GetRole, NoSuchEntity: The role with name shop-role cannot be found.";
		assert.equal(await existing({ [GET.role]: says(gone), [GET.group]: says("NoSuchEntity") }), undefined);
	});

	it("are not adopted where a group's name has other capital letters, which only its ARN tells", async () => {
		const answers = { [GET.group]: () => ({ ...LIVE_GROUP, groupName: "shop", arn: `${ACCOUNT}:group/people/Shop` }) };
		await refused(existing(answers), /as .*group\/people\/Shop: .*group-not-adoptable/);
	});

	it("are adopted with the words of who made them", async () => {
		assert.deepEqual(await existing(isThere), {
			role: {
				name: "shop-role",
				assumeRolePolicy: '{"Statement":[]}',
				description: undefined,
				permissionsBoundary: undefined,
			},
			group: { name: "shop", path: "/people/", members: ["jane", "ann"] },
			adopted: { role: true, group: true },
		});
		const { role } = (await existing({ ...isThere, [GET.role]: () => ({ ...LIVE_ROLE, description: "Shop" }) })) ?? {};
		assert.equal(role?.description, "Shop");
	});

	it("stay known as adopted in later updates, and the role keeps its path", async () => {
		const adopted = ["role/shop-role", "group/shop"];
		const last: LastState = {
			team: { type: "eks-access:index:TeamIdentity", outputs: { adopted } },
			role: { type: ROLE, outputs: { name: "shop-role" } },
			group: { type: GROUP, outputs: { name: "shop" } },
		};
		const later = await existing({}, { last, adoptExisting: false });
		assert.deepEqual(later, { role: undefined, group: undefined, adopted: { role: true, group: true } });
		const moved = existing({}, { last, team: { role: { path: "/teams/" } } });
		await refused(
			moved,
			/adopted its role as role\/shop-role.*cannot change the path to that of role\/teams\/shop-role/,
		);
	});

	it("without adoptExisting are refused together, with what it means to take them", async () => {
		await refused(
			existing(isThere, { adoptExisting: false }),
			/there already: the role shop-role, the group shop\..*config set adoptExisting true.*destroy leaves it/,
		);
	});

	it("of another stack, with other capital letters or another path, are refused with them: to write them as they are would take them", async () => {
		const answers: Answers = {
			[GET.role]: () => ({ ...LIVE_ROLE, arn: `${ACCOUNT}:role/teams/Shop-role`, name: "Shop-role", path: "/teams/" }),
			[GET.group]: () => ({ ...LIVE_GROUP, groupName: "shop", arn: `${ACCOUNT}:group/people/Shop` }),
		};
		const there = "the role shop-role as \\S+:role/teams/Shop-role, the group shop as \\S+:group/people/Shop\\.";
		await refused(existing(answers, { adoptExisting: false }), new RegExp(`${there} .*iamName.*\\[identity-exists\\]`));
		await refused(
			existing(answers),
			/role shop-role .* is there already, as .*role: \{name: Shop-role, path: \/teams\/\}/,
		);
		const last = { a: { type: ROLE, outputs: { name: "Shop-role" } }, b: { type: GROUP, outputs: { name: "Shop" } } };
		await refused(existing(answers, { adoptExisting: false, last }), /\[role-not-adoptable\]/);
	});

	it("that are in the stack's state are not asked for", async () => {
		const last = {
			a: { type: ROLE, outputs: { name: "shop-role" } },
			b: { type: GROUP, outputs: { name: "shop" } },
			c: { type: ATTACHMENT, outputs: { group: "shop", policyArn: POLICY } },
		};
		assert.equal(
			await existing(isThere, { adoptExisting: false, last, team: { assumeRolePolicyArn: POLICY } }),
			undefined,
		);
		assert.deepEqual(
			engine.calls.map(({ token }) => token),
			["pulumi:pulumi:readStackResourceOutputs"],
		);
	});

	it("are not asked for where a team has none: without users no group, of existing roles neither", async () => {
		const trustedAccounts = [{ account: "111122223333" }];
		await existing({ [GET.role]: () => LIVE_ROLE }, { team: { users: [], trustedAccounts } });
		assert.ok(engine.called(GET.role) && !engine.called(GET.group));
		await existing({}, { team: { users: [], roleArns: [`${ACCOUNT}:role/ci`] } });
		assert.ok(!engine.called(GET.role));
	});

	it("a role with another path is refused, since AWS cannot change it", async () => {
		const elsewhere = { ...LIVE_ROLE, path: "/teams/", arn: `${ACCOUNT}:role/teams/shop-role` };
		const answers = { ...isThere, [GET.role]: () => elsewhere };
		await refused(
			existing(answers),
			/is there already, as .*role\/teams\/shop-role.*role: \{name: shop-role, path: \/teams\/\}/,
		);
		assert.equal((await existing(answers, { team: { role: { path: "/teams/" } } }))?.role?.name, "shop-role");
	});

	it("one that cannot be read is refused, with the permission that is missing", async () => {
		const answers = {
			...isThere,
			[GET.group]: () => {
				throw new Error("AccessDenied: not authorized");
			},
		};
		await refused(
			existing(answers),
			/cannot read the group shop \(AccessDenied: not authorized\).*may call iam:GetGroup/,
		);
	});

	it("nothing else that is not found makes one absent: an up would then create it a second time", async () => {
		const noHost = () => {
			throw new Error("request send failed: lookup iam.amazonaws.com: host not found, empty result");
		};
		await refused(existing({ [GET.role]: noHost }), /cannot read the role shop-role \(request send failed/);
	});
});
