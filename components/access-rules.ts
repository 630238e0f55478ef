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

/**
 * Full access to what runs in a namespace: the article's rules, and what has moved to API groups of its own since
 * then. `kubectl get all` lists horizontalpodautoscalers (autoscaling) and jobs (batch); Ingress and NetworkPolicy were
 * in `extensions`. RBAC objects are left out: who can write those can give away more than was given. So are writes to the namespace
 * itself, its ResourceQuotas and LimitRanges, which bound the team; the article's `*` on the core group had them.
 */
export const fullAccessRules: PolicyRule[] = [
	{
		apiGroups: [""],
		resources: [
			...["configmaps", "endpoints", "events", "persistentvolumeclaims", "persistentvolumeclaims/status"],
			...["pods", "pods/attach", "pods/binding", "pods/ephemeralcontainers", "pods/eviction", "pods/exec"],
			...["pods/log", "pods/portforward", "pods/proxy", "pods/resize", "pods/status", "bindings"],
			...["podtemplates", "replicationcontrollers", "replicationcontrollers/scale", "replicationcontrollers/status"],
			...["secrets", "serviceaccounts", "serviceaccounts/token", "services", "services/proxy", "services/status"],
		],
		verbs: ["*"],
	},
	{ apiGroups: [""], resources: ["limitranges", "namespaces", "resourcequotas"], verbs: READ },
	{ apiGroups: ["extensions", "apps"], resources: ["*"], verbs: ["*"] },
	{ apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: ["*"] },
	{ apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["*"] },
	{ apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"], verbs: ["*"] },
	{ apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["*"] },
];

/** What `kubectl top pods` reads; served by metrics-server. */
export const metricsRules: PolicyRule[] = [{ apiGroups: ["metrics.k8s.io"], resources: ["pods"], verbs: READ }];

/**
 * Namespaces in which nobody gets write access: `edit` in kube-system can write aws-auth, which makes cluster-admin;
 * the other two hold the cluster's own public data and node heartbeats.
 */
export const PROTECTED_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

/** @param name For example `AmazonEKSViewPolicy`. */
export function accessPolicyArn(partition: string, name: string): string {
	return `arn:${partition}:eks::aws:cluster-access-policy/${name}`;
}

/** What a team with `admin: true` gets. */
export const CLUSTER_ADMIN_POLICY = "AmazonEKSClusterAdminPolicy";
export const CLUSTER_ADMIN_GROUP = "system:masters";
