import { earlier, isOver } from "../iam/until";
import type { Team } from "./team";

/** An IAM identity that the cluster lets in, with what the cluster knows of it; one, in however many teams it is. */
export interface Principal {
	/** Names it in the graph of resources: `team/shop`, `sso/Developers`, or its ARN. */
	key: string;
	/** Where its ARN comes from. */
	source: { team: string } | { permissionSet: string } | { arn: string };
	type: "role" | "user";
	username: string;
	/** Kubernetes groups, the teams' own first; for an administrator without system:masters, which access entries know not. */
	groups: string[];
	admin: boolean;
	/** EKS access policies that are equal to its teams' levels. */
	policies: AccessPolicy[];
}

/** An access policy of EKS, and where it holds. */
export interface AccessPolicy {
	/** For example `AmazonEKSViewPolicy`. */
	name: string;
	/** Sorted; undefined stands for the whole cluster. */
	namespaces?: string[];
}

/** One who comes in as who they are, in one team. */
export type DirectPrincipal = Pick<Principal, "key" | "source" | "type" | "username" | "admin">;

/** A way in which a team lists people. */
export interface PrincipalKind {
	/** What the matrix calls those whom the team lists so. */
	names(team: Team): string[];
	/** Those who come in as who they are; absent where people assume the team's role. */
	direct?(team: Team): DirectPrincipal[];
	/** Of two ways to write one identity, the same; default: the name without regard to case. */
	identity?(name: string): string;
	/** That each has a username of its own, instead of the team's. */
	hasOwnUsername?: true;
}

/** The keys of a team that list people, in the order in which the matrix has them. */
export type PrincipalKey = "users" | "ssoPermissionSets" | "trustedAccounts" | "roleArns" | "userArns";

/** Everything that the package knows of each way to list people in a team; the config's schema has its form. */
export const PRINCIPAL_KINDS: Readonly<Record<PrincipalKey, PrincipalKind>> = {
	users: { names: ({ users }) => users.map((user) => `user/${user}`) },
	ssoPermissionSets: {
		names: ({ ssoPermissionSets }) => ssoPermissionSets.map((set) => `sso/${set}`),
		direct: ({ ssoPermissionSets, username, admin }) =>
			ssoPermissionSets.map((permissionSet) => ({
				key: `sso/${permissionSet}`,
				source: { permissionSet },
				type: "role",
				username,
				admin,
			})),
	},
	trustedAccounts: {
		names: ({ trustedAccounts }) =>
			trustedAccounts.flatMap(({ account, principals = [] }) => {
				// arn:<partition>:<service>:<region>:<account>:<resource>
				const some = principals.map((arn) => `account/${account}:${arn.split(":").slice(5).join(":")}`);
				return some.length > 0 ? some : [`account/${account}`];
			}),
	},
	roleArns: {
		names: ({ roleArns }) => roleArns,
		direct: ({ roleArns, username, admin }) =>
			roleArns.map((arn) => ({ key: arn, source: { arn }, type: "role", username, admin })),
		// A role's name is its own in its account, whatever the path.
		identity: (arn) => arn.replace(/:role\/.*\//, ":role/"),
	},
	userArns: {
		names: ({ userArns }) => userArns.map(({ arn }) => arn),
		direct: (team) =>
			team.userArns.map(({ arn, username, admin }) => ({
				key: arn,
				source: { arn },
				type: "user",
				username,
				admin: admin || team.admin,
			})),
		hasOwnUsername: true,
	},
};

const KINDS = Object.entries(PRINCIPAL_KINDS) as [PrincipalKey, PrincipalKind][];

/** All of them. */
export const PRINCIPAL_KEYS: readonly PrincipalKey[] = KINDS.map(([key]) => key);
/** Those by which people assume the team's role. */
export const ROLE_KEYS = PRINCIPAL_KEYS.filter((key) => !PRINCIPAL_KINDS[key].direct);
/** Those by which people come in as who they are. */
export const DIRECT_KEYS = PRINCIPAL_KEYS.filter((key) => PRINCIPAL_KINDS[key].direct);

/** Everyone whom a team lets in, as the matrix names them. */
export function principalNames(team: Team): string[] {
	return KINDS.flatMap(([, kind]) => kind.names(team));
}

/** Everyone of a team who comes in as who they are. */
export function directPrincipals(team: Team): DirectPrincipal[] {
	return KINDS.flatMap(([, kind]) => kind.direct?.(team) ?? []);
}

/** When the access of somebody in a team ends, if it does: with the team's or before. */
export function endOfAccess({ until, ends }: Team, principal: string): string | undefined {
	// What the matrix calls single identities of another account begins with the account.
	const [account] = /^account\/\d+/.exec(principal) ?? [];
	return earlier(until, ends?.[account ?? principal]);
}

/** Whether somebody's access by a team has ended. */
export function hasEnded(team: Team, principal: string, now: Date): boolean {
	const end = endOfAccess(team, principal);
	return end !== undefined && isOver(end, now);
}

/** Whether a team has a role, and the access of all who are listed to assume it has ended. */
export function isRoleOver(team: Team, now: Date): boolean {
	const names = ROLE_KEYS.flatMap((key) => PRINCIPAL_KINDS[key].names(team));
	return names.length > 0 && names.every((name) => hasEnded(team, name, now));
}

/** Everyone of a team whose access ends, as the matrix names them, with the end. */
export function endsOf(team: Team): Record<string, string> {
	const ends = principalNames(team).map((name) => [name, endOfAccess(team, name)] as const);
	return Object.fromEntries(ends.filter((end): end is [string, string] => end[1] !== undefined));
}

/**
 * Teams without those whom only an update can take out, once their access has ended: whoever comes in as who they are. AWS ends the access of
 * the others, so nothing of theirs changes with the date.
 */
export function withoutEnded(teams: readonly Team[], now: Date): Team[] {
	return teams.map((team) => {
		const isIn = (principal: string) => !hasEnded(team, principal, now);
		const { roleArns, ssoPermissionSets, userArns } = team;
		const left = {
			roleArns: roleArns.filter(isIn),
			ssoPermissionSets: ssoPermissionSets.filter((set) => isIn(`sso/${set}`)),
			userArns: userArns.filter(({ arn }) => isIn(arn)),
		};
		const isSame = DIRECT_KEYS.every((key) => left[key as keyof typeof left].length === team[key].length);
		return isSame ? team : { ...team, ...left };
	});
}

/** Whether the team has a role of its own, which its members assume. */
export function hasRole(team: Team): boolean {
	return ROLE_KEYS.some((key) => team[key].length > 0);
}
