import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { OWN_ENVIRONMENT, stateUrl } from "../../sandbox/environment";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { installedPackage, ROOT } from "../../scripts/installed-package";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

/** A resource as a stack's state has it. */
interface Resource {
	urn: string;
	type: string;
	inputs?: Record<string, unknown>;
}

describe("the examples, on the real engine", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let untouched: Record<string, string>;
	/** What the TypeScript one has made, to compare those in other languages with. */
	let made: Resource[];

	before(async () => {
		sandbox = await sharedSandbox();
	});

	beforeEach(async () => {
		untouched = await awsAuth({ sandbox });
	});

	/** A copy of an example with the packed package installed, and a state of its own. */
	async function copyOf(example: string): Promise<string> {
		const folder = path.join(sandbox.directory, `example-${example}`);
		// A second try goes on with the state of the first.
		if (existsSync(folder)) {
			return folder;
		}
		cpSync(path.join(ROOT, "examples", example), folder, { recursive: true });
		symlinkSync(path.join(await installedPackage(), "node_modules"), path.join(folder, "node_modules"));
		mkdirSync(path.join(folder, "state"));
		return folder;
	}

	function typeChecks(folder: string): void {
		execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit"], { cwd: folder });
	}

	function environmentIn(folder: string): Record<string, string> {
		return { ...sandbox.environment, PULUMI_BACKEND_URL: stateUrl(`${folder}/state`) };
	}

	function does(folder: string, command: string): Promise<string> {
		return new Shell(environmentIn(folder), folder).does(command);
	}

	/** What the stack holds, but for the stack itself and the providers, which languages make differently. */
	async function resourcesIn(folder: string): Promise<Resource[]> {
		const { deployment } = JSON.parse(await does(folder, "pulumi stack export --show-secrets"));
		return (deployment.resources as Resource[]).filter(({ type }) => !/^pulumi:(pulumi|providers):/.test(type));
	}

	/** What jane may do with deployments of a namespace, as a member of a team. */
	async function janeMay(verb: string, namespace: string, role: string): Promise<boolean> {
		const jane = await SignedIn.as(sandbox, "jane", role);
		return jane.may({ verb, resource: "deployments.apps", namespace });
	}

	async function letsJaneIn(): Promise<void> {
		assert.ok(await janeMay("create", "dev", "k8s-devs-role"));
		assert.ok(!(await janeMay("get", "kube-system", "k8s-devs-role")));
	}

	interface Operations {
		up(): Promise<unknown>;
		previewNothing(): Promise<unknown>;
		destroy(): Promise<unknown>;
	}

	function byPulumi(folder: string): Operations {
		return {
			async up() {
				await does(folder, "pulumi stack select --create prod");
				await does(folder, "pulumi up --yes --non-interactive");
			},
			previewNothing: () => does(folder, "pulumi preview --non-interactive --expect-no-changes"),
			destroy: () => does(folder, "pulumi destroy --yes --non-interactive"),
		};
	}

	/** Up, jane, an empty preview, and destroy without a trace, which comes whatever fails before it. Gives the resources there were. */
	async function comeAndGo(folder: string, operations = byPulumi(folder)): Promise<Resource[]> {
		let resources: Resource[];
		try {
			await operations.up();
			await letsJaneIn();
			resources = await resourcesIn(folder);
			await operations.previewNothing();
		} catch (error) {
			await operations.destroy().catch(() => undefined);
			throw error;
		}
		await operations.destroy();
		assert.deepEqual(await awsAuth({ sandbox }), untouched);
		return resources;
	}

	it("simple: from the packed package in an empty project, it type-checks, lets people in, and goes without a trace", async () => {
		const folder = await copyOf("simple");
		typeChecks(folder);
		made = await comeAndGo(folder);
	});

	it("yaml: the same resources, by the component provider of the installed package", async () => {
		const folder = await copyOf("yaml");
		assertSame(await comeAndGo(folder), made);
	});

	it("a bare clone, which Pulumi makes of a git address: npm install in the plugin's folder, as Pulumi does it, is all that it needs", async () => {
		const clone = path.join(sandbox.directory, "clone");
		mkdirSync(clone);
		const files = "git ls-files --cached --others --exclude-standard";
		execFileSync("sh", ["-c", `${files} | tar -cf - -T - | tar -xf - -C ${clone}`], { cwd: ROOT });
		const plugin = path.join(clone, "provider");
		execFileSync("npm", ["install", "--loglevel=error", "--omit=dev"], { cwd: plugin, env: OWN_ENVIRONMENT });
		const schema = await does(sandbox.directory, `pulumi package get-schema ${plugin} 2>/dev/null`);
		const components = (text: string) => Object.keys(JSON.parse(text).resources).sort();
		assert.deepEqual(components(schema), components(readFileSync(path.join(plugin, "schema.json"), "utf8")));
	});

	it("python: the same resources, with the SDK that is generated from the provider's schema", async () => {
		const folder = await copyOf("python");
		const sdk = path.join(folder, "sdks", "eks-access");
		const schema = path.join(folder, "node_modules", "pulumi-eks-access", "provider", "schema.json");
		execFileSync(sandbox.toolchain.programs["generate-sdk"].path, ["python", schema, sdk]);
		const venv = path.join(folder, "venv");
		execFileSync("python3", ["-m", "venv", venv]);
		const python = path.join(venv, "bin", "python");
		execFileSync(python, ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"], {
			cwd: folder,
			env: OWN_ENVIRONMENT,
		});
		cpSync(path.join(__dirname, "python_program.py"), path.join(folder, "python_program.py"));
		const run = (operation: string) => does(folder, `${python} python_program.py ${operation}`);
		await refusesWrongTeams(folder, () => run("up"));
		const found = await comeAndGo(folder, {
			up: () => run("up"),
			previewNothing: async () => assert.match(await run("preview"), /^unchanged$/m),
			destroy: () => run("destroy"),
		});
		assertSame(found, made);
	});

	/** With two problems in its teams, a program is one error with both, no stack trace of ours, and makes nothing. */
	async function refusesWrongTeams(folder: string, up: () => Promise<string>): Promise<void> {
		const program = path.join(folder, "__main__.py");
		const right = readFileSync(program, "utf8");
		writeFileSync(program, right.replace('"uat"', '"UAT"').replace('"joe"', '"j o e"'));
		await assert.rejects(up, ({ message }: Error) => {
			assert.match(message, /EksAccess access has 2 problems; nothing was changed:/);
			assert.match(message, /teams\[0\]\.namespaces\[1\]: .*UAT/);
			assert.match(message, /teams\[0\]\.users\[1\]: .*j o e/);
			assert.doesNotMatch(message, /provider\/inputs\.js/);
			return true;
		});
		writeFileSync(program, right);
		assert.deepEqual(await resourcesIn(folder), []);
	}

	it("existing-eks-cluster: by the outputs of the stack that makes the cluster; its transforms reach what is made", async () => {
		const folder = await copyOf("existing-eks-cluster");
		typeChecks(folder);
		const platform = path.join(folder, "platform");
		mkdirSync(platform);
		cpSync(sandbox.adminKubeconfig, path.join(platform, "kubeconfig"));
		const outputs = {
			clusterName: "prod-eks-cluster",
			kubeconfig: { "fn::secret": { "fn::readFile": path.join(platform, "kubeconfig") } },
		};
		writeFileSync(path.join(platform, "Pulumi.yaml"), JSON.stringify({ name: "platform", runtime: "yaml", outputs }));
		const inPlatform = new Shell(environmentIn(folder), platform);
		await inPlatform.does("pulumi stack select --create prod");
		await inPlatform.does("pulumi up --yes --non-interactive");

		const resources = await comeAndGo(folder);
		const role = resources.find(({ type }) => type === "aws:iam/role:Role");
		assert.deepEqual(role?.inputs?.tags, { "cost-center": "platform" });
		const bound = resources.filter(({ type }) => type.endsWith(":RoleBinding"));
		assert.equal(bound.length, 3);
	});

	it("several-stacks: each stack gives what its own config says, and takes nothing of the other's along", async () => {
		const folder = await copyOf("several-stacks");
		typeChecks(folder);
		// The sandbox has one cluster.
		const dev = path.join(folder, "Pulumi.dev.yaml");
		writeFileSync(dev, readFileSync(dev, "utf8").replace("dev-eks-cluster", "prod-eks-cluster"));
		try {
			for (const stack of ["dev", "prod"]) {
				await does(folder, `pulumi stack select --create ${stack}`);
				await does(folder, "pulumi up --yes --non-interactive");
				await does(folder, "pulumi preview --non-interactive --expect-no-changes");
			}
			assert.ok(await janeMay("create", "shop", "shop-dev-role"));
			assert.ok(await janeMay("get", "shop", "shop-prod-role"));
			assert.ok(!(await janeMay("create", "shop", "shop-prod-role")));
			await does(folder, "pulumi destroy --yes --non-interactive --stack prod");
			assert.ok(await janeMay("create", "shop", "shop-dev-role"));
			await assert.rejects(SignedIn.as(sandbox, "jane", "shop-prod-role"));
		} finally {
			for (const stack of ["dev", "prod"]) {
				await does(folder, `pulumi destroy --yes --non-interactive --stack ${stack}`);
			}
		}
		assert.deepEqual(await awsAuth({ sandbox }), untouched);
	});
});

/** Dynamic in a Node.js program; in others, whose folders have no Node.js packages, the component provider serves it itself. */
const RELEASES = ["pulumi-nodejs:dynamic/aws-auth:Release", "eks-access:index:AwsAuthRelease"];

function assertSame(found: Resource[], expected: Resource[]): void {
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
