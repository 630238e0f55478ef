import type { KubernetesObject } from "../kubernetes/dry-run";
import { defaultDeny } from "../rbac/default-deny";
import { networkGuard } from "../rbac/network-guard";
import { FULL_ACCESS_CLUSTER_ROLE } from "../rbac/policy-rules";
import { bindingsOf, clusterRolesOf } from "./bindings";
import { guardedNamespaces } from "./bounds";
import { labelsOf, namespacesOf } from "./namespaces";
import type { Team } from "./team";

/** An object of the teams in the cluster. */
export interface TeamObject extends KubernetesObject {
	/** Written by a patch, which also takes in what is there: namespaces and the ClusterRole that all stacks share. */
	isShared?: boolean;
}

const RBAC = "rbac.authorization.k8s.io";

/**
 * What the teams need in the cluster, as it is written; without marks that say where it comes from.
 *
 * @param guardName The name of what guards NetworkPolicies; without one it is left out.
 */
export function objectsOf(teams: Team[], guardName?: string): TeamObject[] {
	const namespaces = [...namespacesOf(teams).namespaces].flatMap(([name, settings]): TeamObject[] => {
		const { quota, limits, networkPolicy, annotations = {} } = settings;
		const inside = (apiVersion: string, kind: string, spec: object) => ({
			...{ apiVersion, kind, spec, metadata: { name: "eks-access", namespace: name } },
		});
		return [
			{
				...{ apiVersion: "v1", kind: "Namespace", isShared: true },
				metadata: { name, labels: labelsOf(settings), annotations },
			},
			...(quota ? [inside("v1", "ResourceQuota", { hard: quota })] : []),
			...(limits ? [inside("v1", "LimitRange", { limits: [{ type: "Container", ...limits }] })] : []),
			...(networkPolicy ? [inside("networking.k8s.io/v1", "NetworkPolicy", defaultDeny)] : []),
		];
	});
	const roles = [...clusterRolesOf(teams)].map(([name, rules]) => ({
		...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name }, rules },
		isShared: name === FULL_ACCESS_CLUSTER_ROLE,
	}));
	const bindings = teams.flatMap(bindingsOf).map(({ name, namespace, role, group }) => ({
		...{ apiVersion: `${RBAC}/v1`, kind: namespace === undefined ? "ClusterRoleBinding" : "RoleBinding" },
		metadata: { name, namespace },
		roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
		subjects: [{ apiGroup: RBAC, kind: "Group", name: group }],
	}));
	const guarded = guardedNamespaces(teams);
	const guard =
		guardName === undefined || guarded.size === 0 ? [] : guardOf(guardName, networkGuard(guardName, guarded));
	return [...guard, ...namespaces, ...roles, ...bindings];
}

function guardOf(name: string, { policy, binding }: ReturnType<typeof networkGuard>): TeamObject[] {
	const common = { apiVersion: "admissionregistration.k8s.io/v1", metadata: { name } };
	return [
		{ ...common, kind: "ValidatingAdmissionPolicy", spec: policy },
		{ ...common, kind: "ValidatingAdmissionPolicyBinding", spec: binding },
	];
}
