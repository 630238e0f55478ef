import { dangerText } from "../../core/rbac/dangers";
import { type LiveBinding, nameOfBinding, type RoleRef } from "../../core/rbac/live-bindings";
import type { PolicyRule } from "../../core/rbac/policy-rules";
import { allows } from "../../core/rbac/rule-matcher";
import { existingRole, existingRoleRefusals, existingRoles } from "../../core/teams/allow";
import { bindingsOf } from "../../core/teams/bindings";
import { boundProblems } from "../../core/teams/bounds";
import type { Team } from "../../core/teams/team";
import { about, type Finding, listed } from "./finding";
import type { LiveCluster } from "./live-cluster";
import { type ClusterRoleRules, describeProbe, type Probe, surplusOf } from "./probes";
import { bindingsIn, compareBindings, compareClusterRoles, isAccepted } from "./questions/bindings";
import type { Answer, Asked, Reviewed } from "./reviews";

/** Bindings and ClusterRoles against the config, those of others too. */
export function compareRbac(
	teams: Team[],
	live: LiveCluster,
	{ gone, rules }: { gone: string[]; rules: ClusterRoleRules },
): Finding[] {
	return [
		...compareBindings(teams, live.bindings, rulesReader(live), gone),
		...compareClusterRoles(teams, live.clusterRoles),
		...widened(teams, rules),
	];
}

/** ClusterRoles of others that teams are bound to, with more in them than Kubernetes puts there, or than a team may be given. */
function widened(teams: Team[], rules: ClusterRoleRules): Finding[] {
	const bound = new Set(teams.flatMap(bindingsOf).map(({ role }) => role));
	const found = new Map<string, Set<string>>();
	const add = (role: string, message: string) => found.set(role, (found.get(role) ?? new Set()).add(message));
	for (const role of ["view", "edit"].filter((name) => bound.has(name))) {
		const surplus = surplusOf(role, rules.get(role) ?? []);
		if (surplus.length > 0) {
			add(
				role,
				`allows ${listed(surplus)}, which Kubernetes' own does not: see the ClusterRoles with the label rbac.authorization.k8s.io/aggregate-to-${role}`,
			);
		}
	}
	for (const use of existingRoles(teams)) {
		const live = rules.get(use.role);
		const refusals = live ? existingRoleRefusals(use, [...live]) : [];
		for (const refusal of refusals.filter(({ name }) => name === undefined || !use.team.allow.includes(name))) {
			add(use.role, `has come to allow what is refused to ${use.team.name}: ${dangerText(refusal)}`);
		}
	}
	for (const role of new Set(existingRoles(teams).map((use) => use.role))) {
		const ofRole = boundProblems(teams, (level) =>
			existingRole(level) === role && typeof level === "object" ? rules.get(role) : undefined,
		);
		for (const { message } of ofRole) {
			add(role, `has come to allow what is refused: ${message}`);
		}
	}
	return [...found].map(([role, messages]) =>
		about("rbac", `ClusterRole ${role}`).unmended("foreign", [...messages].join("; ")),
	);
}

/** The answers by the cluster's own lists of bindings and rules, without asking; those that are not as they should be. */
export function judge(questions: readonly Asked[], live: LiveCluster): Answer[] {
	const held = new Map<Reviewed, Held[]>();
	return questions
		.map((question): Answer => {
			const { who, probe } = question;
			const of = held.get(who) ?? heldBy(who, live);
			held.set(who, of);
			return { ...question, is: of.some(({ binding, rules }) => givesTo(binding, who, probe) && allows(rules, probe)) };
		})
		.filter(({ is, allowed }) => is !== allowed);
}

interface Held {
	binding: LiveBinding;
	rules: PolicyRule[];
}

/** The bindings that are somebody's, with what they allow. */
function heldBy(who: Reviewed, live: LiveCluster): Held[] {
	const rulesOf = rulesReader(live);
	return live.bindings
		.filter((binding) => givesTo(binding, who, { namespace: binding.metadata.namespace }))
		.map((binding) => ({ binding, rules: rulesOf(binding.roleRef, binding.metadata.namespace) }));
}

/** Bindings of Kubernetes' own and the like that give somebody what no finding about an object says: one finding each. */
export function surplusByBinding(
	answers: readonly Answer[],
	teams: Team[],
	live: LiveCluster,
	findings: readonly Finding[],
): Finding[] {
	const suspects = suspectsAmong(live.bindings, teams, findings);
	const found = new Map<LiveBinding, Set<string>>();
	const held = new Map<Reviewed, Held[]>();
	for (const { who, probe } of answers.filter(({ is }) => is)) {
		const of = held.get(who) ?? heldBy(who, live).filter(({ binding }) => !suspects.includes(binding));
		held.set(who, of);
		for (const { binding, rules } of of) {
			if (givesTo(binding, who, probe) && allows(rules, probe)) {
				found.set(binding, (found.get(binding) ?? new Set()).add(describeProbe(probe)));
			}
		}
	}
	return [...found].map(([{ metadata, roleRef }, what]) => {
		const message = `gives the ${roleRef.kind} ${roleRef.name}, which allows people of the config more than it says: ${listed([...what])}`;
		return about("rbac", nameOfBinding(metadata)).unmended("foreign", message);
	});
}

/** The bindings of which a finding says what is wrong, or which a team's `allow` names. */
function suspectsAmong(bindings: readonly LiveBinding[], teams: Team[], findings: readonly Finding[]): LiveBinding[] {
	const found = new Set(findings.map(({ subject }) => subject));
	return bindings.filter(
		({ metadata, roleRef }) =>
			found.has(nameOfBinding(metadata)) || found.has(`ClusterRole ${roleRef.name}`) || isAccepted(teams, metadata),
	);
}

/**
 * The answers that no finding about an object explains: those of bindings and ClusterRoles say what somebody has more or less, and what
 * mends it.
 */
export function unexplained(
	answers: readonly Answer[],
	teams: Team[],
	live: LiveCluster,
	findings: readonly Finding[],
): Answer[] {
	const found = new Set(findings.map(({ subject }) => subject));
	const rulesOf = rulesReader(live);
	const suspects = suspectsAmong(live.bindings, teams, findings);
	return answers.filter(({ who, probe, is }) => {
		const isSuspected = is
			? suspects.some(
					(binding) =>
						givesTo(binding, who, probe) && allows(rulesOf(binding.roleRef, binding.metadata.namespace), probe),
				)
			: bindingsIn(
					live.bindings,
					teams.filter(({ name }) => who.teams.some((team) => team.name === name)),
				)
					.filter(({ namespace }) => namespace === undefined || namespace === probe.namespace)
					.some((binding) => found.has(nameOfBinding(binding)) || found.has(`ClusterRole ${binding.role}`));
		return !isSuspected;
	});
}

/** Whether a binding gives somebody what a probe asks for. */
function givesTo(
	{ metadata, subjects }: LiveBinding,
	{ username, groups }: { username: string; groups: readonly string[] },
	{ namespace }: Pick<Probe, "namespace">,
): boolean {
	return (
		(metadata.namespace === undefined || metadata.namespace === namespace) &&
		(subjects ?? []).some(({ kind, name }) =>
			kind === "Group" ? groups.includes(name) : kind === "User" && name === username,
		)
	);
}

/** Reads the rules of a Role in a namespace, or of a ClusterRole. */
export function rulesReader({
	clusterRoles,
	roles,
}: Pick<LiveCluster, "clusterRoles" | "roles">): (role: RoleRef, namespace?: string) => PolicyRule[] {
	const all = new Map(
		[...clusterRoles, ...roles].map(({ metadata: { name, namespace = "" }, rules }) => [
			`${namespace}/${name}`,
			rules ?? [],
		]),
	);
	return ({ kind, name }, namespace = "") => all.get(`${kind === "Role" ? namespace : ""}/${name}`) ?? [];
}
