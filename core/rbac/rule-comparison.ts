import type { PolicyRule } from "./policy-rules";

/** A rule in words, the same for every order of its lists and with everything once: `get, list of apps/deployments named web`. */
export function describeRule({ apiGroups, resources, resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule) {
	const words = (list: string[]) => [...new Set(list)].sort().join(", ");
	const kinds = (resources ?? []).flatMap((resource) =>
		(apiGroups ?? []).map((group) => (group === "" ? resource : `${group}/${resource}`)),
	);
	const named = resourceNames.length > 0 ? ` named ${words(resourceNames)}` : "";
	return `${words(verbs)} of ${words([...kinds, ...nonResourceURLs])}${named}`;
}

/** The rules of `after` that allow something that no rule of `before` allows. */
export function rulesBeyond(before: readonly PolicyRule[], after: readonly PolicyRule[]): PolicyRule[] {
	return after.filter((rule) => !partsOf(rule).every((part) => before.some((each) => includes(each, part))));
}

/** A rule with one verb, one resource and one name each. */
function partsOf({ apiGroups = [], resources = [], resourceNames, nonResourceURLs = [], verbs }: PolicyRule) {
	const names = resourceNames?.length ? resourceNames.map((name) => [name]) : [undefined];
	return verbs.flatMap((verb): PolicyRule[] => [
		...nonResourceURLs.map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
		...apiGroups.flatMap((group) =>
			resources.flatMap((resource) =>
				names.map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: name })),
			),
		),
	]);
}

/** Whether a rule allows a part: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources */
function includes(rule: PolicyRule, part: PolicyRule): boolean {
	const has = (list: string[] | undefined, [wanted]: string[] = []) =>
		wanted === undefined || ["*", wanted].some((each) => list?.includes(each));
	const [resource = ""] = part.resources ?? [];
	const [url = ""] = part.nonResourceURLs ?? [];
	return (
		has(rule.verbs, part.verbs) &&
		has(rule.apiGroups, part.apiGroups) &&
		(has(rule.resources, part.resources) || (rule.resources?.includes(resource.replace(/^.*\//, "*/")) ?? false)) &&
		(!rule.resourceNames?.length || rule.resourceNames.includes(part.resourceNames?.[0] ?? "")) &&
		(url === "" || (rule.nonResourceURLs ?? []).some((each) => covers(each, url)))
	);
}

/** A path may end with `*`. */
function covers(pattern: string, url: string): boolean {
	return pattern.endsWith("*") ? url.startsWith(pattern.slice(0, -1)) : url === pattern;
}
