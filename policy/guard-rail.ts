import type {
	EnforcementLevel,
	PolicyConfigSchema,
	PolicyProviderResource,
	ResourceValidationPolicy,
	Severity,
	StackValidationPolicy,
} from "@pulumi/policy";

/** What both kinds of policies are given of a resource. */
export interface Resource {
	type: string;
	name: string;
	urn: string;
	// biome-ignore lint/suspicious/noExplicitAny: the framework's own type; a program may have given anything
	props: Record<string, any>;
	provider?: PolicyProviderResource;
}

/** Something that a program would give away. */
export interface Finding {
	/** What to list under `allow` for it to be accepted. */
	allow: string;
	/** What was found, what is allowed, and what to do; without the full stop. */
	message: string;
}

interface Rail {
	name: string;
	description: string;
	severity: Severity;
	/** @default "mandatory" */
	enforcementLevel?: EnforcementLevel;
	/** What its allow list holds. */
	allows: string;
}

/** A policy that judges each resource by itself, before it is made. */
export function guardRail({
	allows,
	find,
	...rail
}: Rail & { find: (resource: Resource) => Finding[] }): ResourceValidationPolicy {
	return {
		enforcementLevel: "mandatory",
		...rail,
		configSchema: schemaOf(allows),
		validateResource: (args, reportViolation) => {
			for (const finding of find(args).filter(isRefused(args.getConfig()))) {
				reportViolation(messageOf(finding, rail.name));
			}
		},
	};
}

/** A policy that has to see the whole stack. */
export function stackGuardRail({
	allows,
	find,
	...rail
}: Rail & { find: (resources: Resource[]) => (Finding & { urn: string })[] }): StackValidationPolicy {
	return {
		enforcementLevel: "mandatory",
		...rail,
		configSchema: schemaOf(allows),
		validateStack: (args, reportViolation) => {
			for (const finding of find(args.resources).filter(isRefused(args.getConfig()))) {
				reportViolation(messageOf(finding, rail.name), finding.urn);
			}
		},
	};
}

function schemaOf(allows: string): PolicyConfigSchema {
	return { properties: { allow: { type: "array", items: { type: "string" }, default: [], description: allows } } };
}

function isRefused({ allow = [] }: { allow?: string[] }): (finding: Finding) => boolean {
	return (finding) => !allow.includes(finding.allow);
}

function messageOf({ message, allow }: Finding, policy: string): string {
	return `${message}. If it is meant, add ${JSON.stringify(allow)} to allow of ${policy} in the policy pack's config.`;
}
