import type { Problem } from "../errors/problem";
import type { AccessLevel } from "../rbac/access-levels";
import { boundRefusals, NETWORK_POLICIES } from "../rbac/bounds";
import { refusalProblems } from "../rbac/dangers";
import { covers, meantBy } from "../rbac/namespace-pattern";
import { type PolicyRule, PROTECTED_NAMESPACES } from "../rbac/policy-rules";
import { namespacesOf } from "./namespaces";
import type { Team } from "./team";

/**
 * Where a team's rules could undo what bounds a namespace, whichever team has set it.
 *
 * @param rulesOf The rules of a level that is to be judged; undefined for others.
 */
export function boundProblems(
	teams: Team[],
	rulesOf: (level: AccessLevel) => readonly PolicyRule[] | undefined,
): Problem[] {
	const { namespaces } = namespacesOf(teams);
	return teams.flatMap((team, at) => {
		const judge = (level: AccessLevel, namespace: string, path: string) => {
			const refusals = boundRefusals(rulesOf(level) ?? [], namespace, namespaces.get(namespace) ?? {});
			return refusalProblems(refusals, team.allow, `teams[${at}].${path}`);
		};
		const { clusterAccess } = team;
		return [
			...team.namespaces.flatMap(({ name: pattern, access, isSelected }, index) =>
				meantBy(pattern, namespaces.keys()).flatMap((name) =>
					judge(access, name, isSelected ? "namespaceSelector" : `namespaces[${index}]`),
				),
			),
			...[...namespaces.keys()].flatMap((name) => (clusterAccess ? judge(clusterAccess, name, "clusterAccess") : [])),
		];
	});
}

/**
 * The namespaces with `networkPolicy`, each with the Kubernetes groups that may not change NetworkPolicies there: the teams with access
 * there that do not list `networkpolicies` under `allow`, and the namespace's service accounts, as which those can act.
 */
export function guardedNamespaces(teams: Team[]): Map<string, string[]> {
	const guarded = new Map<string, string[]>();
	for (const [namespace, { networkPolicy }] of namespacesOf(teams).namespaces) {
		const bound = teams.filter(
			({ allow, clusterAccess, namespaces }) =>
				!allow.includes(NETWORK_POLICIES) && (clusterAccess || namespaces.some(({ name }) => covers(name, namespace))),
		);
		if (networkPolicy && bound.length > 0) {
			// The controllers of the cluster are service accounts of kube-system.
			const accounts = PROTECTED_NAMESPACES.includes(namespace) ? [] : [`system:serviceaccounts:${namespace}`];
			guarded.set(namespace, [...new Set(bound.map(({ group }) => group)), ...accounts]);
		}
	}
	return guarded;
}
