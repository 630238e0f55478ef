import policies from "./rules.json";

/** A rule of Kubernetes' own kind; policies only allow. */
interface Rule {
	apiGroups?: string[];
	resources?: string[];
	nonResourceURLs?: string[];
	verbs: string[];
}

interface Policy {
	includes?: string[];
	rules: Rule[];
}

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

/** The access policies for people, from "Review access policy permissions" of the EKS User Guide. */
const POLICIES: Record<string, Policy> = policies;

export function allowsResource(policy: string, { verb, group, resource, subresource }: ResourceAttributes): boolean {
	const name = subresource ? `${resource}/${subresource}` : resource;
	return rulesOf(policy).some(
		(rule) => has(rule.verbs, verb) && has(rule.apiGroups, group ?? "") && has(rule.resources, name),
	);
}

export function allowsPath(policy: string, { verb, path }: NonResourceAttributes): boolean {
	return rulesOf(policy).some((rule) => has(rule.verbs, verb) && has(rule.nonResourceURLs, path));
}

function rulesOf(name: string): Rule[] {
	const { includes = [], rules } = POLICIES[name] ?? { rules: [] };
	return [...rules, ...includes.flatMap(rulesOf)];
}

function has(allowed: string[] | undefined, wanted: string | undefined): boolean {
	return wanted !== undefined && (allowed ?? []).some((each) => each === "*" || each === wanted);
}
