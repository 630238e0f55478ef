import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { AwsAuth, type ClusterProvider, type RoleMapping } from "../../components";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { type Judge, type Reading, startJudge } from "../judge";
import { ApiProxy } from "./api-proxy";
import { openProject, sharedSandbox } from "./shared-sandbox";

const AWS_AUTH = { namespace: "kube-system", name: "aws-auth" };
const mapping = (name: string): RoleMapping => ({
	roleArn: `arn:aws:iam::293759796572:role/${name}`,
	username: name,
	groups: [name],
});
const NODES = `# The nodes come in by this one.
- groups:
  - system:bootstrappers
  - system:nodes
  rolearn: arn:aws:iam::293759796572:role/prod-eks-cluster-node-role
  username: system:node:{{EC2PrivateDNSName}}
-   username: ci   # with an indentation of its own
    rolearn: arn:aws:iam::293759796572:role/ci
    groups: [ "ci", 'deploy' ]
# the end`;
const FOREIGN = {
	mapRoles: NODES,
	mapUsers: '[{"userarn": "arn:aws:iam::293759796572:user/ops", "username": "ops", "groups": ["ops"]}]',
	mapAccounts: '- "012345678901"\n',
};

/** Each fault and how its test ended. */
const done: [string, string][] = [];

after(() => {
	if (done.length > 0) {
		console.log("\n  Faults of aws-auth on the real engine (README, What can go wrong, and what happens):");
	}
	for (const [fault, state] of done) {
		console.log(`    ${state === "passed" ? "held  " : "BROKEN"}  ${fault}`);
	}
});

describe("aws-auth, whatever goes wrong", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let original: Record<string, string>;
	let judge: Judge;
	let proxy: ApiProxy;
	let kubeconfig: string;
	let output = "";

	before(async () => {
		[sandbox, judge] = await Promise.all([sharedSandbox(), startJudge()]);
		original = await live();
		const config = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		proxy = new ApiProxy(sandbox.endpoint, sandbox.certificateAuthority, config.users[0].user.token);
		await proxy.start();
		config.clusters[0].cluster = { server: proxy.url };
		kubeconfig = JSON.stringify(config);
	});

	beforeEach(async () => {
		proxy.onRequest = () => undefined;
		output = "";
		await sandbox.core.deleteNamespacedConfigMap(AWS_AUTH).catch(() => undefined);
		await create(FOREIGN);
	});

	afterEach(function () {
		done.push([this.currentTest?.title ?? "", this.currentTest?.state ?? "failed"]);
	});

	after(async () => {
		await proxy?.stop();
		judge?.close();
		// For the suites behind this one.
		await sandbox?.core.deleteNamespacedConfigMap(AWS_AUTH).catch(() => undefined);
		await create(original);
	});

	async function create(data: Record<string, string>, fieldManager = "kubectl-create"): Promise<void> {
		const { namespace } = AWS_AUTH;
		await sandbox.core.createNamespacedConfigMap({ namespace, body: { metadata: AWS_AUTH, data }, fieldManager });
	}

	async function live(): Promise<Record<string, string>> {
		return (await sandbox.core.readNamespacedConfigMap(AWS_AUTH)).data ?? {};
	}

	/** Somebody else's write: read, change, replace, again on a conflict. */
	async function edit(change: (mapRoles: string) => string, fieldManager = "kubectl-edit"): Promise<void> {
		for (;;) {
			const body = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
			body.data = { ...body.data, mapRoles: change(body.data?.mapRoles ?? "") };
			try {
				await sandbox.core.replaceNamespacedConfigMap({ ...AWS_AUTH, body, fieldManager });
				return;
			} catch (error) {
				if ((error as { code?: number }).code !== 409) {
					throw error;
				}
			}
		}
	}

	const addForeign = (name: string) =>
		edit((text) => `- {rolearn: "arn:aws:iam::293759796572:role/${name}", username: ${name}, groups: [x]}\n${text}`);
	const withForeign = (name: string) =>
		`- {rolearn: "arn:aws:iam::293759796572:role/${name}", username: ${name}, groups: [x]}\n${NODES}`;

	/** A stack whose whole program is one AwsAuth with these roles; the list may be changed between runs. */
	async function stackOf(roles: string[], options: { stack?: string; program?: () => Promise<void> } = {}) {
		const program = options.program ?? (async () => void access("access", roles));
		const onOutput = (text: string) => {
			output += text;
		};
		return openProject(sandbox, onOutput, { program, stack: options.stack });
	}

	function access(name: string, roles: string[], opts?: pulumi.ComponentResourceOptions): AwsAuth {
		return new AwsAuth(name, { roles: roles.map(mapping), kubeconfig }, opts);
	}

	/** The next up converges, the preview after it is empty, each of ours is there once, and every foreign entry. */
	async function converges(project: SandboxProject, ours: string[], foreign: Record<string, string>): Promise<void> {
		await project.up();
		const changes = await project.preview();
		assert.ok(isEmpty(changes), `the preview after it is empty: ${JSON.stringify(changes)}`);
		const [after, before] = await Promise.all([judge.read(await live()), judge.read(foreign)]);
		const isOurs = (arn: string) => ours.includes(arn.split("/").pop() as string);
		assert.deepEqual(
			(after.roles ?? [])
				.map(({ rolearn }) => rolearn)
				.filter(isOurs)
				.sort(),
			arns(ours),
		);
		assert.deepEqual(
			withoutRoles(after, isOurs),
			withoutRoles(before, () => false),
		);
	}

	/** Destroy leaves exactly the foreign entries, byte for byte. */
	async function destroyLeaves(project: SandboxProject, data: Record<string, string>): Promise<void> {
		await project.destroy();
		assert.deepEqual(await live(), data);
	}

	/** Does something once, right before the first request of this kind. */
	function once(method: string, action: () => Promise<unknown>): void {
		let isDone = false;
		proxy.onRequest = async (asked, url) => {
			if (!isDone && asked === method && url.includes("/configmaps/aws-auth") && !url.includes("dryRun=")) {
				isDone = true;
				await action();
			}
		};
	}

	it("our entry was removed by hand: the next up puts it back", async () => {
		const project = await stackOf(["devs"]);
		await project.up();
		await edit(() => NODES);
		await converges(project, ["devs"], FOREIGN);
		await destroyLeaves(project, FOREIGN);
	});

	it("another tool wrote the map anew, sorted and without comments", async () => {
		const project = await stackOf(["devs"]);
		await project.up();
		const sorted = (text: string) => yaml.stringify(yaml.parse(text), { sortMapEntries: true });
		await edit(sorted, "another-tool");
		await converges(project, ["devs"], FOREIGN);
		await destroyLeaves(project, { ...FOREIGN, mapRoles: sorted(NODES) });
	});

	it("a foreign write between our read and our claim, at the first up: kept", async () => {
		const project = await stackOf(["devs"]);
		once("PUT", () => addForeign("late"));
		await converges(project, ["devs"], { ...FOREIGN, mapRoles: withForeign("late") });
		await destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("a foreign write between our read and our write, at the first up: a conflict, kept", async () => {
		const project = await stackOf(["devs"]);
		once("PATCH", () => addForeign("late"));
		await assert.rejects(project.up());
		assert.match(output, /conflict.*kubectl-edit/s);
		await converges(project, ["devs"], { ...FOREIGN, mapRoles: withForeign("late") });
		await destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("the same once the text is ours", async () => {
		const roles = ["devs"];
		const project = await stackOf(roles);
		await project.up();
		roles.push("qa");
		once("PATCH", () => addForeign("late"));
		await assert.rejects(project.up());
		await converges(project, ["devs", "qa"], { ...FOREIGN, mapRoles: withForeign("late") });
		await destroyLeaves(project, { ...FOREIGN, mapRoles: withForeign("late") });
	});

	it("two stacks on one cluster, in turn and at once", async () => {
		const [one, two] = [["devs"], ["qa"]];
		const stacks = [await stackOf(one, { stack: "one" }), await stackOf(two, { stack: "two" })];
		for (const stack of [...stacks, ...stacks]) {
			await stack.up();
		}
		for (const stack of stacks) {
			assert.ok(isEmpty(await stack.preview()), "both previews are empty");
		}
		one.push("devs-2");
		two.push("qa-2");
		await Promise.allSettled(stacks.map((stack) => stack.up()));
		await stacks[0].up();
		await converges(stacks[1], ["devs", "devs-2", "qa", "qa-2"], FOREIGN);
		await stacks[0].destroy();
		await converges(stacks[1], ["qa", "qa-2"], FOREIGN);
		await destroyLeaves(stacks[1], FOREIGN);
	});

	it("the component is renamed, and moved to another parent, with and without an alias", async () => {
		let make: () => void = () => access("access", ["devs"]);
		const project = await stackOf([], { program: async () => make() });
		await project.up();
		class Parent extends pulumi.ComponentResource {
			constructor() {
				super("test:index:Parent", "parent");
			}
		}
		const steps: (() => void)[] = [
			() => void access("renamed", ["devs"]),
			() => void access("again", ["devs"], { aliases: [{ name: "renamed" }] }),
			() => void access("again", ["devs"], { parent: new Parent() }),
			() => void access("again", ["devs"], { parent: new Parent(), aliases: [{ parent: pulumi.rootStackResource }] }),
		];
		for (const step of steps) {
			make = step;
			await converges(project, ["devs"], FOREIGN);
		}
		await destroyLeaves(project, FOREIGN);
	});

	it("aws-auth was deleted by hand, then made anew by another manager", async () => {
		const project = await stackOf(["devs"]);
		await project.up();
		await sandbox.core.deleteNamespacedConfigMap(AWS_AUTH);
		await assert.rejects(project.up());
		assert.match(output, /has no ConfigMap kube-system\/aws-auth/);
		await create(FOREIGN, "vpcLambda");
		await converges(project, ["devs"], FOREIGN);
		await destroyLeaves(project, FOREIGN);
	});

	it("aws-auth was deleted and restored from a backup with its annotations", async () => {
		const roles = ["devs"];
		const project = await stackOf(roles);
		await project.up();
		const { data, metadata } = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
		await sandbox.core.deleteNamespacedConfigMap(AWS_AUTH);
		const body = { metadata: { ...AWS_AUTH, annotations: metadata?.annotations }, data };
		await sandbox.core.createNamespacedConfigMap({ namespace: AWS_AUTH.namespace, body, fieldManager: "velero" });
		roles.push("qa");
		await converges(project, ["devs", "qa"], FOREIGN);
		await destroyLeaves(project, FOREIGN);
	});

	it("the kubeconfig names another address of the cluster", async () => {
		let current = kubeconfig;
		const project = await stackOf([], {
			program: async () => {
				new AwsAuth("access", { roles: [mapping("devs")], kubeconfig: current });
			},
		});
		await project.up();
		current = JSON.stringify(yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8")));
		await converges(project, ["devs"], FOREIGN);
		await destroyLeaves(project, FOREIGN);
	});

	it("the API server is gone, at up and at destroy", async () => {
		const roles = ["devs"];
		const project = await stackOf(roles);
		await project.up();
		roles.push("qa");
		await proxy.stop();
		await assert.rejects(project.up());
		assert.match(output, /cannot reach the API server/);
		await assert.rejects(project.destroy());
		await proxy.start();
		await converges(project, ["devs", "qa"], FOREIGN);
		await destroyLeaves(project, FOREIGN);
	});

	it("the engine is killed in the middle of an up, and of a destroy", async () => {
		const project = await stackOf(["devs"]);
		once("PATCH", killEngine);
		await assert.rejects(project.up());
		await project.cancel();
		await converges(project, ["devs"], FOREIGN);
		once("PUT", killEngine);
		await assert.rejects(project.destroy());
		await project.cancel();
		proxy.onRequest = () => undefined;
		await destroyLeaves(project, FOREIGN);
	});

	it("the environment switches server-side apply off: ignored", () =>
		withEnvironment({ PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY: "false" }, async () => {
			const project = await stackOf(["devs"]);
			await converges(project, ["devs"], FOREIGN);
			await destroyLeaves(project, FOREIGN);
		}));

	it("the environment switches forced patches on: refused, nothing written", () =>
		withEnvironment({ PULUMI_K8S_ENABLE_PATCH_FORCE: "true" }, async () => {
			const project = await stackOf(["devs"]);
			await assert.rejects(project.up());
			assert.match(output, /unset PULUMI_K8S_ENABLE_PATCH_FORCE/);
			assert.deepEqual(await live(), FOREIGN);
		}));

	it("an entry for our role that somebody else wrote: refused with its line, or adopted on request", async () => {
		const text = `${NODES}\n- rolearn: arn:aws:iam::293759796572:role/devs\n  username: by-hand\n`;
		await edit(() => text);
		const project = await stackOf(["devs"]);
		await assert.rejects(project.up());
		assert.match(output, /mapRoles, line 11.*adoptExisting/s);
		assert.equal((await live()).mapRoles, text);
		const adopting = await stackOf([], {
			program: async () => {
				new AwsAuth("access", { roles: [mapping("devs")], kubeconfig, adoptExisting: true });
			},
		});
		await converges(adopting, ["devs"], FOREIGN);
	});

	it("a provider that renders to a file, or one with other settings: refused, nothing written", async () => {
		const renderYamlToDirectory = sandbox.directory;
		const project = await stackOf([], {
			program: async () => {
				const provider = new Provider("renders", { renderYamlToDirectory });
				new AwsAuth("access", { roles: [mapping("devs")], kubeconfig, provider: provider as ClusterProvider });
			},
		});
		await assert.rejects(project.up());
		assert.match(output, /provider.*render them to a file; allowed is a ClusterProvider/s);
		assert.deepEqual(await live(), FOREIGN);
	});

	it("30 writers add and remove entries of their own for the whole of an up", async () => {
		const project = await stackOf(["devs"]);
		let isOver = false;
		const writers = Array.from({ length: 30 }, async (_, at) => {
			const line = `- {rolearn: "arn:aws:iam::293759796572:role/writer-${at}", username: w${at}, groups: [w]}\n`;
			for (let turn = 0; !isOver || turn % 2 === 1; turn++) {
				await edit((text) => (turn % 2 === 0 ? line + text : text.replace(line, "")), `writer-${at}`);
			}
			await edit((text) => line + text, `writer-${at}`);
		});
		// It may be refused with a conflict again and again; it must not lose anything.
		await project.up().catch(() => undefined);
		isOver = true;
		await Promise.all(writers);
		const mapRoles = (await live()).mapRoles.replace(/- groups:\n {2}- devs\n.*\n.*\n?/, "");
		assert.equal((mapRoles.match(/writer-/g) ?? []).length, 30);
		await converges(project, ["devs"], { ...FOREIGN, mapRoles });
		await project.destroy();
		const [after, before] = await Promise.all([judge.read(await live()), judge.read({ ...FOREIGN, mapRoles })]);
		assert.deepEqual(after, before);
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

	/** The engine that runs for this process; it is its only child of that name. */
	async function killEngine(): Promise<void> {
		const children = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" });
		const pid = /^\s*(\d+)\s+pulumi\s*$/m.exec(children)?.[1];
		assert.ok(pid, `an engine runs: ${children}`);
		process.kill(Number(pid), "SIGKILL");
		throw new Error("the request never arrives");
	}
});

function arns(names: string[]): string[] {
	return names.map((name) => mapping(name).roleArn).sort();
}

/** What the authenticator reads, without the roles that `leaveOut` picks. */
function withoutRoles(reading: Reading, leaveOut: (arn: string) => boolean): Reading {
	return { ...reading, roles: (reading.roles ?? []).filter(({ rolearn }) => !leaveOut(rolearn)) };
}
