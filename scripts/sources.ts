import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { ROOT } from "../../scripts/installed-package";

/** Copies this project as a clone of it would be: what is committed or to be committed, and nothing that is installed. */
export function copySources(folder: string): void {
	mkdirSync(folder, { recursive: true });
	const files = "git ls-files --cached --others --exclude-standard";
	execFileSync("sh", ["-c", `${files} | tar -cf - -T - | tar -xf - -C ${folder}`], { cwd: ROOT });
}
