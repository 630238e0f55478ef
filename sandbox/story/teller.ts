import { spawn } from "node:child_process";
import { styleText } from "node:util";

/** What a command did. */
export interface Outcome {
	command: string;
	/** stdout and stderr as they came. */
	output: string;
	exitCode: number;
}

/** Where a story is told: a terminal, or nowhere until something fails. */
export interface Teller {
	/** Text as it comes, such as the engine's progress. */
	write(text: string): void;
	/** A paragraph. */
	say(text: string): void;
	/** A check that held. */
	held(text: string): void;
}

/** Thrown where a step did not hold; the message says what was expected and what came. */
export class BrokenPromise extends Error {}

export function terminalTeller(stream: NodeJS.WriteStream = process.stdout): Teller {
	return {
		write: (text) => stream.write(text),
		say: (text) => stream.write(`${text}\n`),
		held: (text) => stream.write(`${colour("green", "✓")} ${text}\n`),
	};
}

/** Keeps everything, for the error report of a test. */
export function recordingTeller(): Teller & { text: () => string } {
	const parts: string[] = [];
	return {
		write: (text) => void parts.push(text),
		say: (text) => void parts.push(`${text}\n`),
		held: (text) => void parts.push(`✓ ${text}\n`),
		text: () => parts.join(""),
	};
}

export function colour(format: Parameters<typeof styleText>[0], text: string): string {
	return process.stdout.isTTY && !process.env.NO_COLOR ? styleText(format, text) : text;
}

/** Runs a command line as somebody, shows it with its output, and hands back what it did. */
export async function run(teller: Teller, command: string, env: NodeJS.ProcessEnv, cwd?: string): Promise<Outcome> {
	teller.say(colour("bold", `$ ${command}`));
	const child = spawn("sh", ["-c", command], { env, cwd, stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text: string) => {
			output += text;
			teller.write(text);
		});
	}
	const exitCode = await new Promise<number>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) => resolve(code ?? (signal ? 128 : 1)));
	});
	return { command, output, exitCode };
}

/** That a command ended as it should, and that its output says what it should. */
export function expectOutcome(
	teller: Teller,
	promise: string,
	outcome: Outcome,
	expected: { fails?: boolean; says?: RegExp },
): void {
	const failed = outcome.exitCode !== 0;
	if (failed !== (expected.fails ?? false)) {
		throw new BrokenPromise(
			`${promise}: ${outcome.command} was expected to ${expected.fails ? "be refused" : "work"}, ` +
				`but ended with exit code ${outcome.exitCode}:\n${outcome.output}`,
		);
	}
	if (expected.says && !expected.says.test(outcome.output)) {
		throw new BrokenPromise(`${promise}: ${outcome.command} was expected to say ${expected.says}:\n${outcome.output}`);
	}
	teller.held(promise);
}

export function expect(teller: Teller, promise: string, holds: boolean, found: unknown = ""): void {
	if (!holds) {
		throw new BrokenPromise(`${promise}: found ${typeof found === "string" ? found : JSON.stringify(found)}`);
	}
	teller.held(promise);
}
