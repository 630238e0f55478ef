import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BUNDLE_FILE, bundleFile } from "../../../scripts/cleanup-bundle";

describe("the clean destroy's bundle", () => {
	it("is what its source says: run `npm run bundle` after a change of it", async () => {
		assert.equal(readFileSync(BUNDLE_FILE, "utf8"), await bundleFile());
	});

	it("holds no library, and nothing of this machine", () => {
		const text = readFileSync(BUNDLE_FILE, "utf8");
		const required = [...text.matchAll(/require\(\\"([^"\\]+)\\"\)/g)].map(([, name]) => name);
		assert.deepEqual([...new Set(required)].sort(), [
			"@kubernetes/client-node",
			"node:child_process",
			"node:fs",
			"node:net",
			"node:path",
			"yaml",
		]);
		assert.ok(!text.includes(process.cwd()));
	});
});
