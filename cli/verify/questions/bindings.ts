import { isDeepStrictEqual } from "node:util";
import { bindingKey } from "../../../core/rbac/live-bindings";
import type { PolicyRule } from "../../../core/rbac/policy-rules";
import { describeRule } from "../../../core/rbac/rule-comparison";
import { type Binding, bindingsOf, clusterRolesOf } from "../../../core/teams/bindings";
import type { Team } from "../../../core/teams/team";
import { about, type Finding, listed, patchOf } from "../finding";

/** Of a rule so many characters are shown. */
const MOST_OF_A_RULE = 120;

export interface Subject {
	kind: string;
	name: string;
	namespace?: string;
}

/** A RoleBinding, or without a namespace a ClusterRoleBinding. */
export interface LiveBinding {
	metadata: { name: string; namespace?: string; labels?: Record<string, string> };
	roleRef: { kind: string; name: string };
	subjects?: Subject[];
}

/** A ClusterRole, or with a namespace a Role. */
export interface LiveClusterRole {
	metadata: { name: string; namespace?: string };
	rules?: PolicyRule[] | null;
	/** With it Kubernetes writes the rules: those of the ClusterRoles that it selects. */
	aggregationRule?: object;
}

/**
 * The bindings to the teams' groups, and to their usernames, against the config.
 *
 * @param usernames Kubernetes usernames of the teams, templates replaced by `*`.
 * @param gone Namespaces that are not there: what is missing in them says nothing new.
 */
export function compareBindings(
	teams: Team[],
	live: readonly LiveBinding[],
	usernames: readonly string[],
	gone: readonly string[],
): Finding[] {
	const wanted = teams.flatMap(bindingsOf).filter(({ namespace }) => !gone.includes(namespace ?? ""));
	const byPlace = new Map(live.map((binding) => [placeOf(binding.metadata), binding]));
	const findings = wanted.flatMap((binding) => compareBinding(binding, byPlace.get(placeOf(binding))));
	const known = new Set(wanted.map(placeOf));
	const isTeams = ({ kind, name }: Subject) =>
		kind === "Group"
			? teams.some(({ group }) => group === name)
			: kind === "User" && usernames.some((username) => covers(username, name));
	for (const binding of live.filter(({ metadata }) => !known.has(placeOf(metadata)) && !isAccepted(teams, metadata))) {
		const bound = (binding.subjects ?? []).filter(isTeams);
		if (bound.length > 0) {
			const { roleRef } = binding;
			const message = `gives ${describe(roleRef)} to ${listed(bound.map(describe))}, and the config does not say so`;
			findings.push(about("rbac", nameOf(binding.metadata)).foreign(message, deletion(binding.metadata)));
		}
	}
	return findings;
}

/** Whether a team's `allow` names a binding that others have made. */
export function isAccepted(teams: readonly Team[], metadata: LiveBinding["metadata"]): boolean {
	return teams.some(({ allow }) => allow.includes(bindingKey(metadata)));
}

function compareBinding(wanted: Binding, live: LiveBinding | undefined): Finding[] {
	const { missing, extra, drifted } = about("rbac", nameOf(wanted));
	if (!live) {
		return [missing(`is not there: ${wanted.team} does not have the ClusterRole ${wanted.role}`)];
	}
	const findings: Finding[] = [];
	const { roleRef, subjects = [] } = live;
	if (roleRef.kind !== "ClusterRole" || roleRef.name !== wanted.role) {
		findings.push(drifted(`gives ${describe(roleRef)}, not the ClusterRole ${wanted.role}`));
	}
	const isTeam = ({ kind, name }: Subject) => kind === "Group" && name === wanted.group;
	if (!subjects.some(isTeam)) {
		findings.push(missing(`does not bind the group ${wanted.group}`));
	}
	const others = subjects.filter((subject) => !isTeam(subject));
	if (others.length > 0) {
		findings.push(extra(`gives ${describe(roleRef)} to ${listed(others.map(describe))} too`, subjectsFix(wanted)));
	}
	return findings;
}

/** The ClusterRoles that the stack makes, and those that its levels name, against the config. */
export function compareClusterRoles(teams: Team[], live: readonly LiveClusterRole[]): Finding[] {
	const own = clusterRolesOf(teams);
	const names = new Set(teams.flatMap(bindingsOf).map(({ role }) => role));
	return [...new Set([...own.keys(), ...names])].flatMap((name) => {
		const { missing, drifted, unmended } = about("rbac", `ClusterRole ${name}`);
		const found = live.find(({ metadata }) => metadata.name === name);
		if (!found) {
			const message = "is not there; who is bound to it may do nothing";
			return [own.has(name) ? missing(message) : unmended("missing", message)];
		}
		const wanted = own.get(name);
		if (wanted && found.aggregationRule) {
			const message = "takes its rules from other ClusterRoles (aggregationRule), and the config does not say so";
			const remove = `kubectl patch clusterrole ${name} --type=json -p '[{"op":"remove","path":"/aggregationRule"}]'`;
			return [drifted(message, `${remove} && ${patchOf(`clusterrole ${name}`, "/rules", wanted)}`)];
		}
		const [is, should] = [(found.rules ?? []).map(describeRule), (wanted ?? []).map(describeRule)];
		if (!wanted || isDeepStrictEqual([...is].sort(), [...should].sort())) {
			return [];
		}
		const [more, less] = [is.filter((rule) => !should.includes(rule)), should.filter((rule) => !is.includes(rule))];
		const parts = [
			...(more.length > 0 ? [`allows ${rulesText(more)}`] : []),
			...(less.length > 0 ? [`does not allow ${rulesText(less)}`] : []),
		];
		const fix = patchOf(`clusterrole ${name}`, "/rules", wanted);
		return [drifted(`${parts.join(" and ")}, against the config`, fix)];
	});
}

/** As much of rules as people read. */
function rulesText(rules: readonly string[]): string {
	return listed(
		rules.map((rule) => (rule.length > MOST_OF_A_RULE ? `${rule.slice(0, MOST_OF_A_RULE)}…` : rule)),
		3,
	);
}

/** What leaves a binding to the team alone. */
function subjectsFix({ name, namespace, group }: Binding): string {
	const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: group }];
	return namespace === undefined
		? patchOf(`clusterrolebinding ${name}`, "/subjects", subjects)
		: patchOf(`rolebinding -n ${namespace} ${name}`, "/subjects", subjects);
}

/** What removes a binding. */
export function deletion({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined
		? `kubectl delete clusterrolebinding ${name}`
		: `kubectl delete rolebinding -n ${namespace} ${name}`;
}

function placeOf({ name, namespace }: { name: string; namespace?: string }): string {
	return `${namespace ?? ""}/${name}`;
}

export function nameOf({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

export function describe({ kind, name, namespace }: { kind: string; name: string; namespace?: string }): string {
	return `the ${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** `*` in a username stands for what a session gives. */
function covers(pattern: string, name: string): boolean {
	const [start, ...rest] = pattern.split("*") as [string, ...string[]];
	return rest.length === 0 ? name === pattern : name.startsWith(start) && name.endsWith(rest.at(-1) as string);
}
