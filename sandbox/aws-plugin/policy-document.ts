import { isDeepStrictEqual } from "node:util";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Whether two policy documents mean the same: whitespace, order, one value against a list of one, and a condition that says nothing (as
 * the IAM console writes it) do not count.
 */
export function equivalent(one: string, other: string): boolean {
	return one === other || canonical(one) === canonical(other);
}

function canonical(document: string): string {
	try {
		return JSON.stringify(normal(JSON.parse(document)));
	} catch {
		return document;
	}
}

function normal(value: Json): Json {
	if (Array.isArray(value)) {
		const items = value.map(normal);
		items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
		const [first] = items;
		return items.length === 1 && first !== undefined ? first : items;
	}
	if (typeof value === "object" && value !== null) {
		return Object.fromEntries(
			Object.entries(value)
				.filter(([key, inner]) => !(key === "Condition" && isDeepStrictEqual(inner, {})))
				.sort(([a], [b]) => (a < b ? -1 : 1))
				.map(([key, inner]) => [key, normal(inner)]),
		);
	}
	return value;
}
