/** A statement of a policy as IAM stores it. */
export interface Statement {
	Effect: string;
	Action?: string | string[];
	NotAction?: string | string[];
	Resource?: string | string[];
	NotResource?: string | string[];
	/** Of a trust policy. */
	Principal?: string | Record<string, string | string[]>;
	NotPrincipal?: string | Record<string, string | string[]>;
	Condition?: Record<string, Record<string, unknown>>;
}

/** A policy document as IAM gives it, percent-encoded; undefined where there is none. */
export function decodePolicy(text: string | undefined): unknown {
	return text ? JSON.parse(decodeURIComponent(text)) : undefined;
}

/** The document of a managed policy that counts. */
export function defaultVersion({
	PolicyVersionList = [],
}: {
	PolicyVersionList?: { IsDefaultVersion?: boolean; Document?: string }[];
}): unknown {
	return decodePolicy(PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document);
}

export function statementsOf(document: unknown): Statement[] {
	return [(document as { Statement?: Statement | Statement[] } | undefined)?.Statement ?? []].flat();
}

/**
 * A policy document without the differences that IAM makes none of: a list of one is its item, a list has no order, and an empty
 * `Condition`, as the IAM console writes it, is none.
 */
function plain(value: unknown): unknown {
	if (Array.isArray(value)) {
		const items = value.map(plain);
		return items.length === 1
			? items[0]
			: items.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
	}
	return typeof value === "object" && value !== null
		? Object.fromEntries(
				Object.entries(value)
					.filter(([key, each]) => !(key === "Condition" && Object.keys(each).length === 0))
					.sort(([one], [other]) => (one < other ? -1 : 1))
					.map(([key, each]) => [key, plain(each)]),
			)
		: value;
}

export function samePolicy(one: unknown, other: unknown): boolean {
	return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

/** As IAM compares: `*` is anything, `?` one character. */
export function matches(pattern: string, text: string): boolean {
	const source = pattern
		.replace(/[.+^${}()|[\]\\]/g, "\\$&")
		.replaceAll("*", ".*")
		.replaceAll("?", ".");
	return new RegExp(`^${source}$`).test(text);
}
