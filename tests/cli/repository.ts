import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { eksAccess, environment, temporaryFolder, temporaryProject, writeFiles } from "./command";

export const SIMPLE = { cluster: "c", namespaces: ["prod", "dev"], users: ["jane", "joe"] };

export interface Repository {
	folder: string;
	git(...args: string[]): string;
	commit(files: Record<string, string>, message?: string): void;
}

/** A repository with the project in a folder of it, on the branch main. */
export function repository(files: Record<string, string>, subfolder = "."): Repository {
	const root = temporaryFolder();
	const folder = path.join(root, subfolder);
	mkdirSync(folder, { recursive: true });
	const git = (...args: string[]) => execFileSync("git", args, { cwd: root, env: environment(), encoding: "utf8" });
	git("init", "--quiet", "-b", "main");
	git("config", "user.name", "Test");
	git("config", "user.email", "test@example.com");
	const commit = (changed: Record<string, string>, message = "change") => {
		writeFiles(folder, changed);
		git("add", "-A");
		git("commit", "--quiet", "-m", message);
	};
	temporaryProject({}, folder);
	commit(files, "start");
	return { folder, git, commit };
}

export async function json(cwd: string, ...args: string[]) {
	const { stdout, stderr } = await eksAccess(["diff", "--format", "json", ...args], { cwd });
	assert.equal(stderr, "");
	return JSON.parse(stdout);
}
