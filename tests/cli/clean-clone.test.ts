import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ARTICLE, eksAccess, stackFile, temporaryFolder, temporaryProject, writeFiles } from "./command";

describe("matrix, diff and doctor --file on a clean clone", () => {
	/** Counts what is loaded, and ends the process if it looks for the network. */
	const WATCH = `
const { Socket } = require("node:net");
Socket.prototype.connect = () => { process.stderr.write("NETWORK"); process.exit(99); };
require("node:dns").lookup = () => { process.stderr.write("NETWORK"); process.exit(99); };
process.on("exit", () => require("node:fs").writeFileSync(process.env.LOADED, Object.keys(require.cache).join("\\n")));
`;
	let folder: string;
	let cwd: string;

	before(() => {
		folder = temporaryFolder();
		cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(ARTICLE) });
		writeFileSync(path.join(folder, "watch.js"), WATCH);
		// Of all commands only git: no pulumi, no aws, no kubectl.
		mkdirSync(path.join(folder, "bin"));
		symlinkSync(execFileSync("which", ["git"], { encoding: "utf8" }).trim(), path.join(folder, "bin", "git"));
		const git = (...args: string[]) => execFileSync("git", args, { cwd, stdio: "ignore" });
		git("init", "-b", "main");
		git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--allow-empty", "-m", "empty");
		writeFiles(folder, { "roles.yaml": "- rolearn: arn:aws:iam::123456789012:role/a\n  username: a\n  groups: [x]\n" });
	});

	for (const args of [
		["matrix"],
		["matrix", "--format", "html"],
		["diff", "--format", "markdown"],
		["doctor", "--file", "roles.yaml"],
	]) {
		it(`eks-access ${args.join(" ")}: no network, no Pulumi, no AWS SDK, no Kubernetes client`, async () => {
			const loaded = path.join(folder, "loaded.txt");
			const { stderr, code } = await eksAccess(
				args.map((each) => (each.endsWith(".yaml") ? path.join(folder, each) : each)),
				{
					cwd,
					env: {
						PATH: path.join(folder, "bin"),
						NODE_OPTIONS: `--require ${path.join(folder, "watch.js")}`,
						LOADED: loaded,
					},
				},
			);
			assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
			const modules = readFileSync(loaded, "utf8").split("\n");
			assert.ok(modules.length > 20, "the modules were counted");
			assert.deepEqual(
				modules.filter((file) => /node_modules\/(@pulumi|@aws-sdk|@smithy|@kubernetes|@grpc)\//.test(file)),
				[],
			);
		});
	}

	it("eks-access matrix takes less than a second", async function () {
		this.timeout(60_000);
		const used = path.join(folder, "cpu.json");
		const watch =
			'process.on("exit", () => require("node:fs").writeFileSync(process.env.USED, JSON.stringify(process.cpuUsage())));';
		writeFileSync(path.join(folder, "cpu.js"), watch);
		const start = performance.now();
		await eksAccess(["matrix"], {
			cwd,
			env: { NODE_OPTIONS: `--require ${path.join(folder, "cpu.js")}`, USED: used },
		});
		const elapsed = performance.now() - start;
		const { user, system } = JSON.parse(readFileSync(used, "utf8"));
		const computing = (user + system) / 1000;
		console.log(`      ${Math.round(elapsed)} ms, of which ${Math.round(computing)} ms computing`);
		// It waits for nothing but the disk; how long it waits for a processor is the machine's affair.
		assert.ok(computing < 1000, `${computing} ms`);
	});
});
