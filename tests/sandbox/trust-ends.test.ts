import assert from "node:assert/strict";
import { trustPolicy } from "../../core/teams/iam-policies";
import { PARTNER_ACCOUNT } from "../../sandbox/aws-emulator";
import { AwsPluginWorld } from "../support/aws-plugin-world";
import { teamOf } from "../support/team-problems";

const SECOND = 1000;

/** By AssumeRole, as AWS's documentation has the keys: aws:PrincipalAccount is in every request. */
describe("a trust policy with ends, and who may assume the role", function () {
	this.timeout("5m");
	let world: AwsPluginWorld;
	const keys: Record<string, Parameters<AwsPluginWorld["account"]["assumeRole"]>[2]> = {};
	let roles = 0;

	before(async () => {
		world = await AwsPluginWorld.start(0);
		const PolicyDocument = JSON.stringify({
			Version: "2012-10-17",
			Statement: { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
		});
		for (const name of ["jane", "joe"]) {
			keys[name] = await world.account.createUser(name);
			await world.iam.putUserPolicy({ UserName: name, PolicyName: "assume", PolicyDocument });
		}
		keys.partner = world.aws.partner;
	});

	after(() => world?.stop());

	const at = (time: number) => world.aws.moveClock((time - Date.now()) / SECOND);

	/** Asks as each of them, `before` and `after` the moment. */
	async function askers(team: object, end: number): Promise<Record<string, string>> {
		const RoleName = `team-${roles++}`;
		const AssumeRolePolicyDocument = trustPolicy({ partition: "aws", accountId: world.aws.accountId }, teamOf(team));
		const { Role } = await world.iam.createRole({ RoleName, AssumeRolePolicyDocument });
		const found: Record<string, string> = {};
		for (const [who, key] of Object.entries(keys)) {
			const answers: string[] = [];
			for (const time of [end - 5 * SECOND, end + 5 * SECOND]) {
				await at(time);
				const asked = world.account.assumeRole(Role?.Arn as string, "test", key);
				answers.push(
					await asked.then(
						() => "in",
						({ name }) => name,
					),
				);
			}
			found[who] = answers.join(", ");
		}
		await world.aws.moveClock(0);
		return found;
	}

	const end = Math.ceil(Date.now() / SECOND + 3600) * SECOND;
	const until = `${new Date(end).toISOString().slice(0, 19)}Z`;
	const users = [{ name: "jane", until }, "joe"];
	const trustedAccounts = [{ account: PARTNER_ACCOUNT }];

	it("a user's end is that of this account's user alone, not of one of the same name in a trusted account", async () => {
		assert.deepEqual(await askers({ users, trustedAccounts }, end), {
			jane: "in, AccessDenied",
			joe: "in, in",
			partner: "in, in",
		});
	});

	it("a trusted account's end is its own, whoever of this account has the same name", async () => {
		const ending = [{ ...trustedAccounts[0], until }];
		assert.deepEqual(await askers({ users: ["jane", "joe"], trustedAccounts: ending }, end), {
			jane: "in, in",
			joe: "in, in",
			partner: "in, AccessDenied",
		});
	});

	it("without trusted accounts nobody else is let in, and a user's end stands", async () => {
		assert.deepEqual(await askers({ users }, end), {
			jane: "in, AccessDenied",
			joe: "in, in",
			partner: "AccessDenied, AccessDenied",
		});
	});

	it("the team's end is everybody's", async () => {
		assert.deepEqual(await askers({ users: ["jane", "joe"], trustedAccounts, until }, end), {
			jane: "in, AccessDenied",
			joe: "in, AccessDenied",
			partner: "in, AccessDenied",
		});
	});
});
