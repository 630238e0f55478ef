import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeCommands } from "../../sandbox/environment";
import { parts, programsOf } from "../../sandbox/parts";
import type { Toolchain } from "../../sandbox/toolchain";

describe("the commands of the sandbox", function () {
	this.timeout("1m");
	let folder: string;

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), "eks-access-commands-"));
	});

	after(() => rmSync(folder, { recursive: true }));

	it("are built for the first start if the article needs them: all but the YAML language host and the SDK generator", () => {
		const onDemand = parts().filter((part) => part.onDemand);
		assert.deepEqual(onDemand.flatMap(programsOf), ["pulumi-language-yaml", "generate-sdk"]);
	});

	it("that are not built yet are built when they are first run, and only then", () => {
		const built = path.join(folder, "built");
		const programs = new Proxy(
			{},
			{ get: (_, name) => ({ path: name === "generate-sdk" ? built : process.execPath }) },
		);
		const command = path.join(writeCommands(folder, { programs, venv: "" } as Toolchain), "generate-sdk");
		// No folder can be made below a file: the build ends with its first step.
		const env = { ...process.env, EKS_ACCESS_SANDBOX_CACHE: path.join(__filename, "cache") };
		const run = () => spawnSync(command, ["go"], { cwd: folder, env, encoding: "utf8" });

		const failed = run();
		assert.match(failed.stderr, /cache folder .*commands\.test\.ts\/cache cannot be made/);
		assert.deepEqual([failed.status, failed.stdout], [1, ""]);

		writeFileSync(built, "#!/bin/sh\necho built for $1\n", { mode: 0o755 });
		const { stdout, stderr } = run();
		assert.deepEqual([stdout, stderr], ["built for go\n", ""]);
	});
});
