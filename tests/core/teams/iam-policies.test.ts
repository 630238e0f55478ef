import assert from "node:assert/strict";
import {
	assumeRolePolicy,
	clusterArnOf,
	roleArnOf,
	rolesOpenToAccount,
	trustPolicy,
} from "../../../core/teams/iam-policies";
import { present } from "../../support/present";
import { teamOf, teamsOf } from "../../support/team-problems";

const account = { partition: "aws-cn", accountId: "293759796572" };
const OTHER = "210987654321";

const root = (id: string) => ({ AWS: `arn:aws-cn:iam::${id}:root` });
const allow = { Effect: "Allow", Action: "sts:AssumeRole" };
const MFA = { Bool: { "aws:MultiFactorAuthPresent": "true" } };

function statements(team?: object): Record<string, unknown>[] {
	return JSON.parse(trustPolicy(account, team && teamOf(team))).Statement;
}

describe("IAM policy documents", () => {
	it("the role trusts the account, in its partition, and nobody else", () => {
		const own = [{ ...allow, Principal: root(account.accountId) }];
		assert.deepEqual(statements(), own);
		assert.deepEqual(statements({}), own);
	});

	it("with mfa the role trusts those who have shown a second factor, and no long-term keys", () => {
		const trustedAccounts = [{ account: OTHER }];
		assert.deepEqual(statements({ role: { mfa: true }, trustedAccounts }), [
			{ ...allow, Principal: root(account.accountId), Condition: MFA },
			{ ...allow, Principal: root(OTHER), Condition: MFA },
		]);
		assert.doesNotMatch(trustPolicy(account, teamOf({ role: { mfa: true }, trustedAccounts })), /IfExists|Deny|false/);
		assert.equal("Condition" in present(statements({ role: { mfa: false } })[0]), false);
	});

	it("an account that is trusted without more may let whom it wants", () => {
		assert.deepEqual(statements({ trustedAccounts: [{ account: OTHER }] })[1], { ...allow, Principal: root(OTHER) });
	});

	it("a trusted account gives its external ID, and lets only the principals that are listed", () => {
		const principals = [`arn:aws-cn:iam::${OTHER}:role/ci-*`, `arn:aws-cn:iam::${OTHER}:user/x`];
		const trustedAccounts = [{ account: OTHER, externalId: "acme-7f3a", principals }];
		assert.deepEqual(statements({ trustedAccounts, role: { mfa: true } })[1], {
			...allow,
			Principal: root(OTHER),
			Condition: {
				StringEquals: { "sts:ExternalId": "acme-7f3a" },
				ArnLike: { "aws:PrincipalArn": principals },
				...MFA,
			},
		});
	});

	it("with trust: users the role trusts the listed users alone, whatever their paths; other accounts as before", () => {
		const trustedAccounts = [{ account: OTHER, externalId: "acme-7f3a" }];
		const users = ["jane", "joe"];
		const arns = users.flatMap((user) =>
			[user, `*/${user}`].map((name) => `arn:aws-cn:iam::${account.accountId}:user/${name}`),
		);
		const [own, other] = statements({ users, trustedAccounts, role: { trust: "users", mfa: true } });
		const Condition = { ArnLike: { "aws:PrincipalArn": arns }, ...MFA };
		assert.deepEqual(own, { ...allow, Principal: root(account.accountId), Condition });
		const externalId = { StringEquals: { "sts:ExternalId": "acme-7f3a" }, ...MFA };
		assert.deepEqual(other, { ...allow, Principal: root(OTHER), Condition: externalId });
		assert.deepEqual(statements({ users, role: { trust: "account" } }), statements({ users }));
	});

	it("says which roles others of the account can assume", () => {
		const teams = teamsOf(
			{ name: "a" },
			{ name: "b", role: { trust: "users" } },
			{ name: "c", users: [], trustedAccounts: [{ account: OTHER }] },
			{ name: "d", role: { name: "dee" } },
		);
		assert.deepEqual(rolesOpenToAccount(teams), ["a-role", "dee"]);
	});

	it("the own account is not trusted where a team has no users of it", () => {
		const trustedAccounts = [{ account: OTHER, externalId: "acme-7f3a" }];
		const principals = statements({ users: [], trustedAccounts }).map(({ Principal }) => Principal);
		assert.deepEqual(principals, [root(OTHER)]);
		assert.equal(statements({ trustedAccounts }).length, 2);
	});

	it("the group may assume its own role, describe its own cluster, and list clusters", () => {
		const roleArn = roleArnOf(account, "k8s-devs-role");
		const clusterArn = clusterArnOf(account, "cn-north-1", "prod");
		assert.deepEqual(
			JSON.parse(assumeRolePolicy({ roleArn, clusterArn })).Statement.map((statement: Record<string, string>) => [
				statement.Effect,
				statement.Action,
				statement.Resource,
			]),
			[
				["Allow", "sts:AssumeRole", "arn:aws-cn:iam::293759796572:role/k8s-devs-role"],
				["Allow", "eks:DescribeCluster", "arn:aws-cn:eks:cn-north-1:293759796572:cluster/prod"],
				["Allow", "eks:ListClusters", "*"],
			],
		);
	});

	it("a role's ARN has its path", () => {
		assert.equal(roleArnOf(account, "x", "/teams/"), "arn:aws-cn:iam::293759796572:role/teams/x");
	});
});
