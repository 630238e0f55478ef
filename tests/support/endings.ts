const endings: (() => Promise<void>)[] = [];

/** Has something done after the last test of this run; with `--parallel`, of this file. */
export function atEnd(end: () => Promise<void>): void {
	endings.push(end);
}

/** Does it, what was begun last first. */
export async function endAll(): Promise<void> {
	for (const end of endings.splice(0).reverse()) {
		await end();
	}
}
