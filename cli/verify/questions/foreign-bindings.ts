import type { AccessLevel } from "../../../core/rbac/access-levels";
import { levelRefusals } from "../../../core/rbac/dangers";
import { actsAsServiceAccounts, isDefaultBinding, type RulesOf } from "../../../core/rbac/live-bindings";
import { PROTECTED_NAMESPACES } from "../../../core/rbac/policy-rules";
import type { Team } from "../../../core/teams/team";
import { about, type Finding, listed } from "../finding";
import type { Probe } from "../probes";
import { deletion, describe, type LiveBinding, nameOf, type Subject } from "./bindings";

const EVERYBODY = /^system:(authenticated|unauthenticated|serviceaccounts)$/;

/** Bindings that give everybody something, but for those that Kubernetes and EKS make. */
export function bindingsForEverybody(live: readonly LiveBinding[]): Finding[] {
	return live.flatMap((binding) => {
		const { metadata, roleRef, subjects = [] } = binding;
		const all = subjects.filter(({ kind, name }) => kind === "Group" && EVERYBODY.test(name));
		if (all.length === 0 || isDefaultBinding(metadata)) {
			return [];
		}
		const message = `gives ${describe(roleRef)} to ${listed(all.map(describe))}: to everybody, and the config does not say so`;
		return [about("rbac", nameOf(metadata)).foreign(message, deletion(metadata))];
	});
}

/** Service accounts that have, beyond a namespace in which a team can act as them, what would be refused to the team. */
export function strongServiceAccounts(
	teams: readonly Team[],
	live: readonly LiveBinding[],
	rulesOf: RulesOf,
): Finding[] {
	return live.flatMap((binding) => {
		const { metadata, roleRef, subjects = [] } = binding;
		const scope = metadata.namespace === undefined ? "cluster" : { namespace: metadata.namespace };
		const accounts = subjects.filter((subject) => {
			const namespace = namespaceOf(subject);
			return namespace !== undefined && namespace !== metadata.namespace && !isAllowed(teams, subject);
		});
		const acting = accounts.flatMap((account) => {
			const who = teamsActingIn(namespaceOf(account) as string, teams, rulesOf);
			return who.length > 0 ? [`${describe(account)}, as which ${listed(who)} can act,`] : [];
		});
		if (
			acting.length === 0 ||
			levelRefusals({ rules: rulesOf(roleRef, metadata.namespace) ?? [] }, scope).length === 0
		) {
			return [];
		}
		const message = `gives ${describe(roleRef)} to ${listed(acting)} beyond its namespace`;
		return [about("rbac", nameOf(metadata)).foreign(message, deletion(metadata))];
	});
}

/** The namespace of a service account, or of all service accounts of one. */
function namespaceOf({ kind, name, namespace }: Subject): string | undefined {
	return kind === "ServiceAccount" ? namespace : /^system:serviceaccounts?:([^:]+)/.exec(name)?.[1];
}

function isAllowed(teams: readonly Team[], subject: Subject): boolean {
	const name = subject.kind === "ServiceAccount" ? subject.name : subject.name.split(":")[3];
	return teams.some(({ allow }) => allow.includes(`serviceAccount/${namespaceOf(subject)}/${name}`));
}

/** The teams that can act as a namespace's service accounts; who may write in Kubernetes' own namespaces is trusted with them. */
function teamsActingIn(namespace: string, teams: readonly Team[], rulesOf: RulesOf): string[] {
	const can = (level: AccessLevel | undefined) => level !== undefined && actsAsServiceAccounts(level, rulesOf);
	return PROTECTED_NAMESPACES.includes(namespace)
		? []
		: teams
				.filter((team) => {
					const own = team.namespaces.filter(({ name }) => name === namespace).map(({ access }) => access);
					return [...own, team.clusterAccess].some(can);
				})
				.map(({ name }) => name);
}

/** Whether a binding gives somebody what a probe asks for. */
export function givesTo(
	{ metadata, subjects = [] }: LiveBinding,
	{ username, groups }: { username: string; groups: readonly string[] },
	{ namespace }: Pick<Probe, "namespace">,
): boolean {
	return (
		(metadata.namespace === undefined || metadata.namespace === namespace) &&
		subjects.some(({ kind, name }) => (kind === "Group" ? groups.includes(name) : kind === "User" && name === username))
	);
}
