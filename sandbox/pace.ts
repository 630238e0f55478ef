/** As if half a minute had gone by as expected: the first packages say little about the machine. */
const EXPECTED_SECONDS = 30;

/** How long several builds still take, by what is done so far and how long this machine took for it. */
export class Pace {
	private finished = 0;
	private readonly since: number;

	/** @param total Seconds that all builds are expected to take. */
	constructor(
		private readonly total: number,
		private readonly now: () => number = Date.now,
	) {
		this.since = now();
	}

	/** A build has ended that was expected to take so many seconds. */
	finish(expected: number): void {
		this.finished += expected;
	}

	/** @param expected Seconds that were expected for what is done of the running build. */
	left(expected = 0): string {
		const done = this.finished + expected;
		const slowness = ((this.now() - this.since) / 1000 + EXPECTED_SECONDS) / (done + EXPECTED_SECONDS);
		const minutes = Math.ceil(((this.total - done) * slowness) / 60);
		return minutes > 1 ? `about ${minutes} minutes` : "about a minute";
	}
}
