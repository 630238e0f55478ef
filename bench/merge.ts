import { mergeMap } from "../core/aws-auth/map";
import type { Figure } from "./figures";

/** How many times each size is merged; the fastest counts, since a shared machine only ever adds time. */
const ROUNDS = 40;
const ENTRIES = [10, 100, 1000, 5000];

function entry(name: string, padding = ""): string {
	return `- groups:\n  - ${name}\n  rolearn: arn:aws:iam::293759796572:role/${name}\n  username: ${name}${padding}\n`;
}

function mapOf(entries: number, bytes = 0): string {
	const plain = Array.from({ length: entries }, (_, at) => entry(`role-${at}`)).join("");
	const padding = Math.max(0, Math.floor((bytes - plain.length) / entries) - " # ".length);
	return Array.from({ length: entries }, (_, at) =>
		entry(`role-${at}`, padding > 0 ? ` # ${"x".repeat(padding)}` : ""),
	).join("");
}

function fastest(text: string): number {
	const desired = [{ roleArn: "arn:aws:iam::293759796572:role/ours", username: "ours", groups: ["ours"] }];
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		mergeMap(text, { key: "mapRoles", remove: new Set(), desired });
		best = Math.min(best, performance.now() - start);
	}
	return best;
}

/** Merge time by number of entries, and for a map as large as a ConfigMap can be. */
export function benchMerge(): Figure[] {
	// The first merges are slow until the code is compiled.
	fastest(mapOf(1000));
	return [
		...ENTRIES.map((entries) => [`${entries} entries`, mapOf(entries)] as const),
		["5000 entries, 1 MiB", mapOf(5000, 1024 * 1024 - 1024)] as const,
	].map(([map, text]) => ({
		what: `merge of one entry into an aws-auth of ${map}`,
		ours: `${fastest(text).toFixed(2)} ms`,
	}));
}
