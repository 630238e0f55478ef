import assert from "node:assert/strict";
import { checkTrustPolicies } from "../../../components/preflight/account";
import { ACCOUNT, type Answers, MockEngine } from "../../support/mock-engine";
import { teamsOf } from "../../support/team-problems";

describe("the account's quota for trust policies", () => {
	const check = async (count: number, answers: Answers) => {
		await MockEngine.start({ answers });
		const users = Array.from({ length: count }, (_, at) => `user-${at}`);
		const teams = teamsOf({ users, role: { trust: "users" } });
		return checkTrustPolicies(teams, "EksAccess access", ACCOUNT, "eu-west-1");
	};
	const quota = (AssumeRolePolicySizeQuota: number): Answers => ({
		GetAccountSummary: () => ({ SummaryMap: { AssumeRolePolicySizeQuota } }),
	});

	it("decides on those that are longer than every account's may be", async () => {
		await assert.rejects(check(30, quota(2048)), /shop: its role's trust policy has \d+ .*account allows 2048/);
		await check(30, quota(4096));
	});

	it("is not asked for shorter ones", () =>
		check(1, { GetAccountSummary: () => assert.fail("asked"), GetCallerIdentity: () => assert.fail("asked") }));

	it("is left to AWS where it is not known, or is another account's", async () => {
		await check(30, { GetAccountSummary: () => assert.fail("AccessDenied") });
		await check(30, { ...quota(2048), GetCallerIdentity: () => ({ Arn: "arn:aws:iam::210987654321:user/x" }) });
	});
});
