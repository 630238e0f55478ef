import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type ExistingIdentity, existingIdentities } from "../components/identity-check";
import { type Answers, type LastState, MockEngine, ROLE } from "./mock-engine";
import { type AnyTeam, teamsOf } from "./team-problems";

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
const LIVE_GROUP = { path: "/people/", users: [{ userName: "jane" }, { userName: "ann" }] };

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
		assert.equal(await existing({ [GET.role]: says(gone), [GET.group]: says("empty result") }), undefined);
	});

	it("are adopted as they are, AWS's own tags left out", async () => {
		assert.deepEqual(await existing(isThere), {
			role: {
				...{ name: "shop-role", path: "/", assumeRolePolicy: '{"Statement":[]}', maxSessionDuration: 3600 },
				...{ description: undefined, permissionsBoundary: undefined, tags: undefined },
			},
			group: { name: "shop", path: "/people/", members: ["jane", "ann"] },
		});
		const given = {
			description: "Shop",
			permissionsBoundary: POLICY,
			tags: { owner: "x", "aws:cloudformation:stack-name": "s" },
		};
		const { role } = (await existing({ ...isThere, [GET.role]: () => ({ ...LIVE_ROLE, ...given }) })) ?? {};
		assert.equal(role?.description, "Shop");
		assert.equal(role?.permissionsBoundary, POLICY);
		assert.deepEqual(role?.tags, { owner: "x" });
	});

	it("without adoptExisting are refused together, with what it means to take them", async () => {
		await refused(
			existing(isThere, { adoptExisting: false }),
			/there already: the role shop-role, the group shop\..*config set adoptExisting true.*destroy deletes it/,
		);
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
		assert.equal((await existing(answers, { team: { role: { path: "/teams/" } } }))?.role?.path, "/teams/");
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

	it("a policy that a team names has to be there", async () => {
		const team = { assumeRolePolicyArn: POLICY };
		const missing = () => {
			throw new Error("reading IAM Policy: couldn't find resource");
		};
		await refused(
			existing({ [GET.policy]: missing }, { team }),
			/there is no policy .*policy\/assume, which team shop has/,
		);
		await existing({ [GET.policy]: () => ({ arn: POLICY }) }, { team });
		assert.deepEqual(engine.calls.find(({ token }) => token === GET.policy)?.inputs, { arn: POLICY });
	});
});
