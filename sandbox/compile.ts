import { join } from "node:path";
import { buildSync } from "esbuild";

/** Puts a folder's main.ts, with what it imports, into another as JavaScript, for a process that would take longer to load ts-node than to do its work. */
export function compile(from: string, to: string): void {
	buildSync({
		entryPoints: [join(from, "main.ts")],
		outfile: join(to, "main.js"),
		bundle: true,
		packages: "external",
		platform: "node",
		target: "node20.19",
		logLevel: "error",
	});
}
