import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { EksAccess } from "../../components";
import { type Changes, isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { openProject, sharedSandbox } from "./shared-sandbox";

const ARGS = {
	cluster: "prod-eks-cluster",
	teams: [{ name: "movers", namespaces: ["moving"], users: ["jane"] }],
};

class Platform extends pulumi.ComponentResource {
	constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
		super("acme:index:Platform", name, {}, opts);
	}
}

describe("EksAccess in a program of somebody else's, on the real engine", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let original: Awaited<ReturnType<typeof awsAuth>>;
	let output = "";
	let program: () => Promise<unknown> = async () => undefined;

	before(async () => {
		sandbox = await sharedSandbox();
		original = await awsAuth();
		project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ program: async () => ({ ...((await program()) as object) }) },
		);
	});
	after(async () => {
		program = async () => undefined;
		await project?.destroy();
	});

	/** What is in aws-auth, without what every write changes. */
	async function awsAuth(): Promise<{ text?: string; records: Record<string, string> }> {
		const { data, metadata } = await sandbox.core.readNamespacedConfigMap({
			namespace: "kube-system",
			name: "aws-auth",
		});
		const records = Object.entries(metadata?.annotations ?? {}).filter(([key]) => key.startsWith("pulumi-eks-access/"));
		return { text: data?.mapRoles, records: Object.fromEntries(records) };
	}

	function assertNothingLost(changes: Changes): void {
		assert.deepEqual([changes.delete, changes.replace], [undefined, undefined], output);
	}

	it("transforms see every resource in it, and may change it; a kubernetes provider of the same cluster makes what is in there", async () => {
		const seen: string[] = [];
		const tagged: pulumi.ResourceTransform = async ({ type, name, props, opts }) => {
			seen.push(name);
			return type === "aws:iam/role:Role" ? { props: { ...props, tags: { owner: "platform" } }, opts } : undefined;
		};
		program = async () => create("access", { transforms: [tagged] });
		await project.up();
		for (const name of [
			"access",
			"access-movers-role",
			"access-namespaces-moving",
			"access-aws-auth",
			"access-cluster",
		]) {
			assert.ok(seen.includes(name), `${name}: ${seen}`);
		}
		assert.ok(isEmpty(await project.preview()), output);
		const state = await project.resources();
		const role = state.find(({ type }) => type === "aws:iam/role:Role");
		assert.deepEqual(role?.outputs?.tags, { owner: "platform" });
		const inCluster = state.filter(({ type }) => type.startsWith("kubernetes:") && !type.includes("ConfigMapPatch"));
		assert.deepEqual(new Set(inCluster.map(({ provider }) => provider?.split("::").at(-2))), new Set(["mine"]));
	});

	it("a rename with an alias takes everything along: nothing is made, replaced or deleted, and aws-auth stays as it is", async () => {
		const before = await awsAuth();
		const physical = await identities();
		await moves("team-access", () => ({ aliases: [{ name: "access" }] }));
		assert.deepEqual(await awsAuth(), before);
		assert.deepEqual(await identities(), physical);
	});

	it("so does a move to another parent", async () => {
		const before = await awsAuth();
		const physical = await identities();
		await moves("team-access", () => ({
			parent: new Platform("platform"),
			aliases: [{ parent: pulumi.rootStackResource }],
		}));
		assert.deepEqual(await awsAuth(), before);
		assert.deepEqual(await identities(), physical);
	});

	it("protect: a destroy is refused, and everybody keeps their access", async () => {
		const before = await awsAuth();
		const parent = () => ({ parent: new Platform("platform") });
		program = async () => create("team-access", { ...parent(), protect: true });
		await project.up();
		await assert.rejects(project.destroy(), /protect/);
		assert.deepEqual(await awsAuth(), before);
		program = async () => create("team-access", parent());
		await project.up();
	});

	it("a destroy leaves aws-auth as it was before the first update", async () => {
		await project.destroy();
		assert.deepEqual(await awsAuth(), original);
	});

	/** With a provider of the program's own, as at first. */
	async function create(name: string, opts: pulumi.ComponentResourceOptions): Promise<void> {
		const mine = new Provider("mine", { kubeconfig: sandbox.adminKubeconfig });
		await EksAccess.create(name, ARGS, { providers: [mine], ...opts });
	}

	async function moves(name: string, options: () => pulumi.ComponentResourceOptions): Promise<void> {
		output = "";
		program = async () => create(name, options());
		assertNothingLost(await project.preview());
		assertNothingLost(await project.up());
		assert.doesNotMatch(output, /Access changes/);
		assert.ok(isEmpty(await project.preview()), output);
	}

	/** What the resources are outside of Pulumi. */
	async function identities(): Promise<string[]> {
		const state = await project.resources();
		return state.flatMap(({ type, id }) => (id && !type.startsWith("pulumi:") ? [`${type} ${id}`] : [])).sort();
	}
});
