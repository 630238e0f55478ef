import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** How long a change may take to show: the API server keeps the authenticator's and the authorizers' answers for a second. */
const TIMEOUT_MS = 30_000;
const READS =
	/^(kubectl (get|auth|describe)|aws \S+ (list|describe|get)-|npx -p pulumi-eks-access eks-access (verify|whoami))/;
const END = "the command has ended:";

/** What the page's `pulumi` does without a person at the keyboard. The page has shown its preview just before. */
const PULUMI = `pulumi() {
	case "$1" in
	up | destroy) command pulumi "$@" --yes --skip-preview ;;
	*) command pulumi "$@" ;;
	esac
}`;

export interface Ended {
	output: string;
	exitCode: number;
}

/** One person's shell for the whole of a page: what a line sets, the next one has. */
export class DocsSession {
	private readonly shell: ChildProcess;
	private output = "";

	constructor(environment: NodeJS.ProcessEnv, folder: string) {
		// Within the page's own `sh` a shell has to read line by line from a pipe, as bash does and dash does not.
		const bin = path.join(folder, "shell");
		if (!existsSync(bin)) {
			mkdirSync(bin);
			symlinkSync("/bin/bash", path.join(bin, "sh"));
		}
		const env = {
			...environment,
			PATH: `${bin}${path.delimiter}${environment.PATH}`,
			PULUMI_SKIP_CONFIRMATIONS: "true",
		};
		this.shell = spawn("bash", ["--noprofile", "--norc"], { env, cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
		this.shell.stdout?.setEncoding("utf8").on("data", (text: string) => {
			this.output += text;
		});
		this.shell.stdin?.write(`exec 2>&1\n${PULUMI}\n`);
	}

	/** Runs a line until it ends; one that only reads, until it ends well and shows what it should. */
	async run(line: string, isRight: (ended: Ended) => boolean): Promise<Ended> {
		const deadline = Date.now() + TIMEOUT_MS;
		for (;;) {
			const ended = await this.once(line);
			if (isRight(ended) || !READS.test(line) || Date.now() > deadline) {
				return ended;
			}
			await delay(500);
		}
	}

	stop(): void {
		this.shell.kill();
	}

	private async once(line: string): Promise<Ended> {
		this.output = "";
		this.shell.stdin?.write(`${line}\nprintf '\\n${END}%s\\n' $?\n`);
		for (;;) {
			const end = new RegExp(`\\n${END}(\\d+)\\n$`).exec(this.output);
			if (end) {
				return { output: this.output.slice(0, end.index), exitCode: Number(end[1]) };
			}
			if (this.shell.exitCode !== null) {
				throw new Error(`the shell ended with: ${line}\n${this.output}`);
			}
			await delay(20);
		}
	}
}

/** Whether a command's output is what a page shows: `…` stands for anything, a line of it for any number of lines. */
export function isShown(shown: string, output: string): boolean {
	const lines = linesOf(shown).map((line) =>
		line === "…" ? "(?:.*\n)*?" : `${line.split("…").map(literally).join(".*")}\n`,
	);
	return new RegExp(`^${lines.join("")}$`).test(`${linesOf(output).join("\n")}\n`);
}

/** Columns are as wide as what is in them. */
function linesOf(text: string): string[] {
	return text
		.trimEnd()
		.split("\n")
		.map((line) => line.trim().replaceAll(/\s+/g, " "));
}

function literally(text: string): string {
	return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
