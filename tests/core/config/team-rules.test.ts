import assert from "node:assert/strict";
import fc from "fast-check";
import { readConfig } from "../../../core/config/config";
import { teamShape } from "../../../core/config/team-schema";
import { ConfigError } from "../../../core/errors/problem";
import { TRUST_POLICY_LIMIT, trustPolicy } from "../../../core/teams/iam-policies";
import { present } from "../../support/present";
import { problemsOfTeams, teamOf } from "../../support/team-problems";

const ACCOUNT = "arn:aws:iam::123456789012";
const none = { users: undefined };

describe("what the keys of a team say together", () => {
	it("a team lets somebody in, in one way or another", () => {
		assert.match(
			present(problemsOfTeams(none)["teams[0].users"]),
			/^is missing or empty; list at least one, for example \[jane, joe\] \(or ssoPermissionSets, trustedAccounts, roleArns, userArns\), or remove "shop" from teams to end its access$/,
		);
		assert.match(present(problemsOfTeams({ users: [] })["teams[0].users"]), /^found an empty list; /);
		for (const principal of [
			{ roleArns: [`${ACCOUNT}:role/ci`] },
			{ ssoPermissionSets: ["Dev"] },
			{ userArns: [`${ACCOUNT}:user/joe`] },
			{ trustedAccounts: [{ account: "210987654321" }] },
		]) {
			assert.deepEqual(problemsOfTeams({ ...none, ...principal }), {});
		}
	});

	it("no two teams have one Kubernetes group, whose access each would have", () => {
		const taken = /^"shop" is the Kubernetes group of teams\[0\] already/;
		assert.match(present(problemsOfTeams({}, { name: "pay", group: "shop" })["teams[1].group"]), taken);
		assert.match(present(problemsOfTeams({ name: "pay", group: "shop" }, {})["teams[1].name"]), taken);
		assert.deepEqual(problemsOfTeams({ group: "a" }, { name: "pay", group: "b" }), {});
		assert.match(present(problemsOfTeams({ group: "system:masters" })["teams[0].group"]), /is no team name/);
	});

	it("a team has access somewhere", () => {
		assert.match(
			present(problemsOfTeams({ namespaces: [] })["teams[0].namespaces"]),
			/^found an empty list; list at least one/,
		);
		for (const where of [
			{ namespaceSelector: { matchLabels: { a: "b" } } },
			{ clusterAccess: "view" },
			{ groups: ["auditors"] },
			{ admin: true },
		]) {
			assert.deepEqual(problemsOfTeams({ namespaces: [], ...where }), {});
		}
	});

	for (const [key, values] of Object.entries({
		users: ["jane", "joe", "jane"],
		roleArns: [`${ACCOUNT}:role/a`, `${ACCOUNT}:role/b`, `${ACCOUNT}:role/a`],
		ssoPermissionSets: ["A", "B", "A"],
		userArns: [{ arn: `${ACCOUNT}:user/a` }, `${ACCOUNT}:user/b`, `${ACCOUNT}:user/a`],
		trustedAccounts: [{ account: "210987654321" }, { account: "210987654322" }, { account: "210987654321" }],
		namespaces: ["a", "b", { name: "a", access: "view" }],
		groups: ["a", "b", "a"],
	})) {
		it(`${key} lists nothing twice, in no form`, () => {
			const message = /^".*" stands at \[0\] already; remove one$/;
			assert.match(present(problemsOfTeams({ [key]: values })[`teams[0].${key}[2]`]), message);
		});
	}

	it("a team has a username or a template", () => {
		const both = { username: "a", usernameTemplate: "a:{{SessionName}}" };
		assert.deepEqual(problemsOfTeams(both), {
			"teams[0].usernameTemplate": "stands beside username; use one of them",
		});
	});

	it("a policy for assuming the role has a group to be attached to, and is attached once", () => {
		const policy = `${ACCOUNT}:policy/assume`;
		assert.deepEqual(problemsOfTeams({ assumeRolePolicyArn: policy }), {});
		assert.deepEqual(problemsOfTeams({ ...none, roleArns: [`${ACCOUNT}:role/ci`], assumeRolePolicyArn: policy }), {
			"teams[0].assumeRolePolicyArn": "has no effect: without users the team has no IAM group; remove it",
		});
	});

	it("a binding's name has something to bind", () => {
		assert.deepEqual(problemsOfTeams({ binding: "devs" }), {});
		assert.deepEqual(problemsOfTeams({ namespaces: [], groups: ["auditors"], binding: "devs" }), {
			"teams[0].binding": "has no effect: the team has neither namespaces nor clusterAccess; remove it",
		});
	});

	it("options of a role or a group that the team does not have are refused, not ignored", () => {
		const bare = { ...none, roleArns: [`${ACCOUNT}:role/ci`] };
		const role = "has no effect: without users and trustedAccounts the team has no role of its own; remove it";
		assert.deepEqual(problemsOfTeams({ ...bare, role: { mfa: true } }), {
			"teams[0].role": role,
		});
		assert.deepEqual(problemsOfTeams({ ...bare, role: {} }), {});
	});

	it("a user is in ten groups of IAM", () => {
		const teams = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `t${at}` }));
		assert.deepEqual(problemsOfTeams(...teams(10)), {});
		assert.deepEqual(problemsOfTeams(...teams(11)), {
			teams: 'the user "jane" is in 11 teams; a user may be in 10 IAM groups',
		});
	});

	it("a trust policy has as many characters as IAM takes, to the last one", () => {
		const trusting = (length: number) => ({
			trustedAccounts: [
				{ account: "210987654321", principals: [`arn:aws:iam::210987654321:role/${"x".repeat(length)}`] },
			],
		});
		const account = { partition: "aws", accountId: "123456789012" };
		const around = TRUST_POLICY_LIMIT - trustPolicy(account, teamOf(trusting(1))).length + 1;
		assert.equal(trustPolicy(account, teamOf(trusting(around))).length, TRUST_POLICY_LIMIT);
		assert.deepEqual(problemsOfTeams(trusting(around + 1)), {
			"teams[0].trustedAccounts":
				"make a trust policy of 4097 characters; IAM allows 4096 at most. List fewer principals, or use wildcards",
		});
	});

	it("trust: users has users to trust, who fit into the trust policy", () => {
		const role = { trust: "users" };
		assert.deepEqual(problemsOfTeams({ role }), {});
		assert.deepEqual(problemsOfTeams({ ...none, trustedAccounts: [{ account: "210987654321" }], role }), {
			"teams[0].role.trust":
				"has no effect: the team has no users, and its role does not trust this account; remove it",
		});
		const users = Array.from({ length: 60 }, (_, at) => `user-${at}`);
		assert.match(
			present(problemsOfTeams({ users, role })["teams[0].users"]),
			/^make a trust policy of \d+ characters; IAM allows 4096 at most\. List fewer users, or leave out role\.trust$/,
		);
		assert.deepEqual(problemsOfTeams({ users }), {});
	});

	it("principals of a trusted account are of that account", () => {
		const principals = ["arn:aws:iam::210987654321:role/x", `${ACCOUNT}:role/x`];
		assert.deepEqual(problemsOfTeams({ trustedAccounts: [{ account: "210987654321", principals }] }), {
			"teams[0].trustedAccounts[0].principals[1]":
				'"arn:aws:iam::123456789012:role/x" is not of the account "210987654321"; move or correct it',
		});
	});

	it("no two teams have a name, or a role, that IAM takes for one", () => {
		const end = "already (IAM ignores case); give each team its own";
		assert.deepEqual(problemsOfTeams({ name: "dev" }, { name: "DEV" }), {
			"teams[1].name": `"DEV" is the name of teams[0] ${end}`,
		});
		assert.deepEqual(
			problemsOfTeams({ name: "a", role: { name: "Shared" } }, { name: "b", role: { name: "shared" } }),
			{
				"teams[1].role.name": `"shared" is the role of teams[0] ${end}`,
			},
		);
		assert.deepEqual(problemsOfTeams({ name: "a", role: { name: "b-role" } }, { name: "b" }), {
			"teams[1].name": `"b-role" is the role of teams[0] ${end}`,
		});
		// A role's name is no group's.
		assert.deepEqual(problemsOfTeams({ name: "a", role: { name: "b" } }, { name: "b" }), {});
	});

	it("one who comes in directly has one username in all teams", () => {
		const role = `${ACCOUNT}:role/ci`;
		const end = "it can have one username only: set the same one in both";
		assert.deepEqual(
			problemsOfTeams({ name: "a", roleArns: [role] }, { name: "b", roleArns: [role.replace("ci", "CI")] }),
			{
				"teams[1].roleArns[0]": `"arn:aws:iam::123456789012:role/CI" comes in as "b" here and as "a" at teams[0].roleArns[0]; ${end}`,
			},
		);
		const same = { roleArns: [role], ssoPermissionSets: ["Dev"], username: "ci" };
		assert.deepEqual(problemsOfTeams({ name: "a", ...same }, { name: "b", ...same }), {});
		const arn = `${ACCOUNT}:user/joe`;
		assert.deepEqual(
			problemsOfTeams({ name: "a", userArns: [arn] }, { name: "b", userArns: [{ arn, username: "joe" }] }),
			{
				"teams[1].userArns[0]": `"${arn}" comes in as "joe" here and as "${arn}" at teams[0].userArns[0]; ${end}`,
			},
		);
		assert.deepEqual(problemsOfTeams({ name: "a", userArns: [arn] }, { name: "b", userArns: [{ arn }] }), {});
	});

	it("a role has one path, in one team and in several", () => {
		const roles = [`${ACCOUNT}:role/ci`, `${ACCOUNT}:role/teams/a/ci`];
		const message = `"${roles[1]}" is the role "${roles[0]}" at teams[0].roleArns[0], with another path; write the one that it has in both`;
		assert.deepEqual(problemsOfTeams({ roleArns: roles }), { "teams[0].roleArns[1]": message });
		const teams = roles.map((role, at) => ({ name: `t${at}`, username: "ci", roleArns: [role] }));
		assert.deepEqual(problemsOfTeams(...teams), { "teams[1].roleArns[0]": message });
	});

	it("whatever stands in the teams, the answer is a config or a ConfigError that names a place", () => {
		const keys = [...Object.keys(teamShape), "arn", "account", "rules", "verbs", "resources", "matchLabels", "other"];
		const values = fc.letrec((tie) => ({
			any: fc.oneof(
				{ maxDepth: 4 },
				fc.constantFrom("shop", "full", "kube-system", "", 7, null, true, "system:masters", `${ACCOUNT}:role/x`),
				fc.array(tie("any"), { maxLength: 3 }),
				fc.dictionary(fc.constantFrom(...keys), tie("any"), { maxKeys: 5 }),
			),
		})).any;
		const team = fc.dictionary(fc.constantFrom(...keys), values, { maxKeys: 8 });
		fc.assert(
			fc.property(fc.array(fc.oneof(team, values), { maxLength: 3 }), (teams) => {
				try {
					readConfig({ cluster: "c", teams: JSON.stringify(teams) });
				} catch (error) {
					assert.ok(error instanceof ConfigError, `${(error as Error).stack}`);
					assert.ok(error.problems.every(({ path, message }) => path && message));
				}
			}),
			{ numRuns: 500 },
		);
	});
});
