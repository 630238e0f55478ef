import { CLUSTER_ADMIN_POLICY, type PolicyRule } from "./policy-rules";

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

const ENTERING = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy"];
const VOLUMES = "persistentvolumeclaims";
const CONTROLLERS = ["replicationcontrollers", "replicationcontrollers/scale"];
const QUOTAS = ["resourcequotas", "resourcequotas/status"];
const WORKLOADS = ["daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale"];
const STATEFUL = ["statefulsets", "statefulsets/scale"];
const STATUS = ["daemonsets/status", "deployments/status", "replicasets/status"];
const EXTENSIONS = [...WORKLOADS, "ingresses", "networkpolicies", "replicationcontrollers/scale"];

const rule = (group: string, resources: string[], verbs: string[]): PolicyRule => ({
	apiGroups: [group],
	resources,
	verbs,
});

const VIEW: PolicyRule[] = [
	rule("", ["bindings", "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status"], READ),
	rule("", [VOLUMES, `${VOLUMES}/status`, "pods", "pods/log", "pods/status", ...QUOTAS, "serviceaccounts"], READ),
	rule("", [...CONTROLLERS, "replicationcontrollers/status", "services", "services/status"], READ),
	rule("apps", [...WORKLOADS, ...STATUS, ...STATEFUL, "statefulsets/status", "controllerrevisions"], READ),
	rule("autoscaling", ["horizontalpodautoscalers", "horizontalpodautoscalers/status"], READ),
	rule("batch", ["cronjobs", "cronjobs/status", "jobs", "jobs/status"], READ),
	rule("discovery.k8s.io", ["endpointslices"], READ),
	rule("extensions", [...EXTENSIONS, ...STATUS, "ingresses/status"], READ),
	rule("networking.k8s.io", ["ingresses", "ingresses/status", "networkpolicies"], READ),
	rule("policy", ["poddisruptionbudgets", "poddisruptionbudgets/status"], READ),
];

const EDIT: PolicyRule[] = [
	...VIEW,
	rule("", [...ENTERING, "secrets", "services/proxy"], READ),
	rule("", ["configmaps", "events", VOLUMES, "pods", ...ENTERING, ...CONTROLLERS], WRITE),
	rule("", ["secrets", "serviceaccounts", "services", "services/proxy"], WRITE),
	rule("", ["serviceaccounts"], ["impersonate"]),
	rule("apps", [...WORKLOADS, "deployments/rollback", ...STATEFUL], WRITE),
	rule("autoscaling", ["horizontalpodautoscalers"], WRITE),
	rule("batch", ["cronjobs", "jobs"], WRITE),
	rule("extensions", [...EXTENSIONS, "deployments/rollback"], WRITE),
	rule("networking.k8s.io", ["ingresses", "networkpolicies"], WRITE),
	rule("policy", ["poddisruptionbudgets"], WRITE),
];

/**
 * The access policies for people, with their rules. AWS changes them at times, and has no API that shows them:
 * https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
 */
export const ACCESS_POLICY_RULES: Record<string, PolicyRule[]> = {
	AmazonEKSAdminPolicy: [
		...EDIT,
		rule("authorization.k8s.io", ["localsubjectaccessreviews"], ["create"]),
		rule("rbac.authorization.k8s.io", ["rolebindings", "roles"], [...READ, ...WRITE]),
	],
	AmazonEKSAdminViewPolicy: [rule("*", ["*"], READ)],
	AmazonEKSClusterAdminPolicy: [rule("*", ["*"], ["*"]), { nonResourceURLs: ["*"], verbs: ["*"] }],
	AmazonEKSEditPolicy: EDIT,
	AmazonEKSSecretReaderPolicy: [rule("", ["secrets"], READ)],
	AmazonEKSViewPolicy: VIEW,
};

/** Those that a config can give by name; administrators have a key of their own. */
export const POLICIES_BY_NAME = Object.keys(ACCESS_POLICY_RULES).filter((name) => name !== CLUSTER_ADMIN_POLICY);

/** Access policies of EKS's own components, which it gives to the roles of the cluster and of nodes. */
export const COMPONENT_POLICIES = [
	...["AutoNode", "Hybrid", "ClusterInsights"],
	...["BlockStorage", "Compute", "LoadBalancing", "Networking"].flatMap((name) => [name, `${name}Cluster`]),
].map((name) => `AmazonEKS${name}Policy`);
