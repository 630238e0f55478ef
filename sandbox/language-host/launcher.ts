import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { quoted } from "../../core/errors/escape";

export const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Puts the language host into a folder of the engine's plugins. */
export function writeLanguageHostLauncher(folder: string): void {
	const launcher = `#!/bin/sh\nexec env ENGINE_PID=$PPID ${tsNode(join(__dirname, "main.ts"))} "$@"\n`;
	writeFileSync(join(folder, LANGUAGE_HOST), launcher, { mode: 0o755 });
}

/** The words after `env` of a shell's command line that runs a TypeScript file of this project, in any folder. */
export function tsNode(file: string): string {
	const project = resolve(__dirname, "..", "..", "tsconfig.json");
	const command = [`TS_NODE_PROJECT=${project}`, process.execPath, "-r", require.resolve("ts-node/register"), file];
	return command.map(quoted).join(" ");
}
