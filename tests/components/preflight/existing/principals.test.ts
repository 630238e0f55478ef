import assert from "node:assert/strict";
import { checkPrincipals } from "../../../../components/preflight/existing/principals";
import { readTeams } from "../../../../core/config/config";
import type { TeamArgs } from "../../../../core/config/team-args";
import type { ConfigError } from "../../../../core/errors/problem";
import { ACCOUNT, type Answers, ENTRY, type LastState, MEMBERSHIP, MockEngine } from "../../../support/mock-engine";
import { present } from "../../../support/present";

const IAM = `arn:aws:iam::${ACCOUNT.accountId}`;
const POLICY = `${IAM}:policy/bound`;
const GET = {
	user: "aws:iam/getUser:getUser",
	users: "aws:iam/getUsers:getUsers",
	role: "aws:iam/getRole:getRole",
	policy: "aws:iam/getPolicy:getPolicy",
};
const SHOP = { name: "shop", namespaces: ["dev"] };

describe("the principals that teams list", () => {
	let engine: MockEngine;

	/** An account in which these ARNs exist. */
	async function check(
		teams: TeamArgs[],
		arns: string[],
		given: { last?: LastState; answers?: Answers; accessEntries?: boolean; sets?: string[] } = {},
	) {
		const named = (kind: string) => (inputs: Record<string, string>) => {
			const name = inputs.userName ?? inputs.name ?? present(present(inputs.arn).split("/").pop());
			const arn = arns.find(
				(each) => each.includes(`:${kind}/`) && each.toLowerCase().endsWith(`/${name.toLowerCase()}`),
			);
			if (!arn) {
				throw new Error(`reading IAM ${kind} (${name}): couldn't find resource`);
			}
			return { arn };
		};
		engine = await MockEngine.start({
			last: given.last,
			answers: {
				[GET.user]: named("user"),
				[GET.role]: named("role"),
				[GET.policy]: named("policy"),
				[GET.users]: () => ({ arns }),
				...given.answers,
			},
		});
		return checkPrincipals(readTeams(teams, "EksAccess access"), "EksAccess access", {
			account: Promise.resolve(ACCOUNT),
			sets: Promise.resolve({ arns: given.sets ?? [] }),
			accessEntries: given.accessEntries ?? false,
			aws: {},
		});
	}

	async function problems(...args: Parameters<typeof check>): Promise<string[]> {
		let found: ConfigError | undefined;
		await assert.rejects(check(...args), (error: ConfigError) => {
			found = error;
			return true;
		});
		return (found?.problems ?? []).map(({ path, code, message }) => `${path} ${code}: ${message}`);
	}

	it("are all looked up, and all that are wrong are in one error", async () => {
		const team: TeamArgs = {
			...SHOP,
			users: ["jane", "jnae", "Joe"],
			roleArns: [
				`${IAM}:role/gone`,
				`${IAM}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX`,
				`${IAM}:role/AWSServiceRoleForY`,
			],
			userArns: [`${IAM}:user/legacy`],
			ssoPermissionSets: ["Admins"],
			role: { permissionsBoundary: POLICY },
		};
		const found = await problems(
			[team],
			[
				`${IAM}:user/jane`,
				`${IAM}:user/people/joe`,
				`${IAM}:user/ci/legacy`,
				`${IAM}:role/aws-service-role/y.amazonaws.com/AWSServiceRoleForY`,
			],
		);
		const expected = [
			/roleArns principal-not-found: .*ForX is a service-linked role/,
			/users principal-not-found: IAM has no user jnae/,
			/users principal-not-found: IAM calls this user joe/,
			/userArns principal-not-found: .*user\/legacy does not exist; the user of that name is .*user\/ci\/legacy/,
			/roleArns principal-not-found: IAM has no role gone/,
			/roleArns principal-not-found: .*ForY is a service-linked role/,
			/permissionsBoundary policy-not-found: IAM has no policy/,
			/^ssoPermissionSets permission-set-not-found: Admins has no role/,
		];
		assert.equal(found.length, expected.length, found.join("\n"));
		for (const says of expected) {
			assert.ok(
				found.some((line) => says.test(line)),
				`${says} in\n${found.join("\n")}`,
			);
		}
	});

	it("of another partition than the account's can never come in, wherever they are listed", async () => {
		const team: TeamArgs = {
			...SHOP,
			users: ["jane"],
			roleArns: ["arn:aws-us-gov:iam::111122223333:role/ci"],
			userArns: ["arn:aws-cn:iam::111122223333:user/legacy"],
			trustedAccounts: [{ account: "111122223333", principals: ["arn:aws-cn:iam::111122223333:role/*"] }],
		};
		const found = await problems([team], [`${IAM}:user/jane`]);
		assert.deepEqual(
			found.map((line) =>
				/^teams\[0\] \(shop\)\.(\w+) principal-not-found: .* in the partition (\S+),/.exec(line)?.slice(1),
			),
			[
				["userArns", "aws-cn"],
				["roleArns", "aws-us-gov"],
				["trustedAccounts", "aws-cn"],
			],
		);
	});

	it("a role's path may be left out for aws-auth, and has to be right for access entries", async () => {
		const team = { ...SHOP, roleArns: [`${IAM}:role/ci`] };
		const arns = [`${IAM}:role/pipelines/ci`];
		await check([team], arns);
		assert.match(
			(await problems([team], arns, { accessEntries: true })).join(),
			/role\/pipelines\/ci\. Write this ARN/,
		);
	});

	it("of another account are not guessed at: the log says that they were not looked up", async () => {
		await check([{ ...SHOP, roleArns: ["arn:aws:iam::111122223333:role/ci"] }], []);
		assert.ok(!engine.called(GET.role));
		assert.match(engine.said.join(), /not looked up.*111122223333:role\/ci/);
	});

	it("that may not be read are a warning, and the others are checked all the same", async () => {
		const answers = {
			[GET.role]: () => {
				throw new Error("AccessDenied: not authorized to perform: iam:GetRole");
			},
		};
		const team = { ...SHOP, users: ["jnae"], roleArns: [`${IAM}:role/ci`] };
		assert.equal((await problems([team], [], { answers })).length, 1);
		assert.match(engine.said.join(), /could not check that these exist: .*role\/ci \(AccessDenied.*iam:GetRole/);
	});

	it("are not asked for once the stack has them", async () => {
		const last: LastState = {
			membership: { type: MEMBERSHIP, outputs: { user: "jane" } },
			entry: { type: ENTRY, outputs: { principalArn: `${IAM}:role/ci` } },
			attachment: {
				type: "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
				outputs: { policyArn: POLICY },
			},
		};
		const team = { ...SHOP, users: ["jane"], roleArns: [`${IAM}:role/ci`], assumeRolePolicyArn: POLICY };
		await check([team], [], { last, accessEntries: true });
		assert.deepEqual(
			engine.calls.filter(({ token }) => token.startsWith("aws:iam")),
			[],
		);
	});

	it("that are many are asked for with one question", async () => {
		const users = Array.from({ length: 100 }, (_, at) => `user-${at}`);
		const arns = users.slice(1).map((user) => `${IAM}:user/people/${user}`);
		assert.match((await problems([{ ...SHOP, users }], arns)).join(), /^(?!.*user-1).*IAM has no user user-0\./);
		assert.ok(!engine.called(GET.user));
	});
});
