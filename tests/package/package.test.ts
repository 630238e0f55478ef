import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { installedPackage, type Packed, packedPackage, ROOT } from "../../scripts/installed-package";
import { readPage } from "../docs/pages";

const run = promisify(execFile);

/** Bytes of the package as npm downloads it; its documentation is a third of them. */
const BUDGET = 450_000;

describe("the npm package", function () {
	this.timeout("10m");
	let packed: Packed;

	before(async () => {
		packed = await packedPackage();
	});

	it(`is smaller than ${BUDGET / 1000} kB`, () => {
		assert.ok(packed.size < BUDGET, `${packed.size} bytes`);
	});

	it("holds what runs, its types and its license, and neither sources nor tests", () => {
		for (const file of ["LICENSE", "README.md", "CHANGELOG.md", "bin/eks-access.js", "dist/components/index.d.ts"]) {
			assert.ok(packed.files.includes(file), file);
		}
		const others = packed.files
			.filter((file) => !file.startsWith("examples/"))
			.filter((file) => /(?<!\.d)\.ts$|^(tests|sandbox|node_modules)\//.test(file));
		assert.deepEqual(others, []);
	});

	it("has no dead link: every page, also of the API, leads to files of the package", () => {
		const pages = packed.files.filter((file) => file.endsWith(".md"));
		assert.ok(pages.includes("docs/tutorial.md"));
		for (const page of pages) {
			const { links } = readPage(page, readFileSync(path.join(ROOT, page), "utf8"));
			for (const link of links.filter((each) => !/^(https:|#)/.test(each))) {
				const target = path.join(path.dirname(page), link.replace(/#.*/, "")).replace(/\/$/, "");
				const isThere = packed.files.some((file) => file === target || file.startsWith(`${target}/`));
				assert.ok(isThere, `${page}: ${link} is not in the package`);
			}
		}
	});

	it("has a map to its source for every file of the library", () => {
		for (const file of packed.files.filter((each) => /^dist\/(components|provider)\/.*\.js$/.test(each))) {
			assert.ok(packed.files.includes(`${file}.map`), file);
			const { sources } = JSON.parse(readFileSync(path.join(ROOT, `${file}.map`), "utf8"));
			assert.ok(existsSync(path.resolve(ROOT, path.dirname(file), sources[0])), sources[0]);
		}
	});

	// What the two find is on stdout, and in the error's message.
	it("has nothing that publint finds", async () => {
		await run(command("publint"), ["run", packed.file, "--strict"]);
	});

	it("has types that every way of importing understands, says are-the-types-wrong", async () => {
		await run(command("attw"), [packed.file, "--no-emoji", "--format", "table-flipped"]);
	});

	describe("installed into an empty project with the Pulumi SDKs", () => {
		let folder: string;

		before(async () => {
			folder = await installedPackage();
		});

		const node = (...args: string[]) => run(process.execPath, args, { cwd: folder });

		it("is required, and imported by an ES module, by the same names", async () => {
			const names =
				"console.log(JSON.stringify(Object.keys(it).filter(n => n !== 'default' && n !== 'module.exports').sort()))";
			const required = await node("-e", `const it = require("pulumi-eks-access"); ${names}`);
			const imported = await node("--input-type=module", "-e", `import * as it from "pulumi-eks-access"; ${names}`);
			assert.equal(imported.stdout, required.stdout);
			assert.ok(JSON.parse(required.stdout).includes("EksAccess"), required.stdout);
			await node("--input-type=module", "-e", 'import { EksAccess } from "pulumi-eks-access"; EksAccess.create.call');
		});

		describe("type-checks with its users' programs, which need no @pulumi/eks", () => {
			before(() => {
				writeFileSync(
					path.join(folder, "use.ts"),
					'import { EksAccess, type TeamArgs } from "pulumi-eks-access";\n' +
						'const teams: TeamArgs[] = [{ name: "shop", namespaces: ["shop"], users: ["jane"] }];\n' +
						'export const { roleArns } = new EksAccess("access", { cluster: "prod", teams });\n' +
						"// @ts-expect-error\n" +
						'new EksAccess("access", { cluster: "prod", teams: [{ namespaces: ["shop"] }] });\n' +
						"// @ts-expect-error\n" +
						'new EksAccess("access", { cluster: 42, teams });\n' +
						"// @ts-expect-error\n" +
						'new EksAccess("access", { cluster: { eksCluster: "prod" }, teams });\n',
				);
			});

			const SKIP = "--skipLibCheck";
			for (const [typescript, module, resolution, ...options] of [
				["typescript", "commonjs", "node10", SKIP],
				["typescript", "nodenext", "nodenext", SKIP],
				["typescript", "esnext", "bundler", SKIP],
				// As `pulumi new typescript` has it.
				["typescript", "commonjs", "node10"],
				["typescript-6", "nodenext", "nodenext"],
			] as const) {
				it(`${typescript}, ${module} ${options.join(" ")}`, async () => {
					const tsc = path.join(folder, "node_modules", typescript, "bin", "tsc");
					const strict = ["--noEmit", "--strict", "--target", "es2022", "--types", "node"];
					try {
						await node(tsc, ...strict, "--module", module, "--moduleResolution", resolution, ...options, "use.ts");
					} catch (error) {
						assert.fail((error as { stdout: string }).stdout);
					}
				});
			}
		});

		it("brings the command eks-access", async () => {
			const { stdout } = await node(path.join("node_modules", ".bin", "eks-access"), "--version");
			const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
			assert.equal(stdout.trim(), version);
		});

		it("loads no part of @pulumi/eks, of the AWS SDK or of the Kubernetes client until it is used", async () => {
			const { stdout } = await node(
				"-e",
				'require("pulumi-eks-access"); console.log(Object.keys(require.cache).join("\\n"))',
			);
			assert.doesNotMatch(stdout, /node_modules\/(@pulumi\/eks|@aws-sdk|@kubernetes\/client-node)\//);
		});
	});
});

/** A program of the project's own development dependencies. */
function command(name: string): string {
	return path.join(ROOT, "node_modules", ".bin", name);
}
