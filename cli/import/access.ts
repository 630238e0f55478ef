import { isDeepStrictEqual } from "node:util";
import { isAtLeast } from "../../core/config/access-entry-rules";
import { schemaProblems } from "../../core/config/config-schema";
import type { TeamArgs } from "../../core/config/team-args";
import type { AccessLevel } from "../../core/rbac/access-levels";
import {
	ACCESS_LEVELS,
	describeLevel,
	givenRules,
	LEVEL_NAMES,
	OWN_CLUSTER_ROLES,
} from "../../core/rbac/access-levels";
import { dangerText, levelRefusals, type Refusal } from "../../core/rbac/dangers";
import { covers } from "../../core/rbac/namespace-pattern";
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
	/** Undefined: the one that the stack makes, if it makes any. */
	binding?: string;
	level: AccessLevel;
}

/** What a Kubernetes group is bound to, as the team of its name; the bindings keep their names. */
export function accessOf(group: string, { account, bindings, rules: known }: Facts): Access {
	const notes: string[] = [];
	const grants: Grant[] = [];
	const allow = new Set<string>();
	for (const found of bindings.filter(({ subjects }) => subjects.some((each) => isGroup(each, group)))) {
		const rules = rulesOf(found, known);
		const level = found.level ?? levelOf(found.role, rules ?? []);
		const same = grants.find(({ namespace }) => namespace === found.namespace);
		if (found.policy && isDeepStrictEqual(same?.level, level)) {
			// A stack makes both, a binding and an access policy.
			continue;
		}
		const refusals = refusalsOf(found.role.name, level, found.namespace, rules ?? []);
		const stays = whyNot(found, group, rules) ?? clashOf(found, level, grants) ?? finalOf(refusals);
		if (!stays) {
			notes.push(...accepted(found, refusals, allow), ...ofRole(found));
			grant(grants, found, level);
			continue;
		}
		notes.push(`${describe(found)} stays as it is: ${stays}`);
		if (found.policy) {
			allow.add(`policy/${accessPolicyArn(account.partition, found.policy)}`);
		}
	}
	return { team: { ...written(group, grants), ...(allow.size > 0 ? { allow: [...allow] } : {}) }, notes };
}

function ofRole(found: LiveBinding): string[] {
	const text = "binds a Role, whose rules the team gets by a ClusterRole and a binding of its own";
	return found.role.kind === "Role" ? [`${describe(found)} ${text}`] : [];
}

/** What no `allow` accepts. */
function finalOf(refusals: Refusal[]): string | undefined {
	const final = refusals.find(({ name }) => name === undefined);
	return final && dangerText(final);
}

/** Adds what a binding gives; of several Roles the rules add up. */
function grant(grants: Grant[], { namespace, name: binding, role }: LiveBinding, level: AccessLevel): void {
	const same = grants.find((each) => each.namespace === namespace);
	if (same) {
		same.level = { rules: [same.level, level].flatMap((each) => givenRules(each) ?? []) };
	} else {
		grants.push({ namespace, level, ...(role.kind === "ClusterRole" ? { binding } : {}) });
	}
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

/** The rules of what a binding binds; undefined where that is not there. */
export function rulesOf(
	{ namespace, role }: Pick<LiveBinding, "namespace" | "role">,
	known: Facts["rules"],
): PolicyRule[] | undefined {
	return known.get(role.kind === "Role" ? `${namespace}/${role.name}` : role.name);
}

/** Why a binding is not one that a team can have. */
function whyNot({ role, subjects, level }: LiveBinding, group: string, rules?: PolicyRule[]): string | undefined {
	const others = subjects.filter((each) => !isGroup(each, group));
	const isPolicy = role.kind === "access policy";
	if (isPolicy && !level) {
		return "no level stands for it";
	}
	if (others.length > 0) {
		return `it is for others too: ${others.map(({ kind, name }) => `${kind} ${name}`).join(", ")}`;
	}
	if (!isPolicy && !rules) {
		return `the cluster has no ${role.kind} ${role.name}`;
	}
	const wrong = role.kind === "Role" ? rulesProblem(rules ?? []) : undefined;
	return wrong && `its rules are none that a config can give: ${wrong}`;
}

/** Why it does not go with what the team has already: in each place a config says all that a team has. */
function clashOf({ namespace, role }: LiveBinding, level: AccessLevel, grants: Grant[]): string | undefined {
	const same = grants.find((each) => each.namespace === namespace);
	if (same && !(role.kind === "Role" && typeof same.level === "object" && "rules" in same.level)) {
		return "a team has one level in a namespace, and one in the cluster; the one before it is written down";
	}
	const isLess = (one: Partial<Grant>, other: Partial<Grant>) =>
		covers(one.namespace ?? "", other.namespace ?? "") &&
		!isAtLeast(other.level as AccessLevel, one.level as AccessLevel);
	const here = { namespace, level };
	const other = grants.find((each) => !same && (isLess(here, each) || isLess(each, here)));
	return other && `it adds up with ${describeLevel(other.level)} in ${other.namespace}, which is written down`;
}

/** What the config's schema says against rules; what is dangerous about them is for `allow`. */
function rulesProblem(rules: PolicyRule[]): string | undefined {
	const path = "teams[0].namespaces[0].access";
	const found = schemaProblems({ teams: [{ name: "x", namespaces: [{ name: "x", access: { rules } }] }] });
	return found.map((each) => `${each.path.replace(path, "").replace(/^\./, "")}: ${each.message}`)[0];
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
	// Kubernetes lets nobody change what a binding binds: the rules of a Role get a binding of their own.
	const nameOf = ({ binding: name, level }: Grant) =>
		name ?? (typeof level === "object" && "rules" in level ? `${group}:rules` : undefined);
	const isDefault = ({ binding: name, level }: Grant) => name === undefined || name === defaultName(group, level);
	const bound = inNamespaces.filter(({ binding: name }) => name !== undefined);
	const isShared = bound.every(({ binding: name }) => name === bound[0]?.binding);
	const shared = inCluster?.binding !== undefined ? inCluster : isShared ? bound[0] : undefined;
	const binding = shared && !isDefault(shared) ? shared.binding : undefined;
	return {
		...(inNamespaces.length > 0
			? {
					namespaces: inNamespaces.map((each) => {
						const isImplied = binding === undefined ? isDefault(each) : [undefined, binding].includes(nameOf(each));
						const item = {
							name: each.namespace as string,
							...(access === undefined ? { access: each.level } : {}),
							...(isImplied ? {} : { binding: nameOf(each) }),
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

function levelOf({ kind, name: role }: LiveBinding["role"], rules: PolicyRule[]): AccessLevel {
	if (kind === "Role") {
		return { rules };
	}
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
