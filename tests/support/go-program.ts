import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, ensureEntry } from "../../sandbox/cache";
import { ensureGo, goEnvironment } from "../../sandbox/go-build";
import { terminalReport } from "../../sandbox/report";
import { ensureVenv, findPython } from "../../sandbox/venv";

/**
 * Builds a program from a folder with a go.mod, once, into the sandbox's cache, and answers its path.
 *
 * @param name What the program is called.
 * @param source The folder.
 * @param target What to build there; default: the folder's own main.go.
 */
export async function goProgram(name: string, source: string, target = "."): Promise<string> {
	const sources = ["main.go", "go.mod", "go.sum"].map((file) => join(source, file)).filter((file) => existsSync(file));
	const texts = sources.map((file) => readFileSync(file, "utf8"));
	const hash = createHash("sha256").update(texts.join("\0")).digest("hex").slice(0, 12);
	const entry = join(cacheFolder(), `${name}-${hash}`);
	await ensureEntry({
		entry,
		waiting: () => undefined,
		make: async (folder) => {
			await promisify(execFile)(await goCommand(source), ["build", "-trimpath", "-o", join(folder, name), target], {
				cwd: source,
				env: goEnvironment(),
			});
		},
	});
	return join(entry, name);
}

/** The path of a Go that builds the module in a folder. */
export function goCommand(module: string): Promise<string> {
	const cache = cacheFolder();
	const report = terminalReport();
	const venv = findPython().then((python) => ensureVenv(cache, python, report));
	return ensureGo(module, { cache, venv, report });
}
