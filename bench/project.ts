import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stateUrl } from "../sandbox/environment";
import type { Sandbox } from "../sandbox/sandbox";
import { timeOf } from "./figures";

const ROOT = path.resolve(__dirname, "..");
/** What this repository's own program is made of. */
const CHECKOUT = ["package.json", "tsconfig.json", "index.ts", "core", "components"];

/** As `pulumi new aws-typescript` writes it. */
const TEMPLATE = {
	compilerOptions: {
		strict: true,
		outDir: "bin",
		target: "es2020",
		module: "commonjs",
		moduleResolution: "node",
		sourceMap: true,
		experimentalDecorators: true,
		pretty: true,
		noFallthroughCasesInSwitch: true,
		noImplicitReturns: true,
		forceConsistentCasingInFileNames: true,
	},
	files: ["index.ts"],
};

/** A Pulumi project in a sandbox of its own, with `pulumi` as its command. */
export class BenchProject {
	private constructor(
		readonly folder: string,
		private readonly environment: NodeJS.ProcessEnv,
	) {}

	/** A program of bench/programs as a project of the default template, with the packages of `modules`. */
	static ofProgram(sandbox: Sandbox, program: string, modules: string, settings: object): BenchProject {
		const project = BenchProject.at(sandbox, { BENCH_SETTINGS: JSON.stringify(settings) });
		for (const [from, to] of [
			[`${program}.ts`, "index.ts"],
			["settings.ts", "settings.ts"],
		] as const) {
			cpSync(path.join(__dirname, "programs", from), path.join(project.folder, to));
		}
		symlinkSync(modules, path.join(project.folder, "node_modules"));
		project.write("Pulumi.yaml", { name: "bench", runtime: "nodejs" });
		project.write("package.json", { name: "bench", main: "index.ts" });
		project.write("tsconfig.json", TEMPLATE);
		project.write("Pulumi.prod.yaml", { config: { "aws:region": sandbox.region } });
		return project;
	}

	/** This repository as an operator uses it. */
	static ofCheckout(sandbox: Sandbox, config: Record<string, unknown>): BenchProject {
		const project = BenchProject.at(sandbox);
		for (const file of [...CHECKOUT, "Pulumi.yaml"]) {
			cpSync(path.join(ROOT, file), path.join(project.folder, file), { recursive: true });
		}
		symlinkSync(path.join(ROOT, "node_modules"), path.join(project.folder, "node_modules"));
		const own = Object.fromEntries(Object.entries(config).map(([key, value]) => [`eks-access:${key}`, value]));
		project.write("Pulumi.prod.yaml", { config: { "aws:region": sandbox.region, ...own } });
		return project;
	}

	private static at(sandbox: Sandbox, environment: NodeJS.ProcessEnv = {}): BenchProject {
		const folder = path.join(sandbox.directory, "bench");
		mkdirSync(path.join(folder, "state"), { recursive: true });
		const memory = path.join(folder, "memory");
		return new BenchProject(folder, {
			...sandbox.environment,
			...environment,
			PULUMI_BACKEND_URL: stateUrl(`${folder}/state`),
			BENCH_MEMORY: memory,
			NODE_OPTIONS: `--require=${path.join(__dirname, "memory.cjs")}`,
		});
	}

	async up(): Promise<void> {
		await this.pulumi("stack select --create prod");
		await this.pulumi("up --yes --non-interactive --skip-preview");
	}

	/** Milliseconds of a preview, which has to be empty. */
	preview(environment: NodeJS.ProcessEnv = {}): Promise<number> {
		return timeOf(() => this.pulumi("preview --non-interactive --expect-no-changes", environment));
	}

	/** MiB that the program had at its peak in the last operation. */
	memory(): number {
		return Number(readFileSync(path.join(this.folder, "memory"), "utf8")) / 1024;
	}

	/** How many resources of each type the stack has, without components and providers. */
	async resources(): Promise<Record<string, number>> {
		const { deployment } = JSON.parse(await this.pulumi("stack export"));
		const counts: Record<string, number> = {};
		for (const { type } of deployment.resources as { type: string }[]) {
			const isComponentOrStack = /^(eks-access|pulumi):/.test(type);
			// Dynamic resources are called as their authors like.
			const kind = type.replace(/^pulumi-nodejs:.*/, "pulumi-nodejs");
			if (!isComponentOrStack) counts[kind] = (counts[kind] ?? 0) + 1;
		}
		return counts;
	}

	private write(file: string, content: object): void {
		writeFileSync(path.join(this.folder, file), JSON.stringify(content));
	}

	private async pulumi(command: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
		const env = { ...this.environment, ...environment };
		const child = spawn("pulumi", command.split(" "), { cwd: this.folder, env, stdio: ["ignore", "pipe", "pipe"] });
		let [output, errors] = ["", ""];
		child.stdout.setEncoding("utf8").on("data", (text) => {
			output += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text) => {
			errors += text;
		});
		const code = await new Promise((ended, failed) => child.on("error", failed).on("close", ended));
		if (code !== 0) {
			throw new Error(`pulumi ${command} ended with ${code}:\n${output}\n${errors}`);
		}
		return output;
	}
}
