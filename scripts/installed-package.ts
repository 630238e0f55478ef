import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { OWN_ENVIRONMENT as env } from "../sandbox/own-environment";

export const ROOT = path.resolve(__dirname, "..");

const run = promisify(execFile);

/** What `npm pack` says of a package. */
export interface Packed {
	/** Path of the package. */
	file: string;
	/** Bytes, as it is downloaded. */
	size: number;
	files: string[];
}

let packing: Promise<Packed> | undefined;
let installing: Promise<string> | undefined;

/** The package as it would be published, built once a run. */
export function packedPackage(): Promise<Packed> {
	packing ??= pack();
	return packing;
}

/** A folder with nothing in it but the package and the Pulumi SDKs, in the versions that this project has, and TypeScript 6 beside its own; installed once a run. */
export function installedPackage(): Promise<string> {
	installing ??= install();
	return installing;
}

async function pack(): Promise<Packed> {
	const folder = temporaryFolder("package");
	const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: ROOT, env });
	// What the build prints comes first.
	const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as [
		{ filename: string; size: number; files: { path: string }[] },
	];
	return {
		file: path.join(folder, packed.filename),
		size: packed.size,
		files: packed.files.map((each) => each.path),
	};
}

async function install(): Promise<string> {
	const { file } = await packedPackage();
	const folder = temporaryFolder("installed");
	const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8"));
	const installed = Object.fromEntries(
		["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes", "typescript", "@types/node"].map((name) => [
			name,
			packages[`node_modules/${name}`].version,
		]),
	);
	const dependencies = { ...installed, "typescript-6": "npm:typescript@6.0.3" };
	writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", private: true, dependencies }));
	const install = () =>
		run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", file], {
			cwd: folder,
			env,
			maxBuffer: 1 << 24,
		});
	// What npm could not fetch from the registry it reports as a conflict; it is asked once more.
	await install().catch(install);
	return folder;
}

function temporaryFolder(name: string): string {
	const folder = mkdtempSync(path.join(tmpdir(), `eks-access-${name}-`));
	process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}
