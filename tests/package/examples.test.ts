import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import Module from "node:module";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as yaml from "yaml";
import { MockCluster } from "../support/mock-cluster";
import { ENTRY, MockEngine } from "../support/mock-engine";

const ROOT = path.resolve(__dirname, "..", "..");
const EXAMPLES = path.join(ROOT, "examples");
const COMPONENTS = path.join(ROOT, "components", "index.ts");
const names = readdirSync(EXAMPLES);

describe("the examples", function () {
	this.timeout("2m");

	it("are those that the documentation speaks of", () => {
		assert.deepEqual(names.sort(), [
			...["existing-eks-cluster", "go", "new-eks-cluster", "python", "several-stacks", "simple", "yaml"],
		]);
	});

	for (const name of names) {
		const file = (base: string) => path.join(EXAMPLES, name, base);

		it(`${name} says what it is, and is a Pulumi project of its own`, () => {
			assert.match(readFileSync(file("README.md"), "utf8"), /^# .+\n\n[A-Z]/);
			const project = yaml.parse(readFileSync(file("Pulumi.yaml"), "utf8"));
			assert.deepEqual(Object.keys(project).slice(0, 3), ["name", "description", "runtime"]);
		});

		if (!existsSync(file("index.ts"))) {
			continue;
		}

		it(`${name} compiles, by its own tsconfig.json`, () => {
			const { config } = ts.readConfigFile(file("tsconfig.json"), ts.sys.readFile);
			const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, path.join(EXAMPLES, name));
			const program = ts.createProgram(fileNames, { ...options, paths: { "pulumi-eks-access": [COMPONENTS] } });
			// Those of the example: the package's sources go by the package's own options.
			const problems = fileNames.flatMap((each) => ts.getPreEmitDiagnostics(program, program.getSourceFile(each)));
			assert.deepEqual(
				problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
				[],
			);
		});

		it(`${name} installs this version of the package, and SDKs that it goes with`, () => {
			const { version, peerDependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
			const { dependencies } = JSON.parse(readFileSync(file("package.json"), "utf8"));
			const { "pulumi-eks-access": ours, ...sdks } = dependencies;
			assert.equal(ours, `^${version}`);
			assert.deepEqual({ ...peerDependencies, ...sdks }, peerDependencies);
			const imported = [...readFileSync(file("index.ts"), "utf8").matchAll(/ from "([^"]+)"/g)].map(
				([, from = ""]) => from,
			);
			assert.deepEqual(
				imported.filter((from) => !(from in dependencies)),
				[],
			);
		});
	}

	describe("new-eks-cluster, against Pulumi's mocks", () => {
		let engine: MockEngine;
		let cluster: MockCluster;
		let restore: () => void;

		before(async () => {
			// It answers, since the provider reads which cluster it is.
			cluster = await MockCluster.start();
			engine = await MockEngine.start({
				answers: {
					"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
					"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "293759796572" }),
					"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
				},
				outputs: {
					"eks:index:Cluster": {
						eksCluster: { name: "prod-1234567", accessConfig: { authenticationMode: "API" } },
						kubeconfigJson: cluster.kubeconfig,
						kubeconfig: JSON.parse(cluster.kubeconfig),
						core: {},
					},
				},
			});
			restore = resolvePackage();
			require(path.join(EXAMPLES, "new-eks-cluster", "index.ts"));
			await engine.settled();
		});
		after(() => {
			restore?.();
			return cluster.stop();
		});

		it("makes the cluster, and access entries in it for each team", () => {
			assert.equal(engine.only("eks:index:Cluster").length, 1);
			const entries = engine.only(ENTRY).map(({ inputs }) => [inputs.clusterName, inputs.kubernetesGroups]);
			assert.deepEqual(entries, [
				["prod-1234567", ["k8s-devs"]],
				["prod-1234567", ["on-call"]],
			]);
		});

		it("has no second writer of aws-auth, and talks to the cluster with the kubeconfig that @pulumi/eks gives", () => {
			assert.deepEqual(engine.only("kubernetes:core/v1:ConfigMapPatch"), []);
			const { kubeconfig } = engine.the("pulumi:providers:kubernetes", "access-cluster").inputs;
			assert.equal(pulumi.runtime.unwrapRpcSecret(kubeconfig), cluster.kubeconfig);
		});
	});
});

/** Lets an example find the package, which is not installed in a checkout; gives what undoes it. */
function resolvePackage(): () => void {
	const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string };
	const original = loader._resolveFilename;
	loader._resolveFilename = (request, ...rest) =>
		request === "pulumi-eks-access" ? COMPONENTS : original.call(loader, request, ...rest);
	return () => {
		loader._resolveFilename = original;
	};
}
