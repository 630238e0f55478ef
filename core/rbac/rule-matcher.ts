import type { PolicyRule } from "./policy-rules";

/** A request as RBAC sees it. */
export interface ResourceRequest {
	verb: string;
	group: string;
	resource: string;
	subresource?: string;
	name?: string;
}

/** Whether some of the rules allow a request: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
export function allows(rules: readonly PolicyRule[], request: ResourceRequest): boolean {
	const { verb, group, resource, subresource, name = "" } = request;
	const path = subresource ? `${resource}/${subresource}` : resource;
	return rules.some(
		(rule) => grants(rule, group, path, verb) && (!rule.resourceNames?.length || rule.resourceNames.includes(name)),
	);
}

/**
 * Whether a rule allows a verb on some objects of a resource. `*` is everything, and an asterisk before a slash the subresource of
 * anything.
 *
 * @param path For example `pods` or `pods/exec`.
 */
export function grants(rule: PolicyRule, group: string, path: string, verb: string): boolean {
	const { apiGroups = [], resources = [], verbs } = rule;
	const [, subresource] = path.split("/");
	return (
		(apiGroups.includes("*") || apiGroups.includes(group)) &&
		(resources.includes("*") || resources.includes(path) || resources.includes(`*/${subresource}`)) &&
		(verbs.includes("*") || verbs.includes(verb))
	);
}

/** What a rule names, one by one; `*` stays `*`. */
export function requestsOf({ apiGroups = [], resources = [], resourceNames, verbs }: PolicyRule): ResourceRequest[] {
	return apiGroups.flatMap((group) =>
		resources.flatMap((path) => {
			const [resource = "", subresource] = path.split("/");
			return verbs.map((verb) => ({ verb, group, resource, subresource, name: resourceNames?.[0] }));
		}),
	);
}
