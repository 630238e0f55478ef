import { networkGuard } from "../../../core/rbac/network-guard";
import { guardedNamespaces } from "../../../core/teams/bounds";
import type { Team } from "../../../core/teams/team";
import { about, differences, type Finding, patchOf, sameUnordered } from "../finding";

interface LiveObject {
	metadata: { name: string };
	spec: object;
}

/** What the cluster has of ValidatingAdmissionPolicies and their bindings. */
export interface LiveAdmission {
	policies: LiveObject[];
	bindings: LiveObject[];
}

/**
 * What guards the NetworkPolicies of a stack against the config.
 *
 * @param prefix What the names of the stack's guards begin with.
 */
export function compareNetworkGuard(teams: Team[], { policies, bindings }: LiveAdmission, prefix: string): Finding[] {
	const denied = guardedNamespaces(teams);
	const isOurs = ({ metadata }: LiveObject) => metadata.name.startsWith(prefix);
	const own = policies.filter(isOurs);
	if (denied.size === 0) {
		return own.map(({ metadata: { name } }) =>
			about("namespaces", `ValidatingAdmissionPolicy ${name}`).extra(
				"is there, and the config does not say so",
				`kubectl delete validatingadmissionpolicy ${name}`,
			),
		);
	}
	const namespaces = [...denied.keys()].join(", ");
	if (own.length === 0) {
		const message = `is not there: the teams can undo networkPolicy in ${namespaces}`;
		return [about("namespaces", `ValidatingAdmissionPolicy ${prefix}*`).missing(message)];
	}
	return own.flatMap(({ metadata: { name }, spec }) => {
		const wanted = networkGuard(name, denied);
		const { missing, drifted } = about("namespaces", `ValidatingAdmissionPolicyBinding ${name}`);
		const binding = bindings.find(({ metadata }) => metadata.name === name);
		return [
			...(sameUnordered(spec, wanted.policy)
				? []
				: [
						about("namespaces", `ValidatingAdmissionPolicy ${name}`).drifted(
							`is not as the config says: ${differences(spec, wanted.policy)}`,
							patchOf(`validatingadmissionpolicy ${name}`, "/spec", wanted.policy),
						),
					]),
			...(binding ? [] : [missing(`is not there: the teams can undo networkPolicy in ${namespaces}`)]),
			...(binding && !sameUnordered(binding.spec, wanted.binding)
				? [drifted(`is not as the config says: ${differences(binding.spec, wanted.binding)}`)]
				: []),
		];
	});
}
