import { isDeepStrictEqual } from "node:util";
import type { PolicyRule } from "../../components/access-rules";
import type { Team } from "../../components/team";
import { type Binding, bindingsOf, clusterRolesOf } from "../../components/team-bindings";
import { about, type Finding, listed } from "./finding";

interface Subject {
	kind: string;
	name: string;
	namespace?: string;
}

/** A RoleBinding, or without a namespace a ClusterRoleBinding. */
export interface LiveBinding {
	metadata: { name: string; namespace?: string };
	roleRef: { kind: string; name: string };
	subjects?: Subject[];
}

export interface LiveClusterRole {
	metadata: { name: string };
	rules?: PolicyRule[] | null;
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
			? teams.some((team) => team.name === name)
			: kind === "User" && usernames.some((username) => covers(username, name));
	for (const binding of live.filter(({ metadata }) => !known.has(placeOf(metadata)))) {
		const bound = (binding.subjects ?? []).filter(isTeams);
		if (bound.length > 0) {
			const { roleRef } = binding;
			const message = `gives ${describe(roleRef)} to ${listed(bound.map(describe))}, and the config does not say so`;
			findings.push(about("rbac", nameOf(binding.metadata)).extra(message));
		}
	}
	return findings;
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
	const isTeam = ({ kind, name }: Subject) => kind === "Group" && name === wanted.team;
	if (!subjects.some(isTeam)) {
		findings.push(missing(`does not bind the group ${wanted.team}`));
	}
	const others = subjects.filter((subject) => !isTeam(subject));
	if (others.length > 0) {
		findings.push(extra(`gives ${describe(roleRef)} to ${listed(others.map(describe))} too`));
	}
	return findings;
}

/** The ClusterRoles that the stack makes, and those that its levels name, against the config. */
export function compareClusterRoles(teams: Team[], live: readonly LiveClusterRole[]): Finding[] {
	const own = clusterRolesOf(teams);
	const names = new Set(teams.flatMap(bindingsOf).map(({ role }) => role));
	return [...new Set([...own.keys(), ...names])].flatMap((name) => {
		const { missing, drifted } = about("rbac", `ClusterRole ${name}`);
		const found = live.find(({ metadata }) => metadata.name === name);
		if (!found) {
			return [missing("is not there; who is bound to it may do nothing")];
		}
		const wanted = own.get(name);
		const [is, should] = [rulesText(found.rules ?? []), rulesText(wanted ?? [])];
		if (!wanted || isDeepStrictEqual([...is].sort(), [...should].sort())) {
			return [];
		}
		const [more, less] = [is.filter((rule) => !should.includes(rule)), should.filter((rule) => !is.includes(rule))];
		const parts = [
			...(more.length > 0 ? [`has the rules ${more.join(", ")}`] : []),
			...(less.length > 0 ? [`lacks the rules ${less.join(", ")}`] : []),
		];
		return [drifted(`${parts.join(" and ")}, against the config`)];
	});
}

/** Each rule as a text: lists have no order, an empty one is none. */
function rulesText(rules: readonly PolicyRule[]): string[] {
	const keys = ["apiGroups", "resources", "resourceNames", "nonResourceURLs", "verbs"] as const;
	return rules.map((rule) =>
		JSON.stringify(
			Object.fromEntries(
				keys.flatMap((key) => (rule[key]?.length ? [[key, [...(rule[key] as string[])].sort()]] : [])),
			),
		),
	);
}

function placeOf({ name, namespace }: { name: string; namespace?: string }): string {
	return `${namespace ?? ""}/${name}`;
}

function nameOf({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

function describe({ kind, name, namespace }: { kind: string; name: string; namespace?: string }): string {
	return `the ${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** `*` in a username stands for what a session gives. */
function covers(pattern: string, name: string): boolean {
	const [start, ...rest] = pattern.split("*") as [string, ...string[]];
	return rest.length === 0 ? name === pattern : name.startsWith(start) && name.endsWith(rest.at(-1) as string);
}
