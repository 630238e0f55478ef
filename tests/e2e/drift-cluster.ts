import { fullAccessRules } from "../../core/rbac/policy-rules";
import type { Drift } from "./drift";

const RULES = JSON.stringify({
	apiVersion: "rbac.authorization.k8s.io/v1",
	kind: "ClusterRole",
	metadata: { name: "deploy:rules" },
	rules: [
		{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list", "watch", "patch"] },
		{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
	],
});
const QUOTA = "pods=10,requests.cpu=4,requests.memory=8Gi";
/** Of the stack `example`; its program is index.ts. */
const GUARD = "eks-access.eks-access.example.access-namespaces";
const patch = (object: string, ops: object[]) => `kubectl patch ${object} --type=json -p '${JSON.stringify(ops)}'`;

export const CLUSTER: Drift[] = [
	{
		what: "no RoleBinding",
		plant: "kubectl delete rolebinding -n shop shop",
		undo: "kubectl create rolebinding shop -n shop --clusterrole=dev-full-access --group=shop",
		finds: ["missing rbac RoleBinding shop/shop"],
		says: /is not there: shop does not have the ClusterRole dev-full-access/,
	},
	{
		what: "another RoleBinding for a team",
		plant: "kubectl create rolebinding extra -n pay --clusterrole=admin --group=pay",
		undo: "kubectl delete rolebinding extra -n pay",
		finds: ["foreign rbac RoleBinding pay/extra"],
		says: /gives the Group pay the ClusterRole admin in the namespace pay, and/,
	},
	{
		what: "a RoleBinding for a team's username, as one of its sessions has it",
		plant: "kubectl create rolebinding extra -n default --clusterrole=view --user=shop:somebody",
		undo: "kubectl delete rolebinding extra -n default",
		finds: ["foreign rbac RoleBinding default/extra"],
		says: /gives the User shop:somebody the ClusterRole view in the namespace default, and/,
	},
	{
		what: "another ClusterRole in a RoleBinding",
		plant:
			"kubectl delete rolebinding -n pay pay:view && kubectl create rolebinding pay:view -n pay --clusterrole=edit --group=pay",
		undo: "kubectl delete rolebinding -n pay pay:view && kubectl create rolebinding pay:view -n pay --clusterrole=view --group=pay",
		finds: ["drifted rbac RoleBinding pay/pay:view"],
		says: /gives the ClusterRole edit, not the ClusterRole view/,
	},
	{
		what: "somebody else in a team's RoleBinding",
		plant: patch("rolebinding -n pay pay:view", [
			{
				op: "add",
				path: "/subjects/-",
				value: { kind: "User", name: "mallory", apiGroup: "rbac.authorization.k8s.io" },
			},
		]),
		undo: patch("rolebinding -n pay pay:view", [{ op: "remove", path: "/subjects/1" }]),
		finds: ["extra rbac RoleBinding pay/pay:view"],
		says: /gives the ClusterRole view to the User mallory too/,
	},
	{
		what: "a ClusterRoleBinding for a team",
		plant: "kubectl create clusterrolebinding extra --clusterrole=view --group=deploy",
		undo: "kubectl delete clusterrolebinding extra",
		finds: ["foreign rbac ClusterRoleBinding extra"],
		says: /gives the Group deploy the ClusterRole view in the whole cluster, and/,
	},
	{
		what: "one more rule in a ClusterRole",
		plant: patch("clusterrole dev-full-access", [
			{ op: "add", path: "/rules/-", value: { apiGroups: [""], resources: ["resourcequotas"], verbs: ["delete"] } },
		]),
		undo: patch("clusterrole dev-full-access", [{ op: "remove", path: `/rules/${fullAccessRules.length}` }]),
		finds: ["drifted rbac ClusterRole dev-full-access"],
		says: /allows delete of resourcequotas, against the config/,
	},
	{
		what: "no ClusterRole",
		plant: "kubectl delete clusterrole deploy:rules",
		undo: `echo '${RULES}' | kubectl create -f -`,
		finds: ["missing rbac ClusterRole deploy:rules"],
		says: /who is bound to it may do nothing/,
	},
	{
		what: "access for everybody who is let in",
		plant: "kubectl create rolebinding extra -n kube-system --clusterrole=view --group=system:authenticated",
		undo: "kubectl delete rolebinding extra -n kube-system",
		finds: ["foreign rbac RoleBinding kube-system/extra"],
		says: /gives the Group system:authenticated the ClusterRole view in the namespace kube-system: to everybody/,
	},
	{
		what: "a service account with more than the team, in a namespace where the team can make pods",
		plant: "kubectl create clusterrolebinding strong --clusterrole=cluster-admin --serviceaccount=shop:default",
		undo: "kubectl delete clusterrolebinding strong",
		finds: ["foreign rbac ClusterRoleBinding strong"],
		says: /gives the ServiceAccount shop\/default the ClusterRole cluster-admin in the whole cluster, as which shop, deploy can act/,
	},
	{
		what: "a larger quota",
		plant: 'kubectl patch resourcequota eks-access -n shop-dev -p \'{"spec":{"hard":{"pods":"100"}}}\'',
		undo: 'kubectl patch resourcequota eks-access -n shop-dev -p \'{"spec":{"hard":{"pods":"10"}}}\'',
		finds: ["drifted namespaces ResourceQuota shop-dev/eks-access"],
		says: /"pods":"100".*the config says .*"pods":"10"/,
	},
	{
		what: "a quota that holds for some pods only",
		plant: `kubectl delete resourcequota eks-access -n shop-dev && kubectl create quota eks-access -n shop-dev --hard=${QUOTA} --scopes=NotBestEffort`,
		undo: `kubectl delete resourcequota eks-access -n shop-dev && kubectl create quota eks-access -n shop-dev --hard=${QUOTA}`,
		finds: ["drifted namespaces ResourceQuota shop-dev/eks-access"],
		says: /"scopes":\["NotBestEffort"\]/,
	},
	{
		what: "an older Pod Security Standard",
		plant: "kubectl label namespace shop-dev pod-security.kubernetes.io/enforce-version=v1.20",
		undo: "kubectl label namespace shop-dev pod-security.kubernetes.io/enforce-version-",
		finds: ["extra namespaces namespace shop-dev"],
		says: /its label pod-security.kubernetes.io\/enforce-version is v1.20, and the config does not say so/,
	},
	{
		what: "a ClusterRole that takes in the rules of others",
		plant: `kubectl patch clusterrole shop:metrics --type=merge -p '{"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}}'`,
		undo: `kubectl patch clusterrole shop:metrics --type=merge -p '{"aggregationRule":null}'`,
		finds: ["drifted rbac ClusterRole shop:metrics"],
		says: /takes its rules from other ClusterRoles/,
	},
	{
		what: "no quota",
		plant: "kubectl delete resourcequota eks-access -n shop",
		undo: "kubectl create quota eks-access -n shop --hard=pods=10,requests.cpu=4000m,requests.memory=8Gi",
		finds: ["missing namespaces ResourceQuota shop/eks-access"],
		says: /is not there/,
	},
	{
		what: "a quota that the config does not say",
		plant: "kubectl create quota eks-access -n pay --hard=pods=1",
		undo: "kubectl delete resourcequota eks-access -n pay",
		finds: ["extra namespaces ResourceQuota pay/eks-access"],
		says: /is there, and the config does not say so/,
	},
	{
		what: "other limits",
		plant: patch("limitrange eks-access -n shop", [{ op: "replace", path: "/spec/limits/0/default/cpu", value: "2" }]),
		undo: patch("limitrange eks-access -n shop", [
			{ op: "replace", path: "/spec/limits/0/default/cpu", value: "500m" },
		]),
		finds: ["drifted namespaces LimitRange shop/eks-access"],
		says: /"cpu":"2".*the config says .*"cpu":"500m"/,
	},
	{
		what: "a network policy that lets everything out",
		plant: patch("networkpolicy eks-access -n shop", [{ op: "add", path: "/spec/egress/-", value: {} }]),
		undo: patch("networkpolicy eks-access -n shop", [{ op: "remove", path: "/spec/egress/2" }]),
		finds: ["drifted namespaces NetworkPolicy shop/eks-access"],
		says: /its egress has \{\}, against the config/,
	},
	{
		what: "a guard of NetworkPolicies that only audits",
		plant: patch(`validatingadmissionpolicybinding ${GUARD}`, [
			{ op: "replace", path: "/spec/validationActions", value: ["Audit"] },
		]),
		undo: patch(`validatingadmissionpolicybinding ${GUARD}`, [
			{ op: "replace", path: "/spec/validationActions", value: ["Deny"] },
		]),
		finds: [`drifted namespaces ValidatingAdmissionPolicyBinding ${GUARD}`],
		says: /"Audit".*not.*"Deny"/,
	},
	{
		what: "a guard of NetworkPolicies that lets service accounts through",
		plant: patch(`validatingadmissionpolicy ${GUARD}`, [
			{
				op: "add",
				path: "/spec/matchConditions/-",
				value: { name: "more", expression: "!has(request.userInfo.extra)" },
			},
		]),
		undo: patch(`validatingadmissionpolicy ${GUARD}`, [{ op: "remove", path: "/spec/matchConditions/2" }]),
		finds: [`drifted namespaces ValidatingAdmissionPolicy ${GUARD}`],
		says: /"more"/,
	},
	{
		what: "a lower Pod Security Standard",
		plant: "kubectl label namespace pay pod-security.kubernetes.io/enforce=privileged --overwrite",
		undo: "kubectl label namespace pay pod-security.kubernetes.io/enforce=restricted --overwrite",
		finds: ["drifted namespaces namespace pay"],
		says: /enforce is privileged; the config says restricted/,
	},
	{
		what: "no Pod Security label",
		plant: "kubectl label namespace shop pod-security.kubernetes.io/enforce-",
		undo: "kubectl label namespace shop pod-security.kubernetes.io/enforce=baseline",
		finds: ["missing namespaces namespace shop"],
		says: /has no label pod-security.kubernetes.io\/enforce; the config says baseline/,
	},
];
