import assert from "node:assert/strict";
import { kubeconfigOf } from "../../cli/hand-over/kubeconfig";
import { handOvers, reportOf } from "../../cli/hand-over/report";
import { reportMarkdown } from "../../cli/output/report";
import type { Holder } from "../../cli/verify/questions/assumers";
import { pathsTo } from "../../cli/who-can/paths";
import { callerOf } from "../../cli/whoami/caller";
import { endFor } from "../../cli/whoami/login-paths";
import { endedBy, otherAccount } from "../../cli/whoami/problem";
import { teamDangers } from "../../core/changes/dangers";
import { rolesOpenToAccount, trustPolicy } from "../../core/teams/iam-policies";
import { isRoleOver } from "../../core/teams/principal-kinds";
import type { Team } from "../../core/teams/team";
import { teamOf } from "../support/team-problems";

const account = { partition: "aws", accountId: "123456789012" };
const IAM = `arn:aws:iam::${account.accountId}`;
const CI = `${IAM}:role/ci/deploy`;
const OTHER = "210987654321";
const [PAST, FUTURE] = ["2020-12-31", "2999-12-31"];
const now = new Date();

describe("whose access has ended is counted nowhere as somebody with access:", () => {
	it("a team's role is over when everyone who may assume it has ended, and not before", () => {
		const over = (team: object) => isRoleOver(teamOf(team), now);
		const users = [{ name: "jane", until: PAST }];
		assert.ok(over({ users }));
		assert.ok(over({ users: ["jane"], until: PAST }));
		assert.ok(over({ users, roleArns: [CI] }), "that role does not come in by the team's");
		assert.ok(!over({ users: [...users, "joe"] }));
		assert.ok(!over({ users, trustedAccounts: [{ account: OTHER }] }));
		assert.ok(!over({ users: [{ name: "jane", until: FUTURE }], until: undefined }));
		assert.ok(!over({ users: [], roleArns: [{ arn: CI, until: PAST }] }), "it has no role");
	});

	it("nobody else of the account can assume the role of a team that has ended", () => {
		assert.deepEqual(rolesOpenToAccount([teamOf({ until: PAST })]), []);
		assert.deepEqual(rolesOpenToAccount([teamOf({ until: FUTURE })]), ["shop-role"]);
	});

	it("dangers name those who have access, and somebody who gets it again as new", () => {
		const users = (until: string) => [{ name: "jane", until }, "joe"];
		const admins = (until: string) => [teamOf({ users: users(until), admin: true })];
		const named = (before: object[], after: object[]) =>
			teamDangers(before as never, after as never)
				.filter(({ kind }) => kind === "admin")
				.flatMap(({ names }) => names);
		assert.deepEqual(named([], admins(PAST)), ["user/joe"]);
		assert.deepEqual(named(admins(PAST), admins(FUTURE)), ["user/jane"]);
		assert.deepEqual(named(admins(FUTURE), admins(FUTURE)), []);
		const direct = [teamOf({ users: [], userArns: [{ arn: `${IAM}:user/ann`, admin: true, until: PAST }] })];
		assert.deepEqual(named([], direct), []);
		const trusting = (until: string) => [teamOf({ trustedAccounts: [{ account: OTHER, until }] })];
		const accounts = (before: Team[], after: Team[]) =>
			teamDangers(before, after).flatMap(({ kind, names }) => (kind === "account" ? names : []));
		assert.deepEqual(accounts([], trusting(PAST)), []);
		assert.deepEqual(accounts(trusting(PAST), trusting(FUTURE)), [OTHER]);
		assert.deepEqual(accounts(trusting(FUTURE), trusting(FUTURE)), []);
	});

	it("who-can leaves them out by the role's trust policy, and shows an end that is to come", () => {
		const whoComes = (team: object, ...names: string[]) => {
			const may = { Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }] };
			const user = (name: string): Holder => ({
				...{ name: `user/${name}`, arn: `${IAM}:user/${name}` },
				policies: [{ of: "the group shop", document: may }],
			});
			const trust = JSON.parse(trustPolicy(account, teamOf(team)));
			const role: Holder = { name: "role/shop-role", arn: `${IAM}:role/shop-role`, policies: [], trust };
			return pathsTo(role.arn, [role, ...names.map(user)], account).map(({ who, roles }) => `${who} ${roles}`);
		};
		const users = [{ name: "jane", until: PAST }, { name: "joe", until: FUTURE }, "ann"];
		assert.deepEqual(whoComes({ users }, "jane", "joe", "ann"), [
			"user/joe role/shop-role (by a policy of the group shop, unless aws:CurrentTime DateGreaterThanEquals 3000-01-01T00:00:00Z)",
			"user/ann role/shop-role (by a policy of the group shop)",
		]);
		assert.deepEqual(whoComes({ users: ["jane"], until: PAST }, "jane"), ["role/shop-role "]);
		const trustedAccounts = [{ account: OTHER, until: PAST }];
		assert.deepEqual(whoComes({ users, trustedAccounts }, "jane"), ["role/shop-role "]);
		assert.match(
			whoComes({ users: [], trustedAccounts: [{ account: OTHER, until: FUTURE }] })[0] ?? "",
			/^account 210987654321 .*if aws:CurrentTime DateLessThan 3000-01-01T00:00:00Z/,
		);
	});

	it("whoami tells somebody who came in without the team's role, by the name in the config, of the team's or their own end", () => {
		const session = callerOf(`arn:aws:sts::${account.accountId}:assumed-role/deploy/run-7`);
		const ended = teamOf({ roleArns: [{ arn: CI, until: PAST }] });
		const open = teamOf({ name: "pay", namespaces: ["pay"], roleArns: [CI] });
		assert.equal(endedBy({ teams: [ended] }, session)?.message, `your access by team shop ended ${PAST}`);
		assert.equal(endedBy({ teams: [ended, open] }, session), undefined);
		assert.equal(endedBy({ teams: [] }, session), undefined);
		const sso = callerOf(`arn:aws:sts::${account.accountId}:assumed-role/AWSReservedSSO_Devs_0123456789abcdef/sam`);
		const devs = teamOf({ ssoPermissionSets: [{ name: "Devs", until: PAST }], until: FUTURE });
		assert.equal(endFor({}, sso, devs), PAST, "the earlier one counts");
		assert.equal(endFor({}, sso, { ...devs, ends: {} }), FUTURE);
		const jane = callerOf(`${IAM}:user/people/jane`);
		const both = teamOf({ users: [{ name: "jane", until: FUTURE }], userArns: [{ arn: jane.arn, until: PAST }] });
		assert.deepEqual([endFor({}, jane, both), endFor({ roleArn: "r" }, jane, both)], [PAST, FUTURE]);
	});

	it("whoami tells somebody of another account, unless another team still trusts it", () => {
		const partner = callerOf(`arn:aws:iam::${OTHER}:user/p`);
		const trusting = (until?: string) => teamOf({ trustedAccounts: [{ account: OTHER, until }] });
		assert.equal(otherAccount(partner, [trusting(PAST)]).code, "ended");
		assert.equal(otherAccount(partner, [trusting(PAST), trusting(FUTURE)]).code, "other-account");
	});

	it("hand-over tells them that it has ended, without commands; kubeconfig leaves out teams where everyone's has", () => {
		const cluster = { name: "prod", arn: "", endpoint: "https://prod.example.com", certificateAuthorityData: "Y2E=" };
		const of = (team: object) => ({
			...{ stack: "prod", team: teamOf(team), region: "eu-west-1", account, cluster },
			roleArn: `${IAM}:role/shop-role`,
		});
		const teams = [of({ users: [{ name: "jane", until: PAST }, "joe"] })];
		const people = handOvers(teams, now);
		assert.deepEqual(
			people.map(({ clusters }) => clusters.map(({ commands, grants }) => [commands.length, grants.length])),
			[[[0, 0]], [[1, 1]]],
		);
		const text = reportMarkdown(reportOf("shop", people, now));
		assert.match(text, /### user\/jane, team shop\n\nCluster prod: no access, ended 2020-12-31\.\n\n### user\/joe/);
		assert.equal(JSON.parse(kubeconfigOf(teams, now)).contexts.length, 1);
		assert.equal(JSON.parse(kubeconfigOf([...teams, of({ until: PAST })], now)).contexts.length, 1);
		assert.throws(() => kubeconfigOf([of({ until: PAST })], now), /the access of everyone in shop has ended/);
	});
});
