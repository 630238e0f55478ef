import { isDeepStrictEqual } from "node:util";
import type { AccessLevel } from "../rbac/access-levels";
import { clusterRoleOf, knownRole } from "../rbac/access-levels";
import { isPattern } from "../rbac/namespace-pattern";
import { FULL_ACCESS_CLUSTER_ROLE, metricsRules, type PolicyRule } from "../rbac/policy-rules";
import type { NamespaceGrant, Team } from "./team";

/** A ClusterRole that is bound to a team, in a namespace or in the whole cluster. */
export interface Binding {
	/** Name of the RoleBinding or ClusterRoleBinding. */
	name: string;
	role: string;
	team: string;
	/** The Kubernetes group that it binds. */
	group: string;
	namespace?: string;
	/** The config's `binding` says the name, which therefore stays when the role or the group changes. */
	isNamed: boolean;
}

/** A binding as a stack's state or the cluster has it. */
export interface HeldBinding {
	name: string;
	role: string;
	groups: readonly string[];
}

/** A team with that part of its access which RBAC gives: an access policy has no ClusterRole, and in namespaces to come nothing can be bound. */
export function inRbac(team: Team): Team {
	const isBound = (level: AccessLevel | undefined) => typeof level !== "object" || !("policy" in level);
	return {
		...team,
		namespaces: team.namespaces.filter(({ name, access }) => !isPattern(name) && isBound(access)),
		clusterAccess: isBound(team.clusterAccess) ? team.clusterAccess : undefined,
	};
}

/**
 * What binds a team's levels to its Kubernetes group. Also where an EKS access policy gives the same: to change a
 * policy's namespaces, EKS has to take it away first, and what add-ons aggregate into Kubernetes' own roles is in no policy.
 */
export function bindingsOf(team: Team): Binding[] {
	// The name says which role: a change of level makes the new binding before it takes the old one away. The article's
	// level is the group's name alone. A team that takes another group has the new bindings before it loses the old ones.
	const bind = (role: string, namespace?: string, given?: string): Binding => ({
		name: given ?? (role === FULL_ACCESS_CLUSTER_ROLE ? team.group : `${team.group}:${role}`),
		role,
		team: team.name,
		group: team.group,
		namespace,
		isNamed: given !== undefined,
	});
	const { namespaces, clusterAccess } = inRbac(team);
	return [
		...namespaces.map((grant) => bind(roleOf(team, grant), grant.name, grant.binding ?? team.binding)),
		...(team.metrics
			? team.namespaces.filter(({ name }) => !isPattern(name)).map(({ name }) => bind(metricsRole(team), name))
			: []),
		...(clusterAccess ? [bind(clusterRoleOf(clusterAccess, clusterRulesRole(team)), undefined, team.binding)] : []),
	];
}

/**
 * The name that a binding gets in the cluster. Kubernetes lets nobody change what a binding binds, so that it would have to be removed first:
 * one that keeps its name in the config is made anew under its other name instead, before the old one goes.
 *
 * @param last What it was after the last update.
 */
export function nameAfter(binding: Binding, last: HeldBinding | undefined): string {
	if (!binding.isNamed || !last) {
		return binding.name;
	}
	const isSame = last.role === binding.role && last.groups.includes(binding.group);
	return isSame ? last.name : last.name === binding.name ? otherName(binding) : binding.name;
}

/** The other name that a binding with a name of its own can have. */
export function otherName({ name, role }: Binding): string {
	return `${name}:${role}`;
}

/** Of bindings that would be one object, what to say of them. */
export function bindingClashes(teams: Team[]): string[] {
	const seen = new Map<string, Binding>();
	return teams.flatMap(bindingsOf).flatMap((binding) => {
		const { name, namespace, team, role } = binding;
		const first = seen.get(`${namespace ?? ""}/${name}`);
		seen.set(`${namespace ?? ""}/${name}`, first ?? binding);
		const kind = namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
		const what = namespace === undefined ? name : `${namespace}/${name}`;
		return first
			? [`${team} (${role}) and ${first.team} (${first.role}) both have the ${kind} ${what}; give each its own binding`]
			: [];
	});
}

/** The ClusterRoles that the teams need and Kubernetes has not, by name. No team has a colon in its name. */
export function clusterRolesOf(teams: Team[]): Map<string, PolicyRule[]> {
	const roles = new Map<string, PolicyRule[]>();
	for (const team of teams) {
		const { namespaces, clusterAccess } = inRbac(team);
		const levels = namespaces.map((grant): [string, AccessLevel] => [roleOf(team, grant), grant.access]);
		if (clusterAccess) {
			levels.push([clusterRoleOf(clusterAccess, clusterRulesRole(team)), clusterAccess]);
		}
		for (const [name, level] of levels) {
			const rules = typeof level === "object" && "rules" in level ? level.rules : knownRole(level)?.rules;
			if (rules) {
				roles.set(name, rules);
			}
		}
		if (team.metrics) {
			roles.set(metricsRole(team), metricsRules);
		}
	}
	return roles;
}

function roleOf(team: Team, { name, access }: Pick<NamespaceGrant, "name" | "access">): string {
	const isTeams = isDeepStrictEqual(access, team.access);
	return clusterRoleOf(access, isTeams ? `${team.name}:rules` : `${team.name}:rules:${name}`);
}

function clusterRulesRole({ name }: Team): string {
	return `${name}:cluster-rules`;
}

function metricsRole({ name }: Team): string {
	return `${name}:metrics`;
}
