/** One rule of a ClusterRole, as in rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
	apiGroups: string[];
	resources: string[];
	verbs: string[];
}

/** Name of the ClusterRole that {@link fullAccessRules} make; the article's. */
export const FULL_ACCESS_CLUSTER_ROLE = "dev-full-access";

/**
 * Full access to what runs in a namespace: the article's rules, and what has moved to API groups of its own since
 * then. `kubectl get all` lists horizontalpodautoscalers (autoscaling) and jobs (batch); Ingress and NetworkPolicy were
 * in `extensions`. RBAC objects are left out: who can write those can give away more than was given.
 */
export const fullAccessRules: PolicyRule[] = [
	{ apiGroups: ["", "extensions", "apps"], resources: ["*"], verbs: ["*"] },
	{ apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: ["*"] },
	{
		apiGroups: ["autoscaling"],
		resources: ["horizontalpodautoscalers"],
		verbs: ["*"],
	},
	{
		apiGroups: ["networking.k8s.io"],
		resources: ["ingresses", "networkpolicies"],
		verbs: ["*"],
	},
	{ apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["*"] },
];

/**
 * Namespaces in which nobody gets write access: `edit` in kube-system can write aws-auth, which makes cluster-admin;
 * the other two hold the cluster's own public data and node heartbeats.
 */
export const PROTECTED_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];
