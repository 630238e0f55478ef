import { execFile } from "node:child_process";
import { spawnOwned } from "./processes";

export interface Outcome {
	code: number;
	stdout: string;
	/** stdout and stderr, as they came. */
	output: string;
}

export interface RunOptions {
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Gets each line as it comes. */
	onLine?: (line: string) => void;
}

/** Runs a command to its end; it ends with this process. A command that cannot be started has the code 127. */
export function runCommand(
	command: string,
	args: readonly string[],
	{ cwd, env, onLine }: RunOptions = {},
): Promise<Outcome> {
	return new Promise((resolve) => {
		const child = spawnOwned(command, args, {
			cwd,
			env,
			stdio: ["ignore", "pipe", "pipe"],
		});
		// Unlike a server it is waited for.
		child.ref();
		const outcome: Outcome = { code: 127, stdout: "", output: "" };
		let rest = "";
		const take = (text: string) => {
			outcome.output += text;
			const lines = (rest + text).split("\n");
			rest = lines.pop() ?? "";
			if (onLine) lines.forEach(onLine);
		};
		child.stdout?.setEncoding("utf8").on("data", (text: string) => {
			outcome.stdout += text;
			take(text);
		});
		child.stderr?.setEncoding("utf8").on("data", take);
		child.once("error", (error) => {
			outcome.output += error.message;
			resolve(outcome);
		});
		child.once("close", (code) => {
			outcome.code = code ?? 1;
			resolve(outcome);
		});
	});
}

/** The output of a short command, undefined if it cannot be run or fails. */
export function ask(
	command: string,
	args: readonly string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string | undefined> {
	return new Promise((resolve) => {
		execFile(command, args, { ...options, timeout: 20_000 }, (error, stdout, stderr) =>
			resolve(error ? undefined : `${stdout}${stderr}`.trim()),
		);
	});
}

/** The end of a command's output, for an error message. */
export function tail(output: string, count = 15): string {
	const lines = output.trimEnd().split("\n").slice(-count);
	return lines.map((line) => `  | ${line}`).join("\n");
}
