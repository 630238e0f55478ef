import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { stateUrl } from "../../sandbox/environment";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { installedPackage, ROOT } from "../../scripts/installed-package";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";

/** A resource as a stack's state has it. */
export interface Resource {
	urn: string;
	type: string;
	inputs?: Record<string, unknown>;
}

interface Operations {
	up(): Promise<unknown>;
	previewNothing(): Promise<unknown>;
	destroy(): Promise<unknown>;
}

/** A copy of an example with the packed package installed, and a state of its own. */
export class ExampleCopy {
	private constructor(
		readonly sandbox: Sandbox,
		readonly folder: string,
	) {}

	static async of(example: string, sandbox: Sandbox, name = example): Promise<ExampleCopy> {
		const folder = path.join(sandbox.directory, `example-${name}`);
		// A second try goes on with the state of the first.
		if (!existsSync(folder)) {
			cpSync(path.join(ROOT, "examples", example), folder, { recursive: true });
			symlinkSync(path.join(await installedPackage(), "node_modules"), path.join(folder, "node_modules"));
			mkdirSync(path.join(folder, "state"));
		}
		return new ExampleCopy(sandbox, folder);
	}

	file(...names: string[]): string {
		return path.join(this.folder, ...names);
	}

	get environment(): Record<string, string> {
		return { ...this.sandbox.environment, PULUMI_BACKEND_URL: stateUrl(this.file("state")) };
	}

	does(command: string): Promise<string> {
		return new Shell(this.environment, this.folder).does(command);
	}

	/** What the stack holds, but for the stack itself and the providers, which languages make differently. */
	async resources(): Promise<Resource[]> {
		const { deployment } = JSON.parse(await this.does("pulumi stack export --show-secrets"));
		return (deployment.resources as Resource[]).filter(({ type }) => !/^pulumi:(pulumi|providers):/.test(type));
	}

	/** Up, jane, an empty preview, and destroy without a trace, which comes whatever fails before it. Gives the resources there were. */
	async comeAndGo(operations: Operations = this.byPulumi()): Promise<Resource[]> {
		const untouched = await awsAuth(this);
		let resources: Resource[];
		try {
			await operations.up();
			assert.ok(await this.janeMay("create", "dev", "k8s-devs-role"));
			assert.ok(!(await this.janeMay("get", "kube-system", "k8s-devs-role")));
			resources = await this.resources();
			await operations.previewNothing();
		} catch (error) {
			await operations.destroy().catch(() => undefined);
			throw error;
		}
		await operations.destroy();
		assert.deepEqual(await awsAuth(this), untouched);
		return resources;
	}

	/** What jane may do with deployments of a namespace, as a member of a team. */
	async janeMay(verb: string, namespace: string, role: string): Promise<boolean> {
		const jane = await SignedIn.as(this.sandbox, "jane", role);
		return jane.may({ verb, resource: "deployments.apps", namespace });
	}

	private byPulumi(): Operations {
		return {
			up: async () => {
				await this.does("pulumi stack select --create prod");
				await this.does("pulumi up --yes --non-interactive");
			},
			previewNothing: () => this.does("pulumi preview --non-interactive --expect-no-changes"),
			destroy: () => this.does("pulumi destroy --yes --non-interactive"),
		};
	}
}

/** Dynamic in a Node.js program; in others, whose folders have no Node.js packages, the component provider serves it itself. */
const RELEASES = ["pulumi-nodejs:dynamic/aws-auth:Release", "eks-access:index:AwsAuthRelease"];

export function assertSame(found: Resource[], expected: Resource[]): void {
	assert.deepEqual(found.map(nameOf).sort(), expected.map(nameOf).sort());
	for (const resource of expected.filter(({ type }) => /^(aws|kubernetes):/.test(type))) {
		const twin = found.find((each) => nameOf(each) === nameOf(resource));
		assert.deepEqual(comparable(twin as Resource), comparable(resource), resource.urn);
	}
}

/** The URN without what each project has of its own. */
function nameOf({ urn }: Resource): string {
	const name = urn.split("::").slice(2).join("::");
	return RELEASES.reduce((text, type) => text.replace(type, "Release"), name);
}

/** Inputs without the ownership record of aws-auth, which names the stack and the clean destroy's id, and the random end of names. */
function comparable({ urn, inputs = {} }: Resource): unknown {
	const { __defaults, metadata, ...rest } = JSON.parse(JSON.stringify(inputs).replace(/-[0-9a-f]{7}(?=")/g, ""));
	const { annotations = {}, ...others } = (metadata ?? {}) as { annotations?: object };
	// The marks of origin name the stack.
	const foreign = Object.entries(annotations).filter(([key]) => !key.startsWith("pulumi-eks-access/"));
	return urn.includes("ConfigMapPatch")
		? { ...rest, metadata: others }
		: { ...rest, metadata: { ...others, annotations: Object.fromEntries(foreign) } };
}
