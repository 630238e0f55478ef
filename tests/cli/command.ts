import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export const PROJECT = path.resolve(__dirname, "..", "..");
export const PROGRAM = path.join(PROJECT, "bin", "eks-access.js");

export interface Ended {
	stdout: string;
	stderr: string;
	code: number | null;
}

export interface Surroundings {
	cwd?: string;
	/** Besides PATH and an empty HOME: nothing of the developer's own, no credentials, no Pulumi. */
	env?: Record<string, string>;
	input?: string;
}

const folders: string[] = [];

// Not after the tests of one file: several share this module.
process.on("exit", () => {
	for (const folder of folders) {
		rmSync(folder, { recursive: true, force: true });
	}
});

export function temporaryFolder(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "eks-access-cli-"));
	folders.push(folder);
	return folder;
}

/** A Pulumi project of its own: the usual Pulumi.yaml, and the given files. */
export function temporaryProject(files: Record<string, string>, folder = temporaryFolder()): string {
	writeFiles(folder, { "Pulumi.yaml": "name: eks-access\nruntime: nodejs\n", ...files });
	return folder;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
		writeFileSync(path.join(folder, name), text);
	}
}

/** The article's config. */
export const ARTICLE = { cluster: "prod-eks-cluster", namespaces: ["prod", "dev"], users: ["jane", "joe"] };

/** A stack's file with these keys of the project. */
export function stackFile(config: object): string {
	const keyed = Object.fromEntries(Object.entries(config).map(([key, value]) => [`eks-access:${key}`, value]));
	return JSON.stringify({ config: { "aws:region": "eu-west-1", ...keyed } }, null, 2);
}

const home = temporaryFolder();

export function environment(env: Record<string, string> = {}): Record<string, string> {
	return { PATH: process.env.PATH ?? "", HOME: home, ...env };
}

/** Runs the command as a user does. */
export function eksAccess(args: string[], { cwd = PROJECT, env, input }: Surroundings = {}): Promise<Ended> {
	return run(process.execPath, [PROGRAM, ...args], { cwd, env, input });
}

export function run(command: string, args: string[], { cwd, env, input }: Surroundings): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd, env: environment(env) });
		const output = { stdout: "", stderr: "" };
		for (const stream of ["stdout", "stderr"] as const) {
			child[stream].setEncoding("utf8").on("data", (text) => {
				output[stream] += text;
			});
		}
		child.on("error", reject);
		child.on("close", (code) => resolve({ ...output, code }));
		child.stdin.end(input ?? "");
	});
}
