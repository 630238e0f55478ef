import { earlier, endOf, instantOf, isOver } from "../iam/until";
import { roleNameOf, type Team } from "./team";

/** An AWS account as ARNs name it. */
export interface AwsAccount {
	/** `aws`, `aws-cn`, `aws-us-gov`, … */
	partition: string;
	/** Twelve digits. */
	accountId: string;
}

/**
 * IAM quota: characters of a role's trust policy, blanks left out. Every account has the first, AWS raises it to the second at most (IAM
 * User Guide, "IAM and AWS STS quotas").
 */
export const TRUST_POLICY_QUOTA = 2048;
export const TRUST_POLICY_LIMIT = 4096;

/**
 * The role's trust policy. Of this account: every principal that its own IAM policies allow to assume the role; groups cannot be
 * principals, so the group's policy ({@link assumeRolePolicy}) decides who that is. With `trust: users` the team's users only. Of other
 * accounts: whom they allow, or the principals listed, with their external ID. Nobody once their access has ended; a user is denied by name.
 */
export function trustPolicy(
	{ partition, accountId }: AwsAccount,
	team: Partial<Pick<Team, "users" | "trustedAccounts" | "role" | "until" | "ends">> = {},
): string {
	const { users, trustedAccounts = [], role = {}, until, ends = {} } = team;
	// With BoolIfExists, long-term keys would get in: they say nothing of a second factor.
	const mfa = role.mfa ? { Bool: { "aws:MultiFactorAuthPresent": "true" } } : {};
	const before = (end: string | undefined) => (end ? { DateLessThan: { [NOW]: instantOf(end) } } : {});
	const trust = (account: string, condition: object) => ({
		Effect: "Allow",
		Action: "sts:AssumeRole",
		Principal: { AWS: `arn:${partition}:iam::${account}:root` },
		...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
	});
	// A user's name is unique in its account, whatever its path, and has no slash.
	const listed = (users ?? []).flatMap((user) =>
		["", "*/"].map((path) => `arn:${partition}:iam::${accountId}:user/${path}${user}`),
	);
	const own = {
		...(role.trust === "users" ? { ArnLike: { "aws:PrincipalArn": listed } } : {}),
		...mfa,
		...before(until),
	};
	return document(
		...(trustedAccounts.length === 0 || (users ?? []).length > 0 ? [trust(accountId, own)] : []),
		...trustedAccounts.map(({ account, externalId, principals }) =>
			trust(account, {
				...(externalId ? { StringEquals: { "sts:ExternalId": externalId } } : {}),
				...(principals?.length ? { ArnLike: { "aws:PrincipalArn": principals } } : {}),
				...mfa,
				...before(earlier(until, ends[`account/${account}`])),
			}),
		),
		// A user of another account may have the same name.
		...denials(
			users ?? [],
			team,
			trustedAccounts.length > 0 ? { StringEquals: { "aws:PrincipalAccount": accountId } } : {},
		),
	);
}

const NOW = "aws:CurrentTime";

/**
 * One statement an end. Whoever comes by another role has no `aws:username`.
 *
 * @param account Condition on the users' account, where others are let in too: without them it would only take up room.
 */
function denials(
	users: readonly string[],
	{ until, ends = {} }: Pick<Team, "until" | "ends">,
	account: object,
): object[] {
	const byEnd = new Map<string, string[]>();
	for (const user of users) {
		const end = ends[`user/${user}`];
		if (end && (!until || endOf(end) < endOf(until))) {
			const instant = instantOf(end);
			byEnd.set(instant, [...(byEnd.get(instant) ?? []), user]);
		}
	}
	return [...byEnd].sort().map(([instant, names]) => ({
		Effect: "Deny",
		Action: "sts:AssumeRole",
		Principal: "*",
		// IAM finds a user under its name in any case, and the key has the case in which it was made.
		Condition: {
			...account,
			StringEqualsIgnoreCase: { "aws:username": names },
			DateGreaterThanEquals: { [NOW]: instant },
		},
	}));
}

/** The roles of teams that others of the account can assume too, until the team's access ends: whoever its IAM policies let. */
export function rolesOpenToAccount(teams: Team[], now = new Date()): string[] {
	return teams
		.filter(({ users, role, until }) => users.length > 0 && role.trust !== "users" && !(until && isOver(until, now)))
		.map(roleNameOf);
}

/** Who else can come in by these roles, for people. */
export function describeOpenRoles(roles: string[]): string {
	return (
		`Whoever in the account has an IAM policy with sts:AssumeRole on ${roles.join(", ")} (or on *) can assume ` +
		`${roles.length === 1 ? "it" : "them"} too; role: {trust: users} lets in the listed users only`
	);
}

/** What the members of a team need: to assume the team's role, and what `aws eks update-kubeconfig` asks for. */
export function assumeRolePolicy(args: { roleArn: string; clusterArn: string }): string {
	return document(
		{ Effect: "Allow", Action: "sts:AssumeRole", Resource: args.roleArn },
		{ Effect: "Allow", Action: "eks:DescribeCluster", Resource: args.clusterArn },
		// ListClusters knows no resource-level permission.
		{ Effect: "Allow", Action: "eks:ListClusters", Resource: "*" },
	);
}

/** `path` begins and ends with a slash. */
export function roleArnOf({ partition, accountId }: AwsAccount, roleName: string, path = "/"): string {
	return `arn:${partition}:iam::${accountId}:role${path}${roleName}`;
}

export function clusterArnOf(account: AwsAccount, region: string, cluster: string): string {
	return `arn:${account.partition}:eks:${region}:${account.accountId}:cluster/${cluster}`;
}

function document(...statements: object[]): string {
	return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
