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

/** What a rule names of resources, one by one; `*` stays `*`. */
export function requestsOf({ apiGroups = [], resources = [], resourceNames, verbs }: PolicyRule): ResourceRequest[] {
	const names = resourceNames?.length ? resourceNames : [undefined];
	return apiGroups.flatMap((group) =>
		resources.flatMap((path) => {
			const [resource = "", subresource] = path.split("/");
			return names.flatMap((name) => verbs.map((verb) => ({ verb, group, resource, subresource, name })));
		}),
	);
}

/** The rules of `after` that allow something that no rule of `before` allows. */
export function rulesBeyond(before: readonly PolicyRule[], after: readonly PolicyRule[]): PolicyRule[] {
	return after.filter((rule) => {
		const urls = (rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => [url, verb] as const));
		return !(
			requestsOf(rule).every((request) => allows(before, request)) &&
			urls.every(([url, verb]) => before.some((each) => opens(each, url, verb)))
		);
	});
}

/** Whether a rule allows a verb on a path that is no resource; a path in a rule may end with `*`. */
export function opens({ nonResourceURLs = [], verbs }: PolicyRule, url: string, verb: string): boolean {
	const covers = (path: string) => (path.endsWith("*") ? url.startsWith(path.slice(0, -1)) : url === path);
	return nonResourceURLs.some(covers) && (verbs.includes("*") || verbs.includes(verb));
}

/** A rule in words, the same for every order of its lists and with everything once: `get, list of apps/deployments named web`. */
export function describeRule({ apiGroups, resources, resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule) {
	const words = (list: string[]) => [...new Set(list)].sort().join(", ");
	const kinds = (resources ?? []).flatMap((resource) =>
		(apiGroups ?? []).map((group) => (group === "" ? resource : `${group}/${resource}`)),
	);
	const named = resourceNames.length > 0 ? ` named ${words(resourceNames)}` : "";
	return `${words(verbs)} of ${words([...kinds, ...nonResourceURLs])}${named}`;
}
