import { type Problem, show } from "../errors/problem";
import { ACCESS_LEVELS, type AccessLevel, clusterRoleOf, OWN_CLUSTER_ROLES } from "../rbac/access-levels";
import { boundRefusals } from "../rbac/bounds";
import { dangerText, groupRefusals, isProtected, levelRefusals, type Refusal, type Scope } from "../rbac/dangers";
import type { RulesOf } from "../rbac/live-bindings";
import type { PolicyRule } from "../rbac/policy-rules";
import { inRbac } from "./bindings";
import type { NamespaceSettings, Team } from "./team";

/** Access that people of a team would have besides what the config lists. */
export interface Finding {
	/** Name of the team. */
	team: string;
	/** What accepts it under the team's `allow`, for example `clusterRoleBinding/legacy`. */
	key: string;
	/** The object, what it gives and whose it is. */
	message: string;
}

/** The keys of `allow` that stand for what is there already; each names one object. */
const KEY =
	/^(?:clusterRoleBinding\/[^/]+|roleBinding\/[^/]+\/[^/]+|serviceAccount\/[^/]+\/[^/]+|(?:policy|boundary|member|trust|group)\/.+)$/;

/** The forms of {@link KEY}, for people. */
export const FINDING_KEYS = [
	...["clusterRoleBinding/<name>", "roleBinding/<namespace>/<name>", "serviceAccount/<namespace>/<name>"],
	...["policy/<ARN or name>", "boundary/<ARN>", "member/<user>", "trust/<ARN or condition>", "group/<name>"],
];

/** Whether a key can accept a {@link Finding}. */
export function isFindingKey(key: string): boolean {
	return KEY.test(key);
}

/** What the teams' `allow` does not accept, each key once. */
export function surplusProblems(teams: readonly Team[], findings: readonly Finding[]): Problem[] {
	return teams.flatMap(({ name, allow }, at) =>
		oncePerKey(findings.filter(({ team, key }) => team === name && !allow.includes(key))).map(({ key, message }) => ({
			path: `teams[${at}] (${name})`,
			message: `${message}; if that is meant, add ${show(key)} to the team's allow`,
			code: "surplus-access" as const,
		})),
	);
}

/** A service account can be bound in a thousand namespaces, and one key accepts all of it. */
export function oncePerKey<F extends Pick<Finding, "key" | "message">>(findings: readonly F[]): F[] {
	const keys = new Map<string, F[]>();
	for (const finding of findings) {
		keys.set(finding.key, [...(keys.get(finding.key) ?? []), finding]);
	}
	return [...keys.values()].map(([first, ...others]) => ({
		...(first as F),
		message: (first as F).message + (others.length > 0 ? `, and there are ${others.length} more of the same key` : ""),
	}));
}

/** A rule that can undo every bound. */
const EVERYTHING = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];

/**
 * What a team's levels and groups would be refused for without its `allow`, and the bounds of namespaces that it may undo.
 *
 * @param namespaces Of all teams, with their settings.
 */
export function acceptedDangers(
	team: Team,
	namespaces: ReadonlyMap<string, NamespaceSettings>,
	rulesOf: RulesOf,
): Finding[] {
	const refusals = grantsOf(team).flatMap(([level, scope]) => [
		...levelRefusals(level, scope),
		...levelRefusals(level, scope, rulesOf({ kind: "ClusterRole", name: clusterRoleOf(level, "") }, undefined)),
	]);
	const bounds = [...namespaces].flatMap(([name, settings]) => boundRefusals(EVERYTHING, name, settings));
	return [...refusals, ...bounds, ...groupRefusals(team.groups, team.admin)].flatMap((refusal) =>
		refusal.name !== undefined && team.allow.includes(refusal.name)
			? [{ team: team.name, key: refusal.name, message: dangerText(refusal) }]
			: [],
	);
}

/** Keys of a team's `allow` that accept nothing of what has been found. */
export function unneededKeys({ name, allow }: Team, findings: readonly Finding[]): string[] {
	return allow.filter((key) => !findings.some((finding) => finding.team === name && finding.key === key));
}

/** What to say of keys that nothing needs. */
export function unneededWarning(team: string, keys: readonly string[]): string {
	const list = keys.map(show).join(", ");
	return `the team ${team} has ${list} under allow, and nothing needs ${keys.length === 1 ? "it" : "them"}: remove ${keys.length === 1 ? "it" : "them"}`;
}

/** A ClusterRole that is in the cluster already, Kubernetes' own or one that a config names, where a team is given it. */
export interface ExistingRole {
	role: string;
	team: Team;
	/** Place of the team among all. */
	at: number;
	access: AccessLevel;
	scope: Scope;
}

/**
 * Those whose rules are to be judged as the cluster has them: what `view` and `edit` allow only in the whole cluster and in protected
 * namespaces, since add-ons put their own rules into them.
 */
export function existingRoles(teams: Team[]): ExistingRole[] {
	return teams.flatMap((team, at) =>
		grantsOf(inRbac(team)).flatMap(([access, scope]) => {
			const role = existingRole(access);
			return role && (typeof access === "object" || isProtected(scope)) ? [{ role, team, at, access, scope }] : [];
		}),
	);
}

/** What such a ClusterRole would be refused for without the team's `allow`. */
export function existingRoleRefusals(
	{ role, access, scope }: ExistingRole,
	rules: PolicyRule[] | undefined,
): Refusal[] {
	const known = OWN_CLUSTER_ROLES.includes(role) && !isProtected(scope) ? undefined : rules;
	return levelRefusals(access, scope, known);
}

/** The ClusterRole of a level that is in the cluster already. */
export function existingRole(access: AccessLevel): string | undefined {
	if (typeof access === "string") {
		const { clusterRole, rules } = ACCESS_LEVELS[access];
		return rules ? undefined : clusterRole;
	}
	return "clusterRole" in access ? access.clusterRole : undefined;
}

function grantsOf(team: Team): [AccessLevel, Scope][] {
	return [
		...team.namespaces.map(({ name, access }): [AccessLevel, Scope] => [access, { namespace: name }]),
		...(team.clusterAccess ? [[team.clusterAccess, "cluster"] as [AccessLevel, Scope]] : []),
	];
}
