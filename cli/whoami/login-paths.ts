import { roleMatchKey } from "../../core/iam/arn";
import { earlier, isOver } from "../../core/iam/until";
import { updateKubeconfigCommand } from "../../core/kubernetes/kubeconfig";
import { describeLevel } from "../../core/rbac/access-levels";
import { roleArnOf } from "../../core/teams/iam-policies";
import { endOfAccess, hasRole, PRINCIPAL_KEYS, type PrincipalKey } from "../../core/teams/principal-kinds";
import { roleNameOf, type Team } from "../../core/teams/team";
import { describeSelector } from "../project/stack-access";
import type { Caller } from "./caller";

/** How somebody comes into the cluster: through a team's role, or as who they are. */
export interface WayIn {
	/** That they assume; undefined stands for themselves. */
	roleArn?: string;
	/** What it makes them by the config; none where no team lists them. */
	teams: Team[];
}

/** The ways in that the config gives somebody: as themselves, in all the teams that list them so, and by each team's role. */
export function waysInOf(caller: Caller, teams: readonly Team[]): WayIn[] {
	const asThemselves = teams.filter((team) => isListed(caller, team));
	const byRole = teams.filter(({ users }) => caller.kind === "user" && has(users, caller.name));
	return [
		...(asThemselves.length > 0 ? [{ teams: asThemselves }] : []),
		...byRole.map((team) => ({
			roleArn: roleArnOf({ partition: caller.partition, accountId: caller.account }, roleNameOf(team), team.role.path),
			teams: [team],
		})),
	];
}

/** When somebody's access by a team ends, by this way in; of a session of the team's role, that of the whole team. */
export function endFor({ roleArn }: Pick<WayIn, "roleArn">, { kind, name, arn, ...caller }: Caller, team: Team) {
	const isOwn = (each: string) => caller.roleArn !== undefined && roleMatchKey(each) === roleMatchKey(caller.roleArn);
	const asThemselves = [...(kind === "sso" ? [`sso/${name}`] : []), ...team.roleArns.filter(isOwn), arn];
	const names = roleArn ? [`user/${name}`] : asThemselves;
	return names.map((each) => endOfAccess(team, each)).reduce(earlier, undefined);
}

/** The teams of a way in whose access has not ended for somebody. */
export function openTeams(way: WayIn, caller: Caller): Team[] {
	return way.teams.filter((team) => {
		const end = endFor(way, caller, team);
		return end === undefined || !isOver(end, new Date());
	});
}

/** Teams that trust somebody's account; whether the cluster is in another one, only its operator knows. */
export function trustingTeams({ account }: Caller, teams: readonly Team[]): Team[] {
	return teams.filter(({ trustedAccounts }) => trustedAccounts.some((trusted) => trusted.account === account));
}

/** How a caller who comes in as who they are is recognised, by the key that lists them; the others' people assume the team's role first. */
const IS_LISTED: Record<PrincipalKey, (caller: Caller, team: Team) => boolean> = {
	users: isInRole,
	trustedAccounts: isInRole,
	ssoPermissionSets: ({ kind, name }, team) => kind === "sso" && team.ssoPermissionSets.includes(name),
	roleArns: ({ kind, roleArn }, { roleArns }) =>
		kind !== "user" && roleArn !== undefined && roleArns.some((each) => roleMatchKey(each) === roleMatchKey(roleArn)),
	userArns: ({ kind, arn }, { userArns }) => kind === "user" && userArns.some((user) => user.arn === arn),
};

function isListed(caller: Caller, team: Team): boolean {
	return PRINCIPAL_KEYS.some((key) => IS_LISTED[key](caller, team));
}

/** In a session of the team's own role, with a profile for it for example. */
function isInRole({ kind, name }: Caller, team: Team): boolean {
	return kind === "role" && hasRole(team) && has([roleNameOf(team)], name);
}

/** IAM compares names without regard to case. */
function has(names: readonly string[], name: string): boolean {
	return names.some((each) => each.toLowerCase() === name.toLowerCase());
}

/** What a team gives, for people: `full in shop, shop-dev`. */
export function describeGrants({ namespaces, clusterAccess, namespaceSelector, access, admin }: Team): string[] {
	const levels = new Map<string, string[]>();
	for (const { name, access: level } of namespaces) {
		const key = describeLevel(level);
		levels.set(key, [...(levels.get(key) ?? []), name]);
	}
	return [
		...(admin ? ["administrator of the cluster"] : []),
		...[...levels].map(([level, names]) => `${level} in ${names.join(", ")}`),
		...(namespaceSelector ? [`${describeLevel(access)} in ${describeSelector(namespaceSelector)}`] : []),
		...(clusterAccess ? [`${describeLevel(clusterAccess)} in every namespace`] : []),
	];
}

/** What to run for a kubeconfig; where a second factor is wanted, a profile asks for it. */
export function kubeconfigCommands(
	{ roleArn, teams }: WayIn,
	{
		region,
		cluster,
		caller,
		isOneOfSeveral,
	}: { region: string; cluster: string; caller: Caller; isOneOfSeveral?: boolean },
): { commands: string[]; profile?: string } {
	const context = isOneOfSeveral && roleArn ? `${cluster}.${teams[0]?.name}` : undefined;
	const team = teams.find(({ role }) => role.mfa);
	if (!roleArn || !team) {
		return { commands: [updateKubeconfigCommand({ region, cluster, roleArn, context })] };
	}
	const { maxSessionDuration } = team.role;
	const profile = [
		`[profile ${team.name}]`,
		`role_arn = ${roleArn}`,
		"source_profile = default",
		`mfa_serial = arn:${caller.partition}:iam::${caller.account}:mfa/${caller.name}`,
		`role_session_name = ${caller.name}`,
		...(maxSessionDuration ? [`duration_seconds = ${maxSessionDuration}`] : []),
	];
	return {
		commands: [
			updateKubeconfigCommand({ region, cluster, context }),
			`kubectl config set-credentials "$(kubectl config current-context)" --exec-env=AWS_PROFILE=${team.name}`,
		],
		profile: profile.join("\n"),
	};
}
