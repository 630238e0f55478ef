import { accessPolicyOf, LEVELS_WITH_POLICY } from "../core/rbac/access-levels";
import { dangerText, levelRefusals, type Refusal, type Scope } from "../core/rbac/dangers";
import { type PolicyRule, PROTECTED_NAMESPACES } from "../core/rbac/policy-rules";
import { CLUSTER_ADMIN_ROLE } from "./cluster-admin";
import { type Finding, guardRail, type Resource, stackGuardRail } from "./guard-rail";
import { type Association, associationsOf } from "./identities";
import { describeObject, type KubernetesObject, objectsOf } from "./kubernetes-objects";
import { rulesIn, rulesOf, writeRefusals } from "./rules";
import { isClustersOwn, isServiceAccount, subjectsOf } from "./subjects";

const WHERE = PROTECTED_NAMESPACES.join(", ");

/** Judged before anything is made: what Kubernetes' own roles and EKS' access policies allow is known. */
export const systemNamespaces = guardRail({
	name: "system-namespaces",
	description: `Nobody may write in ${WHERE} by a role of Kubernetes' own or an access policy: not there, and not by access to every namespace.`,
	severity: "critical",
	allows: "names of bindings and access policy associations in the program that may",
	find: (resource) => [
		...objectsOf(resource)
			.filter(isJudged)
			.filter(isToBuiltIn)
			.flatMap((object) =>
				findings(
					resource,
					describeObject(object),
					levelRefusals({ clusterRole: roleOf(object).name }, scopeOf(object)),
				),
			),
		...findings(resource, resource.name, associationsOf(resource).flatMap(associationRefusals)),
	],
});

/** Judged when the stack is known: what a role of the program's own allows stands in another resource. */
export const systemNamespacesOwnRoles = stackGuardRail({
	name: "system-namespaces-own-roles",
	description: `Nobody may write in ${WHERE} by a role of the program's own, or one that it does not hold: not there, and not by access to every namespace.`,
	severity: "critical",
	allows: "names of roles and bindings in the program that may",
	find: (resources) => {
		const objects = resources.flatMap((resource) => objectsOf(resource).map((object) => ({ resource, object })));
		const stack = objects.map(({ object }) => object);
		return objects.flatMap(({ resource, object }) =>
			findings(resource, describeObject(object), ownRoleRefusals(object, stack)).map((finding) => ({
				...finding,
				urn: resource.urn,
			})),
		);
	},
});

const BUILT_IN = /^(?:cluster-admin|admin|edit|view|system:.+)$/;
/** Roles of Kubernetes' own that read only. */
const READ_ONLY = ["kube-system/extension-apiserver-authentication-reader"];

function findings({ name }: Resource, what: string, refusals: Refusal[]): Finding[] {
	return refusals.map((refusal) => ({
		allow: name,
		message: `${what}: ${dangerText(refusal)}. Allowed are reading without secrets, and the namespaces of people's own workloads; bind it there`,
	}));
}

/** Bindings in protected namespaces, and those of people to the whole cluster, of which controllers need much. */
function isJudged({ kind, namespace, fields }: KubernetesObject): boolean {
	const subjects = subjectsOf(fields);
	return kind === "ClusterRoleBinding"
		? !subjects.every(isServiceAccount)
		: kind === "RoleBinding" && PROTECTED_NAMESPACES.includes(namespace) && !subjects.every(isClustersOwn);
}

function isToBuiltIn(object: KubernetesObject): boolean {
	const { kind, name } = roleOf(object);
	// That one is cluster-admin's matter.
	const isClusterAdmin = object.kind === "ClusterRoleBinding" && name === CLUSTER_ADMIN_ROLE;
	return kind === "ClusterRole" && BUILT_IN.test(name) && !isClusterAdmin;
}

function roleOf({ fields }: KubernetesObject): { kind: string; name: string } {
	return { kind: fields.roleRef?.kind ?? "", name: fields.roleRef?.name ?? "" };
}

function scopeOf({ kind, namespace }: KubernetesObject): Scope {
	return kind === "ClusterRoleBinding" ? "cluster" : { namespace };
}

function ownRoleRefusals(object: KubernetesObject, stack: KubernetesObject[]): Refusal[] {
	const { kind, namespace } = object;
	if (kind === "Role" && PROTECTED_NAMESPACES.includes(namespace)) {
		return isOnlyForTheCluster(object, stack) ? [] : writeRefusals(rulesOf(object.fields), namespace);
	}
	if (!isJudged(object)) {
		return [];
	}
	const role = roleOf(object);
	const rules = rulesIn(stack, { ...role, namespace });
	if (role.kind === "ClusterRole") {
		return BUILT_IN.test(role.name) ? [] : levelRefusals({ clusterRole: role.name }, scopeOf(object), rules);
	}
	// A role that the stack does not hold may allow everything.
	const unknown = READ_ONLY.includes(`${namespace}/${role.name}`)
		? []
		: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
	return writeRefusals(rules ?? unknown, namespace);
}

/** A role that writes is harmless where the stack itself binds it to the cluster's own parts alone. */
function isOnlyForTheCluster({ name, namespace }: KubernetesObject, stack: KubernetesObject[]): boolean {
	const bindings = stack.filter(
		(each) =>
			each.kind === "RoleBinding" &&
			each.namespace === namespace &&
			roleOf(each).kind === "Role" &&
			roleOf(each).name === name,
	);
	return bindings.length > 0 && bindings.every(({ fields }) => subjectsOf(fields).every(isClustersOwn));
}

/** EKS access policies that no level is equal to, by what they read: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
const READING_POLICIES: Record<string, PolicyRule> = {
	AmazonEKSAdminViewPolicy: { apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] },
	AmazonEKSSecretReaderPolicy: { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "watch"] },
};

function associationRefusals({ policy, namespaces }: Association): Refusal[] {
	const rule = READING_POLICIES[policy];
	const level = rule ? { rules: [rule] } : LEVELS_WITH_POLICY.find((each) => accessPolicyOf(each) === policy);
	if (!level) {
		return [];
	}
	return namespaces && !namespaces.includes("*")
		? namespaces.flatMap((namespace) => levelRefusals(level, { namespace }))
		: levelRefusals(level, "cluster");
}
