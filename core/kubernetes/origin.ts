import { createHash } from "node:crypto";

/** Says which stack and team an object is of. */
const STACK = "pulumi-eks-access/stack";
const TEAM = "pulumi-eks-access/team";
const MANAGED_BY = "app.kubernetes.io/managed-by";
const PROGRAM = "pulumi-eks-access";

/** The marks of an object that one stack alone owns. */
export interface Origin {
	labels: Record<string, string>;
	annotations: Record<string, string>;
}

/**
 * Marks an object as one stack's.
 *
 * @param stack `<organization>/<project>/<stack>`.
 * @param team The team that it is for; undefined where several can share it.
 */
export function originOf(stack: string, team?: string): Origin {
	return {
		labels: { [MANAGED_BY]: PROGRAM },
		annotations: { [STACK]: stack, ...(team === undefined ? {} : { [TEAM]: team }) },
	};
}

/**
 * Marks an object that several stacks share, such as a namespace. Each stack has a key of its own: two field managers with different
 * values of one key conflict.
 */
export function sharedOriginOf(stack: string): Record<string, string> {
	const hash = createHash("sha256").update(stack).digest("hex").slice(0, 8);
	return { [`${STACK}.${hash}`]: stack };
}

/** What of an object's metadata tells where it comes from. */
export interface LiveMetadata {
	labels?: Record<string, string>;
	annotations?: Record<string, string>;
	managedFields?: { manager?: string }[];
}

/** Whether an object carries the mark of a stack, and of another one than `stack`. */
export function isOfAnotherStack({ annotations = {} }: LiveMetadata, stack: string): boolean {
	return annotations[STACK] !== undefined && annotations[STACK] !== stack;
}

/** Whether an object carries the mark of this stack. @param stack With its organization, or without. */
export function isOfStack({ annotations = {} }: LiveMetadata, stack: string): boolean {
	return `/${annotations[STACK]}`.endsWith(`/${stack}`);
}

/** Whose an object is, for people: `of the team ops of the stack acme/eks-access/prod`. */
export function describeOrigin({ labels = {}, annotations = {}, managedFields = [] }: LiveMetadata): string {
	const { [STACK]: stack, [TEAM]: team } = annotations;
	if (stack !== undefined) {
		return `${team === undefined ? "" : `of the team ${team} `}of the stack ${stack}`;
	}
	const tool = labels[MANAGED_BY] ?? managedFields[0]?.manager;
	return tool ? `made with ${tool}` : "made by somebody else";
}
