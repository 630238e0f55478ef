import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";

const ROOT = path.resolve(__dirname, "..");
const DIST = path.join(ROOT, "dist");

/** Packages stay packages, and `import()` of one stays lazy. */
const COMMON: BuildOptions = {
	absWorkingDir: ROOT,
	platform: "node",
	format: "cjs",
	target: "node20.19",
	packages: "external",
	// Node.js would take `import()` for that of an ES module, which finds no file without its extension.
	supported: { "dynamic-import": false },
	logLevel: "warning",
};

/** What the npm package holds: the library with types and source maps, the command `eks-access`, and the component provider. */
export async function buildPackage(): Promise<void> {
	rmSync(DIST, { recursive: true, force: true });
	await Promise.all([buildLibrary(), buildCommand()]);
	buildTypes();
	// What the public types do not refer to, such as the config's schema, and what nothing runs, such as the texts of the error reference.
	keepNeeded(".d.ts", ["components/index.d.ts"], /(?:from |import\()"(\.[^"]+)"/g);
	keepNeeded(
		".js",
		["components/index.js", "provider/index.js", "cli/index.js", "cli/in-browser.js"],
		/\brequire\("(\.[^"]+)"\)/g,
	);
}

/** A file each, so that stack traces and source maps name the component that they are about. */
async function buildLibrary(): Promise<void> {
	const library: BuildOptions = { ...COMMON, outdir: "dist", outbase: ".", minifyWhitespace: true };
	await Promise.all([
		// The sources themselves would be more than half of the package.
		build({
			...library,
			entryPoints: sources("components", "provider"),
			sourcemap: true,
			sourcesContent: false,
		}),
		build({ ...library, entryPoints: sources("core") }),
	]);
}

/** One small file: nobody imports it. What it uses of the library stays in its files. */
async function buildCommand(): Promise<void> {
	await build({
		...COMMON,
		entryPoints: ["cli/index.ts"],
		outfile: "dist/cli/index.js",
		bundle: true,
		minify: true,
		legalComments: "none",
		plugins: [libraryOutside],
	});
	for (const asset of ["in-browser.js", "style.css"]) {
		cpSync(path.join(ROOT, "cli", "html", asset), path.join(DIST, "cli", asset));
	}
}

const libraryOutside: Plugin = {
	name: "library-outside",
	setup({ onResolve }) {
		onResolve({ filter: /^\.\.?\/.*\b(core|components)(\/|$)/ }, ({ resolveDir, path: imported }) => ({
			path: `../${path.relative(ROOT, path.resolve(resolveDir, imported))}`,
			external: true,
		}));
	},
};

/** The compiler writes the types of every file. */
function buildTypes(): void {
	execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
		cwd: ROOT,
		stdio: "inherit",
	});
}

/** Removes the files with an extension that none of the entry points leads to, and their source maps. */
function keepNeeded(extension: string, entryPoints: string[], importing: RegExp): void {
	const needed = new Set<string>();
	const need = (file: string): void => {
		if (!needed.has(file) && existsSync(file)) {
			needed.add(file);
			for (const [, imported = ""] of readFileSync(file, "utf8").matchAll(importing)) {
				const target = path.resolve(path.dirname(file), imported);
				need(target + extension);
				need(path.join(target, `index${extension}`));
			}
		}
	};
	for (const file of entryPoints) {
		need(path.join(DIST, file));
	}
	for (const file of filesIn(DIST).filter((each) => each.endsWith(extension) && !needed.has(each))) {
		rmSync(file);
		rmSync(`${file}.map`, { force: true });
	}
}

function sources(...folders: string[]): string[] {
	return folders.flatMap((folder) => filesIn(path.join(ROOT, folder))).filter((file) => file.endsWith(".ts"));
}

function filesIn(folder: string): string[] {
	const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
	return names.map((name) => path.join(folder, name));
}

if (require.main === module) {
	buildPackage().catch((error: Error) => {
		console.error(error.message);
		process.exit(1);
	});
}
