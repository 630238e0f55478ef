import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

/** The engine that runs for this process, and the plugins that it leaves behind when it is killed. */
export class Engine {
	private orphans: number[] = [];

	/** Sends its process a signal, as Ctrl-C does (SIGINT), or the kernel that has run out of memory (SIGKILL). */
	signal(signal: "SIGINT" | "SIGKILL"): void {
		const all = processes();
		const engine = all.find(({ parent, command }) => parent === process.pid && command === "pulumi");
		assert.ok(engine, "an engine runs");
		const descendants = (of: number): number[] =>
			all.filter(({ parent }) => parent === of).flatMap(({ pid }) => [pid, ...descendants(pid)]);
		this.orphans.push(...descendants(engine.pid));
		process.kill(engine.pid, signal);
	}

	/** Ends the plugins that have not noticed. */
	endPlugins(): void {
		for (const pid of this.orphans) {
			try {
				process.kill(pid, "SIGKILL");
			} catch (error) {
				assert.equal((error as NodeJS.ErrnoException).code, "ESRCH", "it has ended by itself");
			}
		}
		this.orphans = [];
	}
}

function processes(): { pid: number; parent: number; command: string }[] {
	const lines = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" }).trim().split("\n");
	return lines.map((line) => {
		const [pid, parent, ...command] = line.trim().split(/\s+/);
		return { pid: Number(pid), parent: Number(parent), command: command.join(" ") };
	});
}
