import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { goProgram } from "./go-program";

/** What aws-iam-authenticator's own parser reads in the data of an aws-auth ConfigMap. */
export interface Reading {
	roles: { rolearn: string; username: string; groups: string[] | null; userid?: string }[] | null;
	users: { userarn: string; username: string; groups: string[] | null; userid?: string }[] | null;
	accounts: string[] | null;
	/** What it logs when it drops something. */
	error?: string;
}

export interface Judge {
	read(data: Record<string, string>): Promise<Reading>;
	close(): void;
}

/** Builds the judge once, into the sandbox's cache, and starts it. Throws where there is no Go. */
export async function startJudge(): Promise<Judge> {
	const process = spawn(await goProgram("judge", join(__dirname, "judge")), { stdio: ["pipe", "pipe", "inherit"] });
	const waiting: { resolve: (reading: Reading) => void; reject: (error: Error) => void }[] = [];
	createInterface({ input: process.stdout }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
	process.on("close", (code) => {
		for (const { reject } of waiting.splice(0)) {
			reject(new Error(`the judge ended with code ${code}`));
		}
	});
	keepAlive(process, false);
	return {
		read(data) {
			keepAlive(process, true);
			const reading = new Promise<Reading>((resolve, reject) => waiting.push({ resolve, reject }));
			process.stdin.write(`${JSON.stringify({ data })}\n`);
			return reading.finally(() => keepAlive(process, waiting.length > 0));
		},
		close: () => process.stdin.end(),
	};
}

/** For a suite's `before`: the judge, or the suite is skipped where there is no Go to build it; fails where CI=true. */
export async function judgeOrSkip(context: Mocha.Context): Promise<Judge> {
	try {
		return await startJudge();
	} catch (error) {
		if (process.env.CI === "true") {
			throw error;
		}
		console.log(`skipped: needs Go to build the judge (${(error as Error).message})`);
		return context.skip();
	}
}

/** What the authenticator drops one by one; anything else makes it drop the whole key. */
export function dropsAll({ error }: Reading): boolean {
	return (
		error !== undefined && (!error.includes("json: cannot unmarshal") || /into Go value of type \[\]config/.test(error))
	);
}

/** A judge that nobody waits for does not keep the tests running. */
function keepAlive(process: ChildProcess, alive: boolean): void {
	for (const handle of [process, process.stdin, process.stdout] as { ref?(): void; unref?(): void }[]) {
		alive ? handle.ref?.() : handle.unref?.();
	}
}
