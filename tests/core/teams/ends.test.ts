import assert from "node:assert/strict";
import { pastProblems } from "../../../core/changes/ends";
import { readConfig } from "../../../core/config/config";
import { accessMatrix } from "../../../core/teams/access-matrix";
import { teamOutputs, teamsOfOutput } from "../../../core/teams/access-output";
import { trustPolicy } from "../../../core/teams/iam-policies";
import { directPrincipals, endsOf, withoutEnded } from "../../../core/teams/principal-kinds";
import { problemsOf, problemsOfTeams, teamOf } from "../../support/team-problems";

const ACCOUNT = { partition: "aws", accountId: "293759796572" };
const OTHER = "210987654321";
const CI = `arn:aws:iam::${ACCOUNT.accountId}:role/ci`;
const LEGACY = `arn:aws:iam::${ACCOUNT.accountId}:user/legacy`;
const END = "2026-12-31";
const INSTANT = "2027-01-01T00:00:00Z";

interface Statement {
	Effect: string;
	Principal: unknown;
	Condition?: Record<string, Record<string, unknown>>;
}

function statements(team: object): Statement[] {
	return JSON.parse(trustPolicy(ACCOUNT, teamOf(team))).Statement;
}

describe("access that ends", () => {
	it("of one principal is written beside its name, whichever kind it is", () => {
		const team = teamOf({
			users: ["joe", { name: "jane", until: END }],
			ssoPermissionSets: [{ name: "Devs", until: END }, "Ops"],
			roleArns: [{ arn: CI, until: END }],
			userArns: [{ arn: LEGACY, until: END }],
			trustedAccounts: [{ account: OTHER, until: END }],
		});
		assert.deepEqual(team.users, ["joe", "jane"]);
		assert.deepEqual(team.ssoPermissionSets, ["Devs", "Ops"]);
		assert.deepEqual(team.roleArns, [CI]);
		assert.deepEqual(team.userArns, [{ arn: LEGACY, username: LEGACY, admin: false }]);
		assert.deepEqual(team.trustedAccounts, [{ account: OTHER }]);
		const ends = { "user/jane": END, "sso/Devs": END, [CI]: END, [LEGACY]: END, [`account/${OTHER}`]: END };
		assert.deepEqual(team.ends, ends);
		assert.deepEqual(endsOf(team), ends);
		assert.deepEqual(teamsOfOutput(teamOutputs([team])), [team]);
	});

	it("of a team is that of everyone in it who has no earlier one", () => {
		const users = ["joe", { name: "jane", until: "2026-06-30" }, { name: "ann", until: "2027-06-30" }];
		const expected = { "user/joe": END, "user/jane": "2026-06-30", "user/ann": END };
		assert.deepEqual(endsOf(teamOf({ users, until: END })), expected);
		const [row] = accessMatrix([teamOf({ users, until: END })]);
		assert.deepEqual(row?.ends, expected);
		assert.equal("ends" in (accessMatrix([teamOf({})])[0] ?? {}), false);
	});

	it("is said of each identity of another account", () => {
		const principals = [`arn:aws:iam::${OTHER}:role/ci`];
		const team = teamOf({ trustedAccounts: [{ account: OTHER, principals, until: END }] });
		assert.equal(endsOf(team)[`account/${OTHER}:role/ci`], END);
	});

	it("begins no new session: the trust policy allows the team before its end only, and other accounts before theirs", () => {
		const trustedAccounts = [{ account: OTHER, until: "2026-06-30" }];
		const [own, other, ...more] = statements({ until: END, trustedAccounts, role: { mfa: true } });
		const mfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
		assert.deepEqual(own?.Condition, { ...mfa, DateLessThan: { "aws:CurrentTime": INSTANT } });
		assert.deepEqual(other?.Condition, { ...mfa, DateLessThan: { "aws:CurrentTime": "2026-07-01T00:00:00Z" } });
		assert.deepEqual(more, []);
	});

	it("of single users is one denial for each end, by their names in any case", () => {
		const users = [
			"joe",
			{ name: "jane", until: END },
			{ name: "ann", until: "2026-06-30" },
			{ name: "bob", until: "2027-01-01T01:00:00+01:00" },
		];
		const denial = (names: string[], instant: string) => ({
			...{ Effect: "Deny", Action: "sts:AssumeRole", Principal: "*" },
			Condition: {
				StringEqualsIgnoreCase: { "aws:username": names },
				DateGreaterThanEquals: { "aws:CurrentTime": instant },
			},
		});
		const [own, ...denials] = statements({ users });
		assert.equal(own && "Condition" in own, false);
		assert.deepEqual(denials, [denial(["ann"], "2026-07-01T00:00:00Z"), denial(["jane", "bob"], INSTANT)]);
		assert.deepEqual(statements({ users, until: "2026-01-01" }).length, 1, "the team's end comes first");
	});

	it("of a user is not that of another account's user of the same name, whom the team trusts too", () => {
		const narrowed = (team: object) =>
			statements(team).filter(({ Effect }) => Effect === "Deny")[0]?.Condition?.StringEquals;
		const users = [{ name: "jane", until: END }];
		assert.deepEqual(narrowed({ users, trustedAccounts: [{ account: OTHER }] }), {
			"aws:PrincipalAccount": ACCOUNT.accountId,
		});
		assert.equal(narrowed({ users }), undefined, "nobody else comes from elsewhere");
	});

	it("takes those out who come in as themselves, from their end on, and nobody else", () => {
		const team = teamOf({
			users: [{ name: "jane", until: END }],
			roleArns: [{ arn: CI, until: END }, `${CI}-2`],
			ssoPermissionSets: [{ name: "Devs", until: END }],
			userArns: [{ arn: LEGACY, until: END }],
		});
		const at = (now: string) => withoutEnded([team], new Date(now))[0] as typeof team;
		assert.equal(at("2026-12-31T23:59:59Z"), team);
		const after = at(INSTANT);
		assert.deepEqual(
			directPrincipals(after).map(({ key }) => key),
			[`${CI}-2`],
		);
		assert.deepEqual(after.users, ["jane"]);
		assert.equal(trustPolicy(ACCOUNT, after), trustPolicy(ACCOUNT, team));
		assert.deepEqual(after.ends, team.ends);
		const [whole] = withoutEnded([teamOf({ users: ["jane"], roleArns: [CI], until: END })], new Date(INSTANT));
		assert.deepEqual([whole?.roleArns, whole?.users], [[], ["jane"]]);
	});

	it("with a date that is none is an error where it stands, with what is allowed", () => {
		const problems = problemsOfTeams({
			until: "soon",
			users: [{ name: "jane", until: "2026-02-30" }, { name: "joe", til: END }, 7],
			roleArns: [{ arn: CI, until: "31.12.2026" }],
			trustedAccounts: [{ account: OTHER, until: "2026" }],
		});
		assert.deepEqual(Object.keys(problems).sort(), [
			...["teams[0].roleArns[0].until", "teams[0].trustedAccounts[0].until", "teams[0].until"],
			...["teams[0].users[0].until", "teams[0].users[1].til", "teams[0].users[2]"],
		]);
		assert.match(String(problems["teams[0].until"]), /^"soon" is not a date; allowed is a day \(2026-12-31, /);
		assert.match(String(problems["teams[0].users[1].til"]), /unknown key\. Did you mean until\?/);
		assert.match(String(problems["teams[0].users[2]"]), /found 7; allowed is an IAM user's name, or \{name, until\}/);
		assert.deepEqual(problemsOfTeams({ users: ["jane", { name: "jane", until: END }] }), {
			"teams[0].users[1]": '"jane" stands at [0] already; remove one',
		});
	});

	it("may stand without quotes, where Pulumi reads it as a time; midnight alone it cannot tell from a day", () => {
		const teams = (until: string) =>
			JSON.stringify([{ name: "shop", namespaces: ["a"], users: [{ name: "jane", until }], until }]);
		for (const [given, expected] of [
			["2026-12-31 00:00:00 +0000 UTC", END],
			["2026-12-31 18:00:00 +0000 UTC", "2026-12-31T18:00:00Z"],
			["2026-12-31 18:00:00.5 +0200 +0200", "2026-12-31T18:00:00.5+02:00"],
			["2026-12-31 00:00:00 +0200 CEST", "2026-12-31T00:00:00+02:00"],
		] as const) {
			const [team] = readConfig({ cluster: "c", teams: teams(given) }).teams;
			assert.deepEqual([team?.until, team?.ends], [expected, { "user/jane": expected }], given);
		}
		for (const until of [INSTANT, "2026-12-31T00:00:00.000Z", "2026-12-31T00:00:00+00:00"]) {
			assert.match(String(problemsOfTeams({ until })["teams[0].until"]), /is midnight, .* write the last day/);
		}
	});

	it("in the past is new unless a team of this name had it, in whichever component", () => {
		const [until, other] = ["2020-01-01", "2021-01-01"];
		const [team, before] = [teamOf({ until }), teamOf({ until: other })];
		assert.equal(pastProblems([team], [before], new Date()).length, 1);
		assert.deepEqual(pastProblems([team], [before, team], new Date()), []);
	});

	it("is refused where the ends of many users make the trust policy too large", () => {
		const users = Array.from({ length: 30 }, (_, at) => ({ name: `user-${at}`, until: `2026-12-${10 + (at % 20)}` }));
		const message = String(problemsOfTeams({ users })["teams[0].users"]);
		assert.match(
			message,
			/^make a trust policy of \d+ characters; IAM allows 4096 at most\. Give an end to fewer users/,
		);
		assert.deepEqual(problemsOfTeams({ users: users.map(({ name }) => ({ name, until: END })) }), {});
	});

	it("can be written in the simple form", () => {
		const values = { cluster: "c", namespaces: "dev", users: JSON.stringify(["joe", { name: "jane", until: END }]) };
		assert.deepEqual(problemsOf(values), {});
	});
});
