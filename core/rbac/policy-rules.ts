/** One rule of a ClusterRole, as in rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
	/** For example `apps`; the core group is the empty text. */
	apiGroups?: string[];
	/** For example `deployments`, `pods/log`; `*` is all. */
	resources?: string[];
	/** Only objects of these names. */
	resourceNames?: string[];
	/** Paths that are no resources, such as `/healthz`; in the whole cluster only. */
	nonResourceURLs?: string[];
	/** For example `get`, `list`, `watch`; `*` is all. */
	verbs: string[];
}

/** Name of the ClusterRole that {@link fullAccessRules} make; the article's. */
export const FULL_ACCESS_CLUSTER_ROLE = "dev-full-access";

const READ = ["get", "list", "watch"];
const ALL = [...READ, "create", "delete", "deletecollection", "patch", "update"];

/**
 * Full access to what runs in a namespace, within Kubernetes' own ClusterRole `admin`: what the article's step 7 needs, and what has
 * moved to API groups of its own since then. `kubectl get all` lists horizontalpodautoscalers (autoscaling) and jobs (batch); Ingress
 * and NetworkPolicy were in `extensions`. RBAC objects are left out: whoever writes those can give away more than was given. Read-only
 * are the namespace, its ResourceQuotas and LimitRanges, which bound the team, and what controllers write: endpoints (CVE-2021-25740),
 * every `/status` (CVE-2020-8554) and bindings; the article's `*` on the core group had them.
 */
export const fullAccessRules: PolicyRule[] = [
	{
		apiGroups: [""],
		resources: [
			...["configmaps", "events", "persistentvolumeclaims", "secrets", "serviceaccounts", "services", "services/proxy"],
			...["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"],
			...["replicationcontrollers", "replicationcontrollers/scale"],
		],
		verbs: ALL,
	},
	{ apiGroups: [""], resources: ["pods/eviction", "serviceaccounts/token"], verbs: ["create"] },
	{
		apiGroups: [""],
		resources: [
			...["bindings", "endpoints", "limitranges", "namespaces", "namespaces/status", "persistentvolumeclaims/status"],
			...["pods/log", "pods/status", "replicationcontrollers/status", "resourcequotas", "resourcequotas/status"],
			"services/status",
		],
		verbs: READ,
	},
	{
		apiGroups: ["apps"],
		resources: [
			...["daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale"],
			...["statefulsets", "statefulsets/scale"],
		],
		verbs: ALL,
	},
	{
		apiGroups: ["apps"],
		resources: [
			"controllerrevisions",
			"daemonsets/status",
			"deployments/status",
			"replicasets/status",
			"statefulsets/status",
		],
		verbs: READ,
	},
	{ apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: ALL },
	{ apiGroups: ["batch"], resources: ["jobs/status", "cronjobs/status"], verbs: READ },
	{ apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ALL },
	{ apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers/status"], verbs: READ },
	{ apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: ALL },
	{ apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: READ },
	{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
	{ apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ALL },
	{ apiGroups: ["policy"], resources: ["poddisruptionbudgets/status"], verbs: READ },
];

/** What `kubectl top pods` reads; served by metrics-server. */
export const metricsRules: PolicyRule[] = [{ apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: READ }];

/**
 * Namespaces in which nobody gets write access: `edit` in kube-system can write aws-auth, which makes cluster-admin;
 * the other two hold the cluster's own public data and node heartbeats.
 */
export const PROTECTED_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

/** Holds the Service `kubernetes`, by which workloads find the API server: whoever writes there can redirect or delete it. */
export const DEFAULT_NAMESPACE = "default";

/** @param name For example `AmazonEKSViewPolicy`. */
export function accessPolicyArn(partition: string, name: string): string {
	return `arn:${partition}:eks::aws:cluster-access-policy/${name}`;
}

/** What a team with `admin: true` gets. */
export const CLUSTER_ADMIN_POLICY = "AmazonEKSClusterAdminPolicy";
export const CLUSTER_ADMIN_GROUP = "system:masters";
