import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { AwsAuth, type ClusterProvider } from "../../components";
import { contestedAwsAuth, FOREIGN, mapping } from "./contested-aws-auth";
import { Engine } from "./engine";

describe("aws-auth, whatever happens to the program, the engine and the API server", function () {
	this.timeout("60m");
	const awsAuth = contestedAwsAuth();
	const engine = new Engine();

	afterEach(() => engine.endPlugins());

	it("the component is renamed, and moved to another parent, with and without an alias", async () => {
		let make: () => void = () => awsAuth.component("access", ["devs"]);
		const project = await awsAuth.stackOf([], { program: async () => make() });
		await project.up();
		class Parent extends pulumi.ComponentResource {
			constructor() {
				super("test:index:Parent", "parent");
			}
		}
		const steps: (() => void)[] = [
			() => void awsAuth.component("renamed", ["devs"]),
			() => void awsAuth.component("again", ["devs"], { aliases: [{ name: "renamed" }] }),
			() => void awsAuth.component("again", ["devs"], { parent: new Parent() }),
			() =>
				void awsAuth.component("again", ["devs"], {
					parent: new Parent(),
					aliases: [{ parent: pulumi.rootStackResource }],
				}),
		];
		for (const step of steps) {
			make = step;
			await awsAuth.converges(project, ["devs"], FOREIGN);
		}
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("the kubeconfig names another address of the cluster", async () => {
		let current = awsAuth.kubeconfig;
		const project = await awsAuth.stackOf([], {
			program: async () => {
				new AwsAuth("access", { roles: [mapping("devs")], kubeconfig: current });
			},
		});
		await project.up();
		current = JSON.stringify(yaml.parse(readFileSync(awsAuth.sandbox.adminKubeconfig, "utf8")));
		await awsAuth.converges(project, ["devs"], FOREIGN);
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("the API server is gone, at up and at destroy", async () => {
		const roles = ["devs"];
		const project = await awsAuth.stackOf(roles);
		await project.up();
		roles.push("qa");
		await awsAuth.proxy.stop();
		await assert.rejects(project.up());
		assert.match(awsAuth.output, /cannot reach the API server/);
		await assert.rejects(project.destroy());
		await awsAuth.proxy.start();
		await awsAuth.converges(project, ["devs", "qa"], FOREIGN);
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("the engine is killed in the middle of an up, and of a destroy", async () => {
		const project = await awsAuth.stackOf(["devs"]);
		awsAuth.once("PATCH", killEngine);
		await assert.rejects(project.up());
		await project.cancel();
		await awsAuth.converges(project, ["devs"], FOREIGN);
		awsAuth.once("PUT", killEngine);
		await assert.rejects(project.destroy());
		await project.cancel();
		awsAuth.proxy.onRequest = () => undefined;
		await awsAuth.destroyLeaves(project, FOREIGN);
	});

	it("the environment switches server-side apply off: ignored", () =>
		withEnvironment({ PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" }, async () => {
			const project = await awsAuth.stackOf(["devs"]);
			await awsAuth.converges(project, ["devs"], FOREIGN);
			await awsAuth.destroyLeaves(project, FOREIGN);
		}));

	it("the environment switches forced patches on: refused, nothing written", () =>
		withEnvironment({ PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }, async () => {
			const project = await awsAuth.stackOf(["devs"]);
			await assert.rejects(project.up());
			assert.match(awsAuth.output, /unset PULUMI_K8S_ENABLE_PATCH_FORCE/);
			assert.deepEqual(await awsAuth.live(), FOREIGN);
		}));

	it("a provider that renders to a file, or one with other settings: refused, nothing written", async () => {
		const renderYamlToDirectory = awsAuth.sandbox.directory;
		const project = await awsAuth.stackOf([], {
			program: async () => {
				const provider = new Provider("renders", { renderYamlToDirectory });
				new AwsAuth("access", {
					roles: [mapping("devs")],
					kubeconfig: awsAuth.kubeconfig,
					provider: provider as ClusterProvider,
				});
			},
		});
		await assert.rejects(project.up());
		assert.match(awsAuth.output, /provider.*render them to a file; allowed is a ClusterProvider/s);
		assert.deepEqual(await awsAuth.live(), FOREIGN);
	});

	async function withEnvironment(settings: Record<string, string>, action: () => Promise<void>): Promise<void> {
		Object.assign(process.env, settings);
		try {
			await action();
		} finally {
			for (const name of Object.keys(settings)) {
				delete process.env[name];
			}
		}
	}

	async function killEngine(): Promise<void> {
		engine.signal("SIGKILL");
		throw new Error("the request never arrives");
	}
});
