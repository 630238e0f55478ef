import { isDeepStrictEqual } from "node:util";
import {
	bindingKey,
	bindingsForEverybody,
	type Gift,
	type LiveBinding,
	nameOfBinding,
	type RulesOf,
	type Subject,
} from "../../../core/rbac/live-bindings";
import type { PolicyRule } from "../../../core/rbac/policy-rules";
import { describeRule } from "../../../core/rbac/rule-matcher";
import { type Binding, bindingsOf, clusterRolesOf, otherName } from "../../../core/teams/bindings";
import { bindingSurplus } from "../../../core/teams/surplus";
import type { Team } from "../../../core/teams/team";
import { about, type Finding, listed, patchOf } from "../finding";

/** Of a rule so many characters are shown. */
const MOST_OF_A_RULE = 120;

/** A ClusterRole, or with a namespace a Role. */
export interface LiveClusterRole {
	metadata: { name: string; namespace?: string };
	rules?: PolicyRule[] | null;
	/** With it Kubernetes writes the rules: those of the ClusterRoles that it selects. */
	aggregationRule?: object;
}

/**
 * The bindings of the cluster against the config: the teams' own, and what those of others give their people. Each object once.
 *
 * @param gone Namespaces that are not there: what is missing in them says nothing new.
 */
export function compareBindings(
	teams: Team[],
	live: readonly LiveBinding[],
	rulesOf: RulesOf,
	gone: readonly string[],
): Finding[] {
	const wanted = bindingsIn(live, teams).filter(({ namespace }) => !gone.includes(namespace ?? ""));
	const byPlace = new Map(live.map((binding) => [placeOf(binding.metadata), binding]));
	const known = new Set(wanted.map(placeOf));
	const others = live.filter(({ metadata }) => !known.has(placeOf(metadata)));
	const isAllowed = (team: string, key: string) =>
		teams.some(({ name, allow }) => name === team && allow.includes(key));
	const surplus = bindingSurplus(teams, others, rulesOf).filter(({ team, key }) => !isAllowed(team, key));
	const foreign = new Map<LiveBinding, Finding>();
	const add = ({ binding, gives }: Gift, whom: string) => {
		const message = `${gives}${whom}, and the config does not say so`;
		foreign.set(binding, about("rbac", nameOfBinding(binding.metadata)).foreign(message, deletion(binding.metadata)));
	};
	for (const gift of bindingsForEverybody(live)) {
		add(gift, ": to everybody");
	}
	for (const finding of surplus) {
		const acting = surplus.filter(({ binding, key }) => binding === finding.binding && key === finding.key);
		const isAccount = finding.key.startsWith("serviceAccount/");
		add(finding, isAccount ? `, as which ${listed([...new Set(acting.map(({ team }) => team))])} can act` : "");
	}
	return [...wanted.flatMap((binding) => compareBinding(binding, byPlace.get(placeOf(binding)))), ...foreign.values()];
}

/** The teams' bindings, by the names that they have: one that the config names has another after a change of its role. */
export function bindingsIn(live: readonly LiveBinding[], teams: readonly Team[]): Binding[] {
	const isThere = (binding: Binding) =>
		live.some(
			({ metadata, roleRef, subjects }) =>
				placeOf(metadata) === placeOf(binding) &&
				roleRef.name === binding.role &&
				(subjects ?? []).some(({ kind, name }) => kind === "Group" && name === binding.group),
		);
	return teams.flatMap(bindingsOf).map((binding) => {
		const other = { ...binding, name: otherName(binding) };
		return binding.isNamed && !isThere(binding) && isThere(other) ? other : binding;
	});
}

/** Whether a team's `allow` names a binding that others have made. */
export function isAccepted(teams: readonly Team[], metadata: LiveBinding["metadata"]): boolean {
	return teams.some(({ allow }) => allow.includes(bindingKey(metadata)));
}

function compareBinding(wanted: Binding, live: LiveBinding | undefined): Finding[] {
	const { missing, extra, drifted } = about("rbac", nameOfBinding(wanted));
	if (!live) {
		return [missing(`is not there: ${wanted.team} does not have the ClusterRole ${wanted.role}`)];
	}
	const findings: Finding[] = [];
	const { roleRef } = live;
	const subjects = live.subjects ?? [];
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
		const { missing, unmended } = about("rbac", `ClusterRole ${name}`);
		const found = live.find(({ metadata }) => metadata.name === name);
		if (!found) {
			const message = "is not there; who is bound to it may do nothing";
			return [own.has(name) ? missing(message) : unmended("missing", message)];
		}
		return compareRules(name, found, own.get(name));
	});
}

function compareRules(name: string, found: LiveClusterRole, wanted: PolicyRule[] | undefined): Finding[] {
	const { drifted } = about("rbac", `ClusterRole ${name}`);
	if (!wanted) {
		return [];
	}
	const fix = patchOf(`clusterrole ${name}`, "/rules", wanted);
	if (found.aggregationRule) {
		const message = "takes its rules from other ClusterRoles (aggregationRule), and the config does not say so";
		const remove = `kubectl patch clusterrole ${name} --type=json -p '[{"op":"remove","path":"/aggregationRule"}]'`;
		return [drifted(message, `${remove} && ${fix}`)];
	}
	const [is, should] = [(found.rules ?? []).map(describeRule), wanted.map(describeRule)];
	if (isDeepStrictEqual([...is].sort(), [...should].sort())) {
		return [];
	}
	const [more, less] = [is.filter((rule) => !should.includes(rule)), should.filter((rule) => !is.includes(rule))];
	const parts = [
		...(more.length > 0 ? [`allows ${rulesText(more)}`] : []),
		...(less.length > 0 ? [`does not allow ${rulesText(less)}`] : []),
	];
	return [drifted(`${parts.join(" and ")}, against the config`, fix)];
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
function deletion({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined
		? `kubectl delete clusterrolebinding ${name}`
		: `kubectl delete rolebinding -n ${namespace} ${name}`;
}

function placeOf({ name, namespace }: { name: string; namespace?: string }): string {
	return `${namespace ?? ""}/${name}`;
}

function describe({ kind, name, namespace }: { kind: string; name: string; namespace?: string }): string {
	return `the ${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}
