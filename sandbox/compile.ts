import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** Puts a folder's TypeScript into another as JavaScript, for a process that would take longer to load ts-node than to do its work. */
export function compile(from: string, to: string): void {
	mkdirSync(to, { recursive: true });
	for (const file of readdirSync(from)) {
		if (file.endsWith(".json")) copyFileSync(join(from, file), join(to, file));
		if (!file.endsWith(".ts")) continue;
		const { outputText } = ts.transpileModule(readFileSync(join(from, file), "utf8"), {
			compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
		});
		writeFileSync(join(to, file.replace(/\.ts$/, ".js")), outputText);
	}
}
