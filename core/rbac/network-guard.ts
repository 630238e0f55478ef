import { createHash } from "node:crypto";

/**
 * A ValidatingAdmissionPolicy and its binding, which keep people from changing the NetworkPolicies of namespaces: NetworkPolicies add
 * up, so whoever may make one can allow everything. It needs Kubernetes 1.30.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 *
 * Whoever may do everything is let through, cluster administrators and the operator among them; all else of Kubernetes and its add-ons
 * is not in the groups. All fields are given, those with Kubernetes' own defaults too, so that they can be compared.
 *
 * @param denied Namespace -> Kubernetes groups that may not change NetworkPolicies there.
 */
export function networkGuard(name: string, denied: ReadonlyMap<string, readonly string[]>) {
	const groups = JSON.stringify(Object.fromEntries(denied));
	const namespaces = { key: "kubernetes.io/metadata.name", operator: "In", values: [...denied.keys()] };
	return {
		policy: {
			failurePolicy: "Fail",
			matchConstraints: {
				matchPolicy: "Equivalent",
				namespaceSelector: { matchExpressions: [namespaces] },
				objectSelector: {},
				resourceRules: [
					{
						apiGroups: ["networking.k8s.io"],
						apiVersions: ["*"],
						operations: ["CREATE", "UPDATE", "DELETE"],
						resources: ["networkpolicies"],
						scope: "*",
					},
				],
			},
			matchConditions: [
				{
					name: "by-people-of-the-namespace",
					expression: `request.userInfo.groups.exists(group, group in ${groups}[request.namespace])`,
				},
				{
					name: "not-by-administrators",
					expression: '!authorizer.group("*").resource("*").check("*").allowed()',
				},
			],
			validations: [
				{
					expression: "false",
					message:
						"the NetworkPolicies of this namespace are set by the operators of its access (eks-access, networkPolicy); ask them",
					reason: "Forbidden",
				},
			],
		},
		binding: { policyName: name, validationActions: ["Deny"] },
	};
}

/**
 * The name of a stack's guard: objects of the whole cluster, which other stacks have too.
 *
 * @param stack `<project>/<stack>`.
 */
export function networkGuardName(stack: string, component: string): string {
	return networkGuardPrefix(stack) + segment(component);
}

/** What the names of a stack's guards begin with, whatever its components are called. */
export function networkGuardPrefix(stack: string): string {
	return `eks-access.${stack.split("/").map(segment).join(".")}.`;
}

/** A text as a part of a DNS name, different texts as different ones. */
function segment(text: string): string {
	if (/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/.test(text)) {
		return text;
	}
	const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
	return `${text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.slice(0, 40)}-${hash}`.replace(/^-+/, "");
}
