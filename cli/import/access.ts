import { isDeepStrictEqual } from "node:util";
import type { TeamArgs } from "../../core/config/team-args";
import type { AccessLevel } from "../../core/rbac/access-levels";
import { ACCESS_LEVELS, LEVEL_NAMES, OWN_CLUSTER_ROLES } from "../../core/rbac/access-levels";
import { dangerText, levelRefusals, type Refusal } from "../../core/rbac/dangers";
import { accessPolicyArn, FULL_ACCESS_CLUSTER_ROLE, type PolicyRule } from "../../core/rbac/policy-rules";
import type { Facts, LiveBinding } from "./facts";

/** The part of a team that is in the cluster. */
export interface Access {
	team: Pick<TeamArgs, "namespaces" | "access" | "clusterAccess" | "binding" | "allow">;
	notes: string[];
}

/** A binding as a team has it. */
interface Grant {
	namespace?: string;
	binding: string;
	level: AccessLevel;
}

/** What a Kubernetes group is bound to, as the team of its name; the bindings keep their names. */
export function accessOf(group: string, { account, bindings, clusterRoles }: Facts): Access {
	const notes: string[] = [];
	const grants: Grant[] = [];
	const allow = new Set<string>();
	for (const found of bindings.filter(({ subjects }) => subjects.some((each) => isGroup(each, group)))) {
		const { namespace, name: binding, role } = found;
		const rules = clusterRoles.get(role.name) ?? [];
		const level = levelOf(role.name, rules);
		const why = whyNot(found, group, clusterRoles, grants);
		const refusals = why ? [] : refusalsOf(role.name, level, namespace, rules);
		const final = refusals.find(({ name }) => name === undefined);
		const stays = why ?? (final && dangerText(final));
		if (stays) {
			notes.push(`${describe(found)} stays as it is: ${stays}`);
			if (found.policy) {
				allow.add(`policy/${accessPolicyArn(account.partition, found.policy)}`);
			}
			continue;
		}
		notes.push(...accepted(found, refusals, allow));
		grants.push({ namespace, binding, level });
	}
	return { team: { ...written(group, grants), ...(allow.size > 0 ? { allow: [...allow] } : {}) }, notes };
}

/** What of a binding has to be accepted under `allow`, with a note each. */
function accepted(found: LiveBinding, refusals: Refusal[], allow: Set<string>): string[] {
	return refusals.flatMap((refusal) => {
		const name = refusal.name as string;
		const isKnown = allow.has(name);
		allow.add(name);
		return isKnown ? [] : [`allow has ${name} for ${describe(found)}: ${dangerText(refusal)}`];
	});
}

/** Why a binding is not one that a team can have. */
function whyNot(
	{ namespace, role, subjects }: LiveBinding,
	group: string,
	clusterRoles: Facts["clusterRoles"],
	grants: Grant[],
): string | undefined {
	const others = subjects.filter((each) => !isGroup(each, group));
	if (role.kind === "access policy") {
		return "no level stands for it, and a level is for namespaces by name";
	}
	if (role.kind !== "ClusterRole") {
		return `it binds the ${role.kind} ${role.name}, and a level is a ClusterRole`;
	}
	if (others.length > 0) {
		return `it is for others too: ${others.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`;
	}
	if (!clusterRoles.has(role.name)) {
		return `the cluster has no ClusterRole ${role.name}`;
	}
	if (grants.some((grant) => grant.namespace === namespace)) {
		return "a team has one level in a namespace, and one in the cluster; the one before it is written down";
	}
	return undefined;
}

/** Twice: the config is judged without the cluster first, and then by what the cluster says of the ClusterRole. */
function refusalsOf(role: string, level: AccessLevel, namespace: string | undefined, rules: PolicyRule[]): Refusal[] {
	const scope = namespace === undefined ? "cluster" : { namespace };
	return [
		...levelRefusals(level, scope),
		...(OWN_CLUSTER_ROLES.includes(role) ? [] : levelRefusals(level, scope, rules)),
	];
}

/** As short as it can be said: what all namespaces have in common is said of the team. */
function written(group: string, grants: Grant[]): Access["team"] {
	const inNamespaces = grants.filter(({ namespace }) => namespace !== undefined);
	const inCluster = grants.find(({ namespace }) => namespace === undefined);
	const [first] = inNamespaces;
	const access =
		first && inNamespaces.every(({ level }) => isDeepStrictEqual(level, first.level)) ? first.level : undefined;
	const isDefault = (grant: Grant) => grant.binding === defaultName(group, grant.level);
	const shared = inCluster ?? (inNamespaces.every(({ binding }) => binding === first?.binding) ? first : undefined);
	const binding = shared && !isDefault(shared) ? shared.binding : undefined;
	return {
		...(inNamespaces.length > 0
			? {
					namespaces: inNamespaces.map((grant) => {
						const isImplied = binding === undefined ? isDefault(grant) : grant.binding === binding;
						const item = {
							name: grant.namespace as string,
							...(access === undefined ? { access: grant.level } : {}),
							...(isImplied ? {} : { binding: grant.binding }),
						};
						return Object.keys(item).length === 1 ? item.name : item;
					}),
				}
			: {}),
		...(access === undefined || access === "full" ? {} : { access }),
		...(inCluster ? { clusterAccess: inCluster.level } : {}),
		...(binding === undefined ? {} : { binding }),
	};
}

/** What binds a team where nothing else is said; see components/team-bindings.ts. */
export function defaultName(team: string, level: AccessLevel): string {
	if (level === "full") {
		return team;
	}
	const role = typeof level === "string" ? level : "clusterRole" in level ? level.clusterRole : "";
	return role === FULL_ACCESS_CLUSTER_ROLE ? team : `${team}:${role}`;
}

function levelOf(role: string, rules: PolicyRule[]): AccessLevel {
	// One made by hand has other rules as a rule, and keeps them.
	const level = LEVEL_NAMES.find((name) => {
		const known = ACCESS_LEVELS[name];
		return known.clusterRole === role && (!known.rules || isDeepStrictEqual(rules, known.rules));
	});
	return level ?? { clusterRole: role };
}

export function describe({ namespace, name, policy }: LiveBinding): string {
	if (policy) {
		return `the access policy ${policy} in ${namespace ?? "the whole cluster"}`;
	}
	return namespace === undefined ? `the ClusterRoleBinding ${name}` : `the RoleBinding ${namespace}/${name}`;
}

function isGroup({ kind, name }: { kind: string; name: string }, group: string): boolean {
	return kind === "Group" && name === group;
}
