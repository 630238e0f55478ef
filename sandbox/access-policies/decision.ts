import { allowsPath, allowsResource, type NonResourceAttributes, type ResourceAttributes } from "./policies";

/** An access entry as the AWS emulator writes it down for this authorizer. */
export interface Entry {
	principalArn: string;
	/** IAM's unique id: a role that is deleted and made anew has another one. */
	principalId: string;
	policies: Association[];
}

interface Association {
	policyArn: string;
	type: "cluster" | "namespace";
	/** Each may hold `*`, which stands for any text. */
	namespaces: string[];
}

/** The part of a SubjectAccessReview that is looked at. */
export interface ReviewSpec {
	user?: string;
	/** What aws-iam-authenticator says of the caller besides username and groups. */
	extra?: Record<string, string[]>;
	resourceAttributes?: ResourceAttributes;
	nonResourceAttributes?: NonResourceAttributes;
}

export interface Decision {
	allowed: boolean;
	reason?: string;
}

/**
 * Whether an access policy of the caller's entry allows it; else it is left to the other authorizers. Nobody is known by username
 * alone: one who impersonates (`kubectl --as`) has, as in EKS, no access policies, whosever username it is.
 */
export function decide(spec: ReviewSpec, entries: readonly Entry[]): Decision {
	const association = entryOf(spec, entries)?.policies.find((each) => allows(each, spec));
	if (!association) return { allowed: false };
	const scope = association.type === "cluster" ? "the cluster" : association.namespaces.join(", ");
	return { allowed: true, reason: `EKS access policy: allowed by ${nameOf(association.policyArn)} for ${scope}` };
}

/** The authenticator sends both, the ARN without the role's path; who writes a SubjectAccessReview by hand may know the ARN only. */
function entryOf({ extra }: ReviewSpec, entries: readonly Entry[]): Entry | undefined {
	const value = (key: string) =>
		Object.entries(extra ?? {}).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1][0];
	const id = value("principalId");
	const arn = value("canonicalArn");
	return entries.find((entry) =>
		id ? entry.principalId === id : arn && withoutPath(entry.principalArn) === withoutPath(arn),
	);
}

function allows({ policyArn, type, namespaces }: Association, spec: ReviewSpec): boolean {
	const { resourceAttributes, nonResourceAttributes } = spec;
	if (nonResourceAttributes) return type === "cluster" && allowsPath(nameOf(policyArn), nonResourceAttributes);
	if (!resourceAttributes) return false;
	const { namespace } = resourceAttributes;
	const inScope = type === "cluster" || (namespace && namespaces.some((pattern) => matches(pattern, namespace)));
	return Boolean(inScope) && allowsResource(nameOf(policyArn), resourceAttributes);
}

function withoutPath(arn: string): string {
	return arn.replace(/:(role|user)\/.*\//, ":$1/");
}

function nameOf(policyArn: string): string {
	return policyArn.replace(/^.*\//, "");
}

function matches(pattern: string, text: string): boolean {
	const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
	return new RegExp(`^${parts.join(".*")}$`).test(text);
}
