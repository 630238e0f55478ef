/** Runs work, at most `limit` pieces at a time; the first one that fails ends the rest before it begins. */
export function atATime(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
	const waiting: (() => void)[] = [];
	let running = 0;
	let failed: { error: unknown } | undefined;
	return async (work) => {
		while (running >= limit) {
			await new Promise<void>((resolve) => waiting.push(resolve));
		}
		running++;
		try {
			if (failed) {
				throw failed.error;
			}
			return await work();
		} catch (error) {
			failed ??= { error };
			throw error;
		} finally {
			running--;
			waiting.shift()?.();
		}
	};
}
