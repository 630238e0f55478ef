import { isDeepStrictEqual } from "node:util";
import { endOf } from "../iam/until";
import { type AccessLevel, givenRules, knownRole } from "../rbac/access-levels";
import type { PolicyRule } from "../rbac/policy-rules";
import { describeRule, rulesBeyond } from "../rbac/rule-matcher";
import { endsOf, hasEnded, hasRole, principalNames } from "../teams/principal-kinds";
import { DEFAULT_TEAM, type MappedUser, roleNameOf, SESSION_SECONDS, type Team } from "../teams/team";
import type { Danger } from "./danger";

/** One thing that keeps a team's access within bounds: what of it is weaker in `team` than in `old`. */
interface Guard extends Pick<Danger, "kind" | "what"> {
	weaker(old: Team, team: Team): string[];
}

const secondsOf = ({ role }: Team) => role.maxSessionDuration ?? SESSION_SECONDS;

const GUARDS: Guard[] = [
	{
		kind: "account",
		what: "lets another AWS account in under other conditions (externalId, principals)",
		weaker: (old, team) =>
			accountsOf(team).filter(
				(account) =>
					accountsOf(old).includes(account) && !isDeepStrictEqual(trustOf(old, account), trustOf(team, account)),
			),
	},
	{
		kind: "rules",
		what: "may do more by its rules",
		weaker: (old, team) =>
			levelPairs(old, team)
				.filter(([was, is]) => was !== undefined && !isDeepStrictEqual(was, is))
				.flatMap(([was, is]) => rulesBeyond(rulesOf(was), rulesOf(is)).map(describeRule)),
	},
	{
		kind: "guard",
		what: "needs no second factor any more",
		weaker: (old, team) => (old.role.mfa && !team.role.mfa && hasRole(team) ? ["role.mfa"] : []),
	},
	{
		kind: "guard",
		what: "has a role that others of the account can assume again",
		weaker: (old, team) =>
			old.role.trust === "users" && team.role.trust !== "users" && hasRole(team) ? ["role.trust"] : [],
	},
	{
		kind: "guard",
		what: "keeps its access for longer",
		weaker: (old, team) => {
			const [were, are, people] = [endsOf(old), endsOf(team), principalNames(team)];
			return Object.entries(were).flatMap(([name, was]) => {
				const is = are[name];
				const isLonger = people.includes(name) && (is === undefined || endOf(is) > endOf(was));
				return isLonger ? [`${name} ${was} → ${is ?? "no end"}`] : [];
			});
		},
	},
	{
		kind: "guard",
		what: "has no permissions boundary any more",
		weaker: ({ role: { permissionsBoundary: was } }, { role: { permissionsBoundary: is } }) =>
			was && !is ? ["role.permissionsBoundary"] : [],
	},
	{
		kind: "guard",
		what: "has another permissions boundary",
		weaker: ({ role: { permissionsBoundary: was } }, { role: { permissionsBoundary: is } }) =>
			was && is && was !== is ? [`${was} → ${is}`] : [],
	},
	{
		kind: "guard",
		what: "has longer sessions",
		weaker: (old, team) =>
			hasRole(old) && hasRole(team) && secondsOf(team) > secondsOf(old)
				? [`${secondsOf(old)} → ${secondsOf(team)} seconds`]
				: [],
	},
];

/** What only the team of the same name says; without one, what goes for a team that is new. */
const OWN: Guard[] = [
	{
		kind: "allow",
		what: "is allowed what is refused otherwise",
		weaker: (old, team) => team.allow.filter((name) => !old.allow.includes(name)),
	},
	{
		kind: "account",
		what: "lets another AWS account in",
		weaker: (old, team) => accountsOf(team).filter((account) => !accountsOf(old).includes(account)),
	},
	{
		kind: "identity",
		what: "takes another IAM role",
		weaker: (old, team) => (roleNameOf(old) === roleNameOf(team) ? [] : [`${roleNameOf(old)} → ${roleNameOf(team)}`]),
	},
	{
		kind: "identity",
		what: "takes an existing policy to assume its role",
		weaker: (old, { assumeRolePolicyArn: arn }) => (arn && arn !== old.assumeRolePolicyArn ? [arn] : []),
	},
	{
		kind: "identity",
		what: "takes another Kubernetes group, to which others may have bound something",
		weaker: (old, team) => (old.group === team.group ? [] : [team.group]),
	},
	{
		kind: "identity",
		what: "has another Kubernetes username, to which others may have bound something",
		weaker: (old, team) => [
			...(old.username === team.username ? [] : [team.username]),
			...team.userArns.filter((user) => isRenamed(old, user)).map(({ username }) => username),
		],
	},
];

/** @param older The team of the same name, if there was one, and others in which its people were. */
export function guardDangers(older: Team[], team: Team): Omit<Danger, "team">[] {
	const same = older.find(({ name }) => name === team.name) ?? unguarded(team);
	const found = (guards: Guard[], olds: Team[]) =>
		guards.flatMap(({ kind, what, weaker }) => {
			const names = [...new Set(olds.flatMap((old) => weaker(old, team)))];
			return names.length > 0 ? [{ kind, what, names }] : [];
		});
	return [...found(OWN, [same]), ...found(GUARDS, older)];
}

/** A team of that name as it is where nothing is said of it. */
function unguarded(team: Team): Team {
	const none = { allow: [], trustedAccounts: [], userArns: [], policyArns: [], assumeRolePolicyArn: undefined };
	const username = team.name === DEFAULT_TEAM.name ? DEFAULT_TEAM.username : team.name;
	return { ...team, ...none, role: {}, username, group: team.name };
}

/** Of a user who is new, a username is worth a look only if it reads like somebody else's. */
function isRenamed(old: Team, { arn, username }: MappedUser): boolean {
	const known = old.userArns.find((user) => user.arn === arn);
	return known ? known.username !== username : username !== arn && /admin|master|root/i.test(username);
}

/** Those whose access has not ended. */
function accountsOf(team: Team): string[] {
	const now = new Date();
	const accounts = team.trustedAccounts.map(({ account }) => account);
	return [...new Set(accounts)].filter((account) => !hasEnded(team, `account/${account}`, now));
}

function trustOf({ trustedAccounts }: Team, account: string) {
	return trustedAccounts.filter((trusted) => trusted.account === account);
}

/** Levels at one place in both. */
function levelPairs(old: Team, team: Team): [AccessLevel | undefined, AccessLevel | undefined][] {
	const levelIn = ({ namespaces }: Team, where: string) => namespaces.find(({ name }) => name === where)?.access;
	return [
		...team.namespaces.map(({ name, access }): [AccessLevel | undefined, AccessLevel] => [levelIn(old, name), access]),
		[old.clusterAccess, team.clusterAccess],
		[old.namespaceSelector && old.access, team.namespaceSelector && team.access],
	];
}

/** Those of Kubernetes' own ClusterRoles are not known here. */
function rulesOf(level: AccessLevel | undefined): PolicyRule[] {
	return (level && (givenRules(level) ?? knownRole(level)?.rules)) ?? [];
}
