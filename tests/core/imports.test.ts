import assert from "node:assert/strict";
import path from "node:path";
import madge from "madge";

describe("imports", function () {
	this.timeout("3m");

	it("form no circle, types included", async () => {
		const root = path.resolve(__dirname, "..", "..");
		const folders = ["core", "components", "cli", "policy", "provider", "sandbox", "scripts", "bench", "tests"];
		const graph = await madge(
			folders.map((folder) => path.join(root, folder)),
			{ baseDir: root, fileExtensions: ["ts"], excludeRegExp: [/node_modules/, /\.d\.ts$/] },
		);
		assert.ok(Object.keys(graph.obj()).length > 300, "the files were read");
		assert.deepEqual(graph.circular(), []);
	});
});
