import { execFileSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./installed-package";

/** Copies this project as a clone of it would be: what is committed or to be committed, and nothing that is installed. */
export function copySources(folder: string): void {
	const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
	const files = execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0").filter(Boolean);
	for (const file of files.filter((each) => existsSync(path.join(ROOT, each)))) {
		cpSync(path.join(ROOT, file), path.join(folder, file));
	}
}
