import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as yaml from "yaml";
import { goEnvironment } from "../../sandbox/go-build";
import { OWN_ENVIRONMENT } from "../../sandbox/own-environment";
import { WITHOUT_DWARF } from "../../sandbox/parts";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { ROOT } from "../../scripts/installed-package";
import { readPage } from "../docs/pages";
import { goCommand } from "../support/go-program";
import { assertSame, ExampleCopy, type Resource } from "./example-copy";
import { gitAddress } from "./git-server";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

describe("the examples, on the real engine", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	/** What the TypeScript one has made, to compare those in other languages with. */
	let made: Resource[];

	before(async () => {
		sandbox = await sharedSandbox();
	});

	function typeChecks({ folder }: ExampleCopy): void {
		execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit"], { cwd: folder });
	}

	/** Puts the SDK that is generated from the provider's schema where `pulumi install` does. */
	async function generateSdk(example: ExampleCopy, language: string): Promise<void> {
		await example.does(`generate-sdk ${language} node_modules/pulumi-eks-access/provider/schema.json sdks/eks-access`);
	}

	it("simple: from the packed package in an empty project, it type-checks, lets people in, and goes without a trace", async () => {
		const example = await ExampleCopy.of("simple", sandbox);
		typeChecks(example);
		made = await example.comeAndGo();
	});

	it("yaml: the same resources, by the component provider of the installed package", async () => {
		const example = await ExampleCopy.of("yaml", sandbox);
		assertSame(await example.comeAndGo(), made);
	});

	it("yaml: pulumi package add puts the package into a project that lacks it, as the example has it", async () => {
		const example = await ExampleCopy.of("yaml", sandbox);
		const file = example.file("Pulumi.yaml");
		const original = readFileSync(file, "utf8");
		const { packages, ...lacking } = yaml.parse(original);
		writeFileSync(file, yaml.stringify(lacking));
		await example.does("pulumi package add ./node_modules/pulumi-eks-access/provider");
		assert.deepEqual(yaml.parse(readFileSync(file, "utf8")).packages, packages);
		writeFileSync(file, original);
	});

	it("yaml: the same resources, from a git address, which the engine clones, installs and runs", async () => {
		const example = await ExampleCopy.of("yaml", sandbox, "yaml-from-git");
		const { address, environment } = await gitAddress(sandbox, "v0.2.0");
		const file = example.file("Pulumi.yaml");
		const { packages: _, ...lacking } = yaml.parse(readFileSync(file, "utf8"));
		writeFileSync(file, yaml.stringify(lacking));
		const shell = new Shell(
			// What the operator of the sandbox may not: get a plugin over the network.
			{ ...example.environment, ...environment, PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "false" },
			example.folder,
		);
		await shell.does(`pulumi package add ${address}/provider@v0.2.0`);
		const { packages } = yaml.parse(readFileSync(file, "utf8"));
		assert.deepEqual(packages, { "eks-access": `${address}/provider@v0.2.0` });
		assertSame(await example.comeAndGo(), made);
	});

	it("python: the same resources, with the SDK that is generated from the provider's schema", async () => {
		const example = await ExampleCopy.of("python", sandbox);
		await generateSdk(example, "python");
		const venv = example.file("venv");
		execFileSync("python3", ["-m", "venv", venv]);
		const python = path.join(venv, "bin", "python");
		execFileSync(python, ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"], {
			cwd: example.folder,
			env: OWN_ENVIRONMENT,
		});
		cpSync(path.join(__dirname, "python_program.py"), example.file("python_program.py"));
		const run = (operation: string) => example.does(`${python} python_program.py ${operation}`);
		await refusesWrongTeams(example, () => run("up"));
		const found = await example.comeAndGo({
			up: () => run("up"),
			previewNothing: async () => assert.match(await run("preview"), /^unchanged$/m),
			destroy: () => run("destroy"),
		});
		assertSame(found, made);
	});

	/** With two problems in its teams, a program is one error with both, no stack trace of ours, and makes nothing. */
	async function refusesWrongTeams(example: ExampleCopy, up: () => Promise<string>): Promise<void> {
		const program = example.file("__main__.py");
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
		assert.deepEqual(await example.resources(), []);
	}

	it("go: the same resources, with the SDK that is generated; the registry's program compiles with it, too", async () => {
		const example = await ExampleCopy.of("go", sandbox);
		await generateSdk(example, "go");
		// In the versions of the engine, whose packages are compiled already.
		const engine = path.join(ROOT, "sandbox", "tools", "pulumi");
		const versions = readFileSync(path.join(engine, "go.mod"), "utf8").replace(/^(module|go|tool) .*/gm, "");
		const own = readFileSync(path.join(ROOT, "examples", "go", "go.mod"), "utf8");
		writeFileSync(example.file("go.mod"), own + versions);
		cpSync(path.join(engine, "go.sum"), example.file("go.sum"));
		const main = readFileSync(example.file("main.go"), "utf8");
		writeFileSync(example.file("main.go"), main.replace("func main()", "func byLanguageHost()"));
		cpSync(path.join(__dirname, "go_program.go"), example.file("go_program.go"));
		const page = path.join("docs", "_index.md");
		const block = readPage(page, readFileSync(path.join(ROOT, page), "utf8")).blocks.find(
			({ language }) => language === "go",
		);
		mkdirSync(example.file("registry"), { recursive: true });
		writeFileSync(example.file("registry", "main.go"), block?.text ?? "");

		const go = await goCommand(example.folder);
		const build = ["build", "-trimpath", WITHOUT_DWARF, "-mod=mod", "-o", "bin/", ".", "./registry"];
		execFileSync(go, build, { cwd: example.folder, env: goEnvironment() });
		const run = (operation: string) => example.does(`bin/cluster-access ${operation}`);
		const found = await example.comeAndGo({
			up: () => run("up"),
			previewNothing: () => run("preview"),
			destroy: () => run("destroy"),
		});
		assertSame(found, made);
	});

	it("existing-eks-cluster: by the outputs of the stack that makes the cluster; its transforms reach what is made", async () => {
		const example = await ExampleCopy.of("existing-eks-cluster", sandbox);
		typeChecks(example);
		const platform = example.file("platform");
		mkdirSync(platform);
		cpSync(sandbox.adminKubeconfig, path.join(platform, "kubeconfig"));
		const outputs = {
			clusterName: "prod-eks-cluster",
			kubeconfig: { "fn::secret": { "fn::readFile": path.join(platform, "kubeconfig") } },
		};
		writeFileSync(path.join(platform, "Pulumi.yaml"), JSON.stringify({ name: "platform", runtime: "yaml", outputs }));
		const inPlatform = new Shell(example.environment, platform);
		await inPlatform.does("pulumi stack select --create prod");
		await inPlatform.does("pulumi up --yes --non-interactive");

		const resources = await example.comeAndGo();
		const role = resources.find(({ type }) => type === "aws:iam/role:Role");
		assert.deepEqual(role?.inputs?.tags, { "cost-center": "platform" });
		const bound = resources.filter(({ type }) => type.endsWith(":RoleBinding"));
		assert.equal(bound.length, 3);
	});

	it("several-stacks: each stack gives what its own config says, and takes nothing of the other's along", async () => {
		const untouched = await awsAuth({ sandbox });
		const example = await ExampleCopy.of("several-stacks", sandbox);
		typeChecks(example);
		// The sandbox has one cluster.
		const dev = example.file("Pulumi.dev.yaml");
		writeFileSync(dev, readFileSync(dev, "utf8").replace("dev-eks-cluster", "prod-eks-cluster"));
		try {
			for (const stack of ["dev", "prod"]) {
				await example.does(`pulumi stack select --create ${stack}`);
				await example.does("pulumi up --yes --non-interactive");
				await example.does("pulumi preview --non-interactive --expect-no-changes");
			}
			assert.ok(await example.janeMay("create", "shop", "shop-dev-role"));
			assert.ok(await example.janeMay("get", "shop", "shop-prod-role"));
			assert.ok(!(await example.janeMay("create", "shop", "shop-prod-role")));
			await example.does("pulumi destroy --yes --non-interactive --stack prod");
			assert.ok(await example.janeMay("create", "shop", "shop-dev-role"));
			await assert.rejects(SignedIn.as(sandbox, "jane", "shop-prod-role"));
		} finally {
			for (const stack of ["dev", "prod"]) {
				await example.does(`pulumi destroy --yes --non-interactive --stack ${stack}`);
			}
		}
		assert.deepEqual(await awsAuth({ sandbox }), untouched);
	});
});
