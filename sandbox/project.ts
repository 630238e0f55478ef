import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type InlineProgramArgs, LocalWorkspace, type PreviewOptions, type Stack } from "@pulumi/pulumi/automation";
import * as yaml from "yaml";
import { stateUrl } from "./environment";

/** The project's own folder. */
export const PROJECT = path.resolve(__dirname, "..");

/** What the engine says when it ends, in numbers: operation (`create`, `same`, …) to how many resources. */
export type Changes = Record<string, number>;

/** A resource in a stack's state, as far as tests look at it. */
export interface StateResource {
	urn: string;
	type: string;
	id?: string;
	provider?: string;
	inputs?: Record<string, unknown>;
	outputs?: Record<string, unknown>;
}

/** Policy packs, each a folder, and a file of config for each. */
export type Policies = Pick<PreviewOptions, "policyPacks" | "policyPackConfigs">;

/**
 * The project with one of its stacks on the real engine. The Automation API makes this process the language host, and
 * index.ts its program. It works on a copy of the project's settings, so that no file of the project changes.
 */
export class SandboxProject {
	private constructor(
		private readonly stack: Stack,
		private readonly settings: string,
		private readonly onOutput: (text: string) => void,
	) {}

	/** The folder of its Pulumi.yaml and the stack's config. */
	get directory(): string {
		return path.dirname(this.settings);
	}

	/**
	 * @param directory Where the copy goes, and the stack's state.
	 * @param environment What the engine, its plugins and the program run with.
	 * @param program What to run instead of the project's index.ts.
	 */
	static async open(
		stackName: string,
		args: {
			directory: string;
			environment: Record<string, string>;
			onOutput: (text: string) => void;
			program?: InlineProgramArgs["program"];
		},
	): Promise<SandboxProject> {
		mkdirSync(args.directory, { recursive: true });
		for (const file of readdirSync(PROJECT).filter((name) => /^Pulumi(\..+)?\.yaml$/.test(name))) {
			copyFileSync(path.join(PROJECT, file), path.join(args.directory, file));
		}
		// Pulumi.yaml's main has to be there, though this process is what runs.
		writeFileSync(path.join(args.directory, "index.ts"), "");
		// The launcher of dynamic providers looks for the SDK from here.
		symlinkSync(path.join(PROJECT, "node_modules"), path.join(args.directory, "node_modules"));
		const state = path.join(args.directory, "state");
		mkdirSync(state);
		const environment = { ...args.environment, PULUMI_BACKEND_URL: stateUrl(state) };
		// The program runs in this process and starts commands such as `aws` itself.
		Object.assign(process.env, environment);
		const stack = await LocalWorkspace.createOrSelectStack(
			{ stackName, projectName: "eks-access", program: args.program ?? freshProgram },
			{ workDir: args.directory, envVars: environment },
		);
		return new SandboxProject(stack, path.join(args.directory, `Pulumi.${stackName}.yaml`), args.onOutput);
	}

	/** Changes keys of the stack's config file, as an operator's editor would; undefined removes a key. */
	configure(values: Record<string, unknown>): void {
		const document = yaml.parseDocument(readFileSync(this.settings, "utf8"));
		for (const [key, value] of Object.entries(values)) {
			document.setIn(["config", key], value === undefined ? undefined : document.createNode(value));
			if (value === undefined) {
				document.deleteIn(["config", key]);
			}
		}
		writeFileSync(this.settings, document.toString());
	}

	/** A key of the stack's config file. */
	config(key: string): unknown {
		return yaml.parse(readFileSync(this.settings, "utf8")).config[key];
	}

	async preview(policies: Policies = {}): Promise<Changes> {
		const result = await onceMore(() => this.stack.preview({ ...this.options, ...policies }));
		return result.changeSummary as Changes;
	}

	/** @param options Such as `continueOnError`. */
	async up(options: Policies & { continueOnError?: boolean } = {}): Promise<Changes> {
		const result = await onceMore(() => this.stack.up({ ...this.options, ...options }));
		return result.summary.resourceChanges as Changes;
	}

	/** `pulumi up --refresh --run-program`: what somebody has changed by hand is put back, also where the state does not show it. */
	async repair(): Promise<Changes> {
		const result = await onceMore(() => this.stack.up({ ...this.options, refresh: true, runProgram: true }));
		return result.summary.resourceChanges as Changes;
	}

	async refresh(): Promise<Changes> {
		return (await this.stack.refresh(this.options)).summary.resourceChanges as Changes;
	}

	async destroy(): Promise<Changes> {
		return (await this.stack.destroy(this.options)).summary.resourceChanges as Changes;
	}

	async outputs(): Promise<Record<string, { value: unknown; secret: boolean }>> {
		return this.stack.outputs();
	}

	/** Ends the lock that an engine which was killed has left. */
	async cancel(): Promise<void> {
		await this.stack.cancel();
	}

	/** The resources that the stack's state holds. */
	async resources(): Promise<StateResource[]> {
		const { deployment } = await this.stack.exportStack();
		return deployment.resources ?? [];
	}

	/** Changes resources in the stack's state, as an earlier version would have left them. */
	async editState(change: (resource: StateResource) => void): Promise<void> {
		const state = await this.stack.exportStack();
		for (const resource of state.deployment.resources ?? []) {
			change(resource);
		}
		await this.stack.importStack(state);
	}

	/** Their types. */
	async resourceTypes(): Promise<string[]> {
		return (await this.resources()).map(({ type }) => type);
	}

	private get options() {
		return { onOutput: this.onOutput, color: process.stdout.isTTY ? ("always" as const) : ("never" as const) };
	}
}

/** Whether the engine saw nothing to do. */
export function isEmpty(changes: Changes): boolean {
	return Object.entries(changes).every(([operation, count]) => operation === "same" || count === 0);
}

/**
 * Now and then the connection between this process, as the language host, and the engine does not come about (gRPC: "No connection
 * established. Last error: null"), before any resource was touched. Such a run, and no other, is made once more.
 */
async function onceMore<T>(operation: () => Promise<T>): Promise<T> {
	try {
		return await operation();
	} catch (error) {
		const { message } = error as Error;
		const hasBegun = /^ *[-+~=><]+ +(?!pulumi:pulumi:Stack)\S+ .*\b(creating|created|updat|delet|import)/m.test(
			message,
		);
		if (hasBegun || !message.includes("14 UNAVAILABLE: No connection established")) {
			throw error;
		}
		return operation();
	}
}

/**
 * index.ts runs anew for each operation, as under the engine's own language host. Whoever has the modules already keeps them: two copies of
 * a class of errors are not each other's instances.
 */
async function freshProgram() {
	const isProgram = (file: string) => /^(?:index\.ts|(?:core|components)\/)/.test(path.relative(PROJECT, file));
	const forget = () => Object.entries(require.cache).filter(([file]) => isProgram(file) && delete require.cache[file]);
	const before = forget();
	try {
		return { ...require("../index") };
	} finally {
		forget();
		Object.assign(require.cache, Object.fromEntries(before));
	}
}
