import { execFileSync } from "node:child_process";
import path from "node:path";
import { buildPackage } from "../scripts/build";
import { type Figure, fastest } from "./figures";

const ROUNDS = 15;
const ROOT = path.resolve(__dirname, "..");
const SDKS = ["@pulumi/pulumi", "@pulumi/aws", "@pulumi/kubernetes"];

/** What importing the built package adds to the import of the SDKs, each in a process of its own. */
export async function benchImport(): Promise<Figure[]> {
	await buildPackage();
	const { sdks, ours } = await fastest(ROUNDS, {
		sdks: async () => importTime(SDKS),
		ours: async () => importTime([...SDKS, "./dist/components/index.js"]),
	});
	return [
		{
			what: "import, with the Pulumi SDKs",
			ours: `${Math.round(ours)} ms`,
			other: `${Math.round(sdks)} ms, the SDKs alone`,
			ratio: ours / sdks,
		},
	];
}

function importTime(modules: string[]): number {
	const script = `const start = performance.now();
for (const name of ${JSON.stringify(modules)}) require(name);
console.log(performance.now() - start);`;
	return Number(execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" }));
}
