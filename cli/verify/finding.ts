/** Where access is given: the cluster's way in, IAM, namespaces and RBAC; `access` is what the API server says in the end. */
export const LAYERS = ["cluster", "iam", "aws-auth", "access-entries", "namespaces", "rbac", "access"] as const;
export type Layer = (typeof LAYERS)[number];

/** A difference between what the config gives and what is there. */
export interface Finding {
	/** `missing`: somebody has less than they should; `extra`: more; `drifted`: other. */
	kind: "missing" | "extra" | "drifted";
	layer: Layer;
	/** Whom or what it is about, for example `role shop-role`, or an ARN. */
	subject: string;
	/** What was found, and what should be. */
	message: string;
}

/** Findings of one layer about one subject. */
export function about(layer: Layer, subject: string) {
	const of =
		(kind: Finding["kind"]) =>
		(message: string): Finding => ({ kind, layer, subject, message });
	return { missing: of("missing"), extra: of("extra"), drifted: of("drifted") };
}

/** What is in one list and not in the other. */
export function without<T>(list: readonly T[], others: readonly T[]): T[] {
	return list.filter((each) => !others.includes(each));
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
	return without(one, other).length === 0 && without(other, one).length === 0;
}

/** `a, b, c and 4 more`. */
export function listed(values: readonly string[], most = 6): string {
	const shown = values.slice(0, most).join(", ");
	return values.length > most ? `${shown} and ${values.length - most} more` : shown || "none";
}
