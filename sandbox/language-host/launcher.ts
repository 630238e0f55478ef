import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { quoted } from "../aws-plugin/launcher";

export const LANGUAGE_HOST = "pulumi-language-nodejs";

/** Puts the language host into the folder, for the engine to find on the PATH. */
export function writeLanguageHostLauncher(binDirectory: string): void {
	const launcher = join(binDirectory, LANGUAGE_HOST);
	const project = resolve(__dirname, "..", "..", "tsconfig.json");
	const command = [process.execPath, "-r", require.resolve("ts-node/register"), join(__dirname, "main.ts")];
	writeFileSync(launcher, `#!/bin/sh\nTS_NODE_PROJECT=${quoted(project)} exec ${command.map(quoted).join(" ")} "$@"\n`);
	chmodSync(launcher, 0o755);
}
