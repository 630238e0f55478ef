import type { LiveConfigMap } from "../../core/aws-auth/ownership-record";
import type { ApiServer } from "../../core/kubernetes/api-server";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import type { LiveBinding } from "../../core/rbac/live-bindings";
import type { LiveClusterRole } from "./questions/bindings";
import type { LiveBounds, LiveNamespaceObject } from "./questions/namespaces";
import type { LiveAdmission } from "./questions/network-guard";

/** What is read of the cluster. */
export interface LiveCluster {
	namespaces: LiveNamespaceObject[];
	bounds: LiveBounds;
	bindings: LiveBinding[];
	admission: LiveAdmission;
	clusterRoles: LiveClusterRole[];
	roles: LiveClusterRole[];
	/** Undefined where there is none. */
	awsAuth: LiveConfigMap | undefined;
}

const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
/** The objects that bound a namespace, all of one name. */
const OURS = { fieldSelector: "metadata.name=eks-access" };

/** @throws {Failure} where the API server does not answer, or does not let these credentials read all of it. */
export async function readCluster(server: ApiServer): Promise<LiveCluster> {
	// First alone: what is wrong with the connection is said once, and the token is made once.
	const namespaces = await server.list<LiveNamespaceObject>("namespaces", "/api/v1/namespaces");
	const [
		quotas,
		limits,
		networkPolicies,
		roleBindings,
		clusterRoleBindings,
		clusterRoles,
		roles,
		policies,
		guards,
		awsAuth,
	] = await Promise.all([
		server.list<LiveBounds["quotas"][number]>("ResourceQuotas", "/api/v1/resourcequotas", OURS),
		server.list<LiveBounds["limits"][number]>("LimitRanges", "/api/v1/limitranges", OURS),
		server.list<LiveBounds["networkPolicies"][number]>(
			"NetworkPolicies",
			"/apis/networking.k8s.io/v1/networkpolicies",
			OURS,
		),
		server.list<LiveBinding>("RoleBindings", `${RBAC}/rolebindings`),
		server.list<LiveBinding>("ClusterRoleBindings", `${RBAC}/clusterrolebindings`),
		server.list<LiveClusterRole>("ClusterRoles", `${RBAC}/clusterroles`),
		server.list<LiveClusterRole>("Roles", `${RBAC}/roles`),
		server.list<LiveAdmission["policies"][number]>(
			"ValidatingAdmissionPolicies",
			`${ADMISSION}/validatingadmissionpolicies`,
		),
		server.list<LiveAdmission["bindings"][number]>(
			"ValidatingAdmissionPolicyBindings",
			`${ADMISSION}/validatingadmissionpolicybindings`,
		),
		server.get<LiveConfigMap>(
			"the ConfigMap kube-system/aws-auth",
			`/api/v1/namespaces/${AWS_AUTH.namespace}/configmaps/${AWS_AUTH.name}`,
		),
	]);
	const bindings = [...roleBindings, ...clusterRoleBindings];
	const admission = { policies, bindings: guards };
	return { namespaces, bounds: { quotas, limits, networkPolicies }, bindings, admission, clusterRoles, roles, awsAuth };
}
