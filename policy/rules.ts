import { levelRefusals, type Refusal } from "../core/rbac/dangers";
import type { PolicyRule } from "../core/rbac/policy-rules";
import type { KubernetesObject } from "./kubernetes-objects";

/** The rules of a role, whatever a program has left out. */
export function rulesOf({ rules }: { rules?: Partial<PolicyRule>[] }): PolicyRule[] {
	return (rules ?? []).map((rule) => ({
		apiGroups: [...(rule.apiGroups ?? [])],
		resources: [...(rule.resources ?? [])],
		nonResourceURLs: [...(rule.nonResourceURLs ?? [])],
		verbs: [...(rule.verbs ?? [])],
	}));
}

/** The rules of a role that the stack holds; undefined if it does not, or if they are those of other roles. */
export function rulesIn(
	stack: KubernetesObject[],
	role: { kind: string; name: string; namespace: string },
): PolicyRule[] | undefined {
	const found = stack.filter(
		({ kind, name, namespace }) =>
			kind === role.kind && name === role.name && (kind === "ClusterRole" || namespace === role.namespace),
	);
	const isKnown = found.length > 0 && !found.some(({ fields }) => fields.aggregationRule);
	return isKnown ? found.flatMap(({ fields }) => rulesOf(fields)) : undefined;
}

/** Whether rules write in a protected namespace; what else is wrong with them is rbac-escalation's matter. */
export function writeRefusals(rules: PolicyRule[], namespace: string): Refusal[] {
	return levelRefusals({ rules }, { namespace }).filter(({ name }) => name === namespace);
}
