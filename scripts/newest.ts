import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copySources } from "./sources";

/** The versions of Node.js that people should have: https://nodejs.org/en/about/previous-releases */
const NODES = ["22", "24"];
const SDKS = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes", "@pulumi/eks", "@pulumi/policy"];
const UNIT = ["--parallel", "--timeout", "60s", "tests/!(e2e)/**/*.test.ts"];

/**
 * Runs the unit tests and the article's end-to-end test on current versions of Node.js, with the Pulumi SDKs of the day, in a copy of the
 * project. Arguments that are numbers choose versions of Node.js, others test files.
 */
function main(args: string[]): void {
	const versions = args.filter((arg) => /^\d+$/.test(arg));
	const files = args.filter((arg) => !versions.includes(arg));
	for (const version of versions.length > 0 ? versions : NODES) {
		const folder = mkdtempSync(path.join(tmpdir(), `eks-access-node-${version}-`));
		try {
			testWith(version, folder, files.length > 0 ? [files] : [UNIT, ["tests/e2e/article.test.ts"]]);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	}
}

function testWith(version: string, folder: string, runs: string[][]): void {
	copySources(folder);
	const run = (command: string, args: string[], env = process.env) =>
		execFileSync(command, args, { cwd: folder, env, stdio: "inherit" });
	const platform = process.platform === "win32" ? "win" : process.platform;
	const node = `node-${platform}-${process.arch}`;
	const newest = [...SDKS.map((sdk) => `${sdk}@latest`), `${node}@${version}`];
	run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-dev", ...newest]);
	const installed = SDKS.map((sdk) => {
		const text = readFileSync(path.join(folder, "node_modules", sdk, "package.json"), "utf8");
		return `${sdk} ${JSON.parse(text).version}`;
	});
	const bin = path.join(folder, "node_modules", node, "bin");
	const PATH = [bin, process.env.PATH].join(path.delimiter);
	for (const args of runs) {
		console.log(`Node.js ${version}, ${installed.join(", ")}: mocha ${args.join(" ")}`);
		run(path.join(bin, "node"), [path.join("node_modules", "mocha", "bin", "mocha.js"), ...args], {
			...process.env,
			PATH,
		});
	}
}

main(process.argv.slice(2));
