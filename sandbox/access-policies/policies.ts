import { ACCESS_POLICY_RULES } from "../../core/rbac/access-policies";

/** What a request wants, as a SubjectAccessReview has it. */
export interface ResourceAttributes {
	namespace?: string;
	verb?: string;
	group?: string;
	resource?: string;
	subresource?: string;
}

export interface NonResourceAttributes {
	path?: string;
	verb?: string;
}

export function allowsResource(policy: string, { verb, group, resource, subresource }: ResourceAttributes): boolean {
	const name = subresource ? `${resource}/${subresource}` : resource;
	return rulesOf(policy).some(
		(rule) => has(rule.verbs, verb) && has(rule.apiGroups, group ?? "") && has(rule.resources, name),
	);
}

export function allowsPath(policy: string, { verb, path }: NonResourceAttributes): boolean {
	return rulesOf(policy).some((rule) => has(rule.verbs, verb) && has(rule.nonResourceURLs, path));
}

function rulesOf(name: string) {
	return ACCESS_POLICY_RULES[name] ?? [];
}

function has(allowed: string[] | undefined, wanted: string | undefined): boolean {
	return wanted !== undefined && (allowed ?? []).some((each) => each === "*" || each === wanted);
}
