import { type LiveBinding, nameOfBinding, type RoleRef } from "../../core/rbac/live-bindings";
import type { PolicyRule } from "../../core/rbac/policy-rules";
import { allows } from "../../core/rbac/rule-matcher";
import { bindingsOf } from "../../core/teams/bindings";
import type { Team } from "../../core/teams/team";
import { about, type Finding, listed } from "./finding";
import type { LiveCluster } from "./live-cluster";
import { type ClusterRoleRules, type Probe, surplusOf } from "./probes";
import { bindingsIn, compareBindings, compareClusterRoles, isAccepted } from "./questions/bindings";
import type { Answer } from "./reviews";

/** Bindings and ClusterRoles against the config, those of others too. */
export function compareRbac(
	teams: Team[],
	live: LiveCluster,
	{ gone, rules }: { gone: string[]; rules: ClusterRoleRules },
): Finding[] {
	return [
		...compareBindings(teams, live.bindings, (role, namespace) => rulesOf(role, namespace, live), gone),
		...compareClusterRoles(teams, live.clusterRoles),
		...widened(teams, rules),
	];
}

/** Kubernetes' own ClusterRoles that teams are bound to, with more in them than Kubernetes puts there. */
function widened(teams: Team[], rules: ClusterRoleRules): Finding[] {
	const bound = new Set(teams.flatMap(bindingsOf).map(({ role }) => role));
	return ["view", "edit"]
		.filter((name) => bound.has(name))
		.flatMap((name) => {
			const surplus = surplusOf(name, rules.get(name) ?? []);
			const message = `allows ${listed(surplus)}, which Kubernetes' own does not: see the ClusterRoles with the label rbac.authorization.k8s.io/aggregate-to-${name}`;
			return surplus.length > 0 ? [about("rbac", `ClusterRole ${name}`).foreign(message)] : [];
		});
}

/**
 * The answers that no finding about an object explains: those of bindings and ClusterRoles say what somebody has more or less, and what
 * mends it.
 */
export function unexplained(
	answers: readonly Answer[],
	teams: Team[],
	live: LiveCluster,
	findings: Finding[],
): Answer[] {
	const found = new Set(findings.map(({ subject }) => subject));
	const suspects = live.bindings.filter(
		({ metadata, roleRef }) =>
			found.has(nameOfBinding(metadata)) || found.has(`ClusterRole ${roleRef.name}`) || isAccepted(teams, metadata),
	);
	return answers.filter(({ who, probe, is }) => {
		const isSuspected = is
			? suspects.some(
					(binding) =>
						givesTo(binding, who, probe) && allows(rulesOf(binding.roleRef, binding.metadata.namespace, live), probe),
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
	{ namespace }: Probe,
): boolean {
	return (
		(metadata.namespace === undefined || metadata.namespace === namespace) &&
		(subjects ?? []).some(({ kind, name }) =>
			kind === "Group" ? groups.includes(name) : kind === "User" && name === username,
		)
	);
}

/** Rules of a Role in a namespace, or of a ClusterRole. */
function rulesOf(
	{ kind, name }: RoleRef,
	namespace: string | undefined,
	{ clusterRoles, roles }: LiveCluster,
): PolicyRule[] {
	const found =
		kind === "Role"
			? roles.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
			: clusterRoles.find(({ metadata }) => metadata.name === name);
	return found?.rules ?? [];
}
