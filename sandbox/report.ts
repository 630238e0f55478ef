/** Where the sandbox says what it does: what, how far, how long it took. */
export interface Report {
	/** A finished line. */
	note(text: string): void;
	/** Something that takes a while. */
	step(title: string, expectedSeconds?: number): Step;
}

export interface Step {
	/** How far it is, for example "412 of 1530 packages". */
	at(progress: string): void;
	done(detail?: string): void;
	failed(): void;
}

interface Running {
	title: string;
	expectedSeconds?: number;
	since: number;
	progress: string;
}

/** Without a terminal a running step says how far it is this often. */
const PLAIN_INTERVAL_MS = 30_000;
const LIVE_INTERVAL_MS = 500;

/** Live lines that tick on a terminal, plain lines elsewhere (a CI log, a file). */
export function terminalReport(stream: NodeJS.WriteStream = process.stderr): Report {
	const running = new Set<Running>();
	let drawn = 0;
	let timer: NodeJS.Timeout | undefined;

	const erase = () => {
		if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
		drawn = 0;
	};
	const draw = () => {
		if (!stream.isTTY) return;
		erase();
		for (const step of running) {
			stream.write(`${clip(describe(step), stream.columns || 80)}\n`);
			drawn++;
		}
	};
	const print = (line: string) => {
		if (stream.isTTY) erase();
		stream.write(`${line}\n`);
		draw();
	};
	const tick = () => {
		if (stream.isTTY) draw();
		else for (const step of running) print(describe(step));
	};
	const end = (step: Running, line: string) => {
		if (!running.delete(step)) return;
		if (running.size === 0 && timer) {
			clearInterval(timer);
			timer = undefined;
		}
		print(line);
	};

	return {
		note: print,
		step(title, expectedSeconds) {
			const step: Running = {
				title,
				expectedSeconds,
				since: Date.now(),
				progress: "",
			};
			running.add(step);
			if (!stream.isTTY && expectedSeconds !== undefined) print(describe(step));
			draw();
			timer ??= setInterval(tick, stream.isTTY ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS).unref();
			return {
				at(progress) {
					step.progress = progress;
				},
				done(detail) {
					const took = `${((Date.now() - step.since) / 1000).toFixed(1)} s`;
					end(step, `  ${title}: ${detail ? `${detail}, ` : ""}${took}`);
				},
				failed() {
					end(step, `  ${title}: failed after ${seconds(step)} s`);
				},
			};
		},
	};
}

function describe(step: Running): string {
	const usual = step.expectedSeconds ? ` (about ${step.expectedSeconds} s on 2 cores)` : "";
	return `  ${step.title}: ${seconds(step)} s${step.progress ? `, ${step.progress}` : usual}`;
}

function seconds(step: Running): number {
	return Math.round((Date.now() - step.since) / 1000);
}

/** A line that wraps would break the count of lines to erase. */
function clip(line: string, width: number): string {
	return line.length < width ? line : `${line.slice(0, width - 2)}…`;
}
