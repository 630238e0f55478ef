import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { API, ROOT } from "./pages";

describe("the API reference", function () {
	this.timeout("2m");
	let folder: string;
	let said: string;

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), "api-reference-"));
		const typedoc = path.join(ROOT, "node_modules", "typedoc", "bin", "typedoc");
		said = execFileSync(process.execPath, [typedoc, "--out", folder], { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
	});

	after(() => rmSync(folder, { recursive: true, force: true }));

	it("is what the doc comments say: run `npm run docs` after a change of them", () => {
		assert.deepEqual(contents(path.join(ROOT, API)), contents(folder));
	});

	it("has a doc comment for everything that is public, and for each type that it speaks of", () => {
		assert.doesNotMatch(said, /warning/);
	});

	it("has every component, with what can be given to it and what it gives out", () => {
		const pages = contents(folder);
		for (const [page, text] of Object.entries(pages)) {
			if (page.startsWith("classes/") && /`ComponentResource`/.test(text)) {
				assert.match(text, /\| `args` \| \[/, page);
				assert.match(text, /## Properties/, page);
			}
		}
		assert.match(pages["classes/EksAccess.md"] as string, /### create\(\)/);
	});
});

function contents(folder: string): Record<string, string> {
	const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
	return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(folder, name), "utf8")]));
}
