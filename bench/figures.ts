/** A row of the table: what was measured, of this package and of what it is compared with. */
export interface Figure {
	what: string;
	ours: string;
	/** What it is compared with, and its figure. */
	other?: string;
	/** Of ours to the other's. */
	ratio?: number;
}

/** Runs all in turns, so that a busy moment of the machine meets each; the fastest counts, since others only ever add time. */
export async function fastest<Key extends string>(
	rounds: number,
	runs: Record<Key, () => Promise<number>>,
): Promise<Record<Key, number>> {
	const best = {} as Record<Key, number>;
	for (let round = 0; round < rounds; round++) {
		for (const [key, run] of Object.entries(runs) as [Key, () => Promise<number>][]) {
			best[key] = Math.min(best[key] ?? Number.POSITIVE_INFINITY, await run());
		}
	}
	return best;
}

/** Milliseconds that something takes. */
export async function timeOf(run: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await run();
	return performance.now() - start;
}

/** `1234` -> `1.23 s`. */
export function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** As GitHub shows it. */
export function markdownTable(figures: Figure[]): string {
	const rows = figures.map(({ what, ours, other = "", ratio }) => [what, ours, other, ratio?.toFixed(2) ?? ""]);
	const head = ["", "this package", "compared with", "ratio"];
	return [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows]
		.map((cells) => `| ${cells.join(" | ")} |`)
		.join("\n");
}
