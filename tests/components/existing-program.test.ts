import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Provider as AwsProvider } from "@pulumi/aws";
import { Provider } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ClusterProvider, EksAccess, type EksAccessArgs } from "../../components";
import { MockCluster } from "../support/mock-cluster";
import { type Answers, BINDING, ENTRY, MockEngine, NAMESPACE, ROLE } from "../support/mock-engine";
import { answersOf, outcome, Platform, SHOP } from "../support/program-world";

const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
/** A folder with an `aws` that knows one command, `aws eks get-token`. */
function folderOfAws(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "aws-"));
	const token = { kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1", status: { token: "t" } };
	writeFileSync(path.join(folder, "aws"), `#!/bin/sh\necho '${JSON.stringify(token)}'\n`, { mode: 0o755 });
	return folder;
}

describe("in a program that has resources of its own", () => {
	let engine: MockEngine;
	let cluster: MockCluster;
	let other: MockCluster;
	let answers: Answers;

	before(async () => {
		cluster = await MockCluster.start();
		other = await MockCluster.start({ uid: "66666666-7777-4888-9999-000000000000" });
		answers = answersOf(cluster);
	});
	after(() => Promise.all([cluster.stop(), other.stop()]));
	beforeEach(async () => {
		engine = await MockEngine.start({ answers });
	});

	function args(change: Partial<EksAccessArgs> = {}): EksAccessArgs {
		return { cluster: "prod", kubeconfig: cluster.kubeconfig, teams: [SHOP], ...change };
	}

	const inCluster = () => engine.registered.filter(({ type }) => type.startsWith("kubernetes:") && type !== AWS_AUTH);
	const nameOfProvider = ({ provider }: { provider: string }) => provider.split("::").at(-2);

	describe("an aws provider", () => {
		const teams = [{ ...SHOP, ssoPermissionSets: ["Devs"] }];
		const given: [string, (aws: AwsProvider) => pulumi.ComponentResourceOptions][] = [
			["as provider", (aws) => ({ provider: aws })],
			["in a list of providers", (aws) => ({ providers: [aws] })],
			["in a map of providers", (aws) => ({ providers: { aws } })],
			["by the parent", (aws) => ({ parent: new Platform({ providers: [aws] }) })],
		];
		const usual = process.env.PATH;
		before(() => {
			process.env.PATH = `${folderOfAws()}:${usual}`;
		});
		after(() => {
			process.env.PATH = usual;
		});
		for (const [way, optionsOf] of given) {
			for (const kind of ["constructor", "create"] as const) {
				it(`given ${way} makes everything in AWS and answers every question, with ${kind}`, async () => {
					const opts = optionsOf(new AwsProvider("elsewhere", { region: "eu-west-1" }));
					if (kind === "create") {
						await EksAccess.create("access", args({ teams, authentication: "both" }), opts);
					} else {
						const asked = args({ teams, authentication: "access-entries", kubeconfig: undefined });
						new EksAccess("access", asked, opts);
					}
					await engine.settled();
					const made = engine.registered.filter(({ type }) => type.startsWith("aws:"));
					assert.ok(made.some(({ type }) => type === ENTRY) && made.some(({ type }) => type === ROLE));
					assert.deepEqual(new Set(made.map(nameOfProvider)), new Set(["elsewhere"]));
					const questions = engine.calls.filter(({ token }) => token.startsWith("aws:"));
					assert.ok(questions.length >= 5, JSON.stringify(questions));
					assert.deepEqual(
						questions.filter(({ provider }) => !provider.includes("::elsewhere::")),
						[],
					);
				});
			}
		}
	});

	describe("a kubernetes provider", () => {
		const given: [string, (provider: Provider) => pulumi.ComponentResourceOptions][] = [
			["itself", (provider) => ({ provider })],
			["in a list", (provider) => ({ providers: [provider] })],
			["in a map", (provider) => ({ providers: { kubernetes: provider } })],
			["by the parent", (kubernetes) => ({ parent: new Platform({ providers: { kubernetes } }) })],
		];
		for (const [way, optionsOf] of given) {
			it(`given ${way} makes namespaces and bindings; aws-auth is written by one that forces nothing`, async () => {
				const { kubeconfig } = cluster;
				await EksAccess.create(
					"access",
					args(),
					optionsOf(new Provider("mine", { kubeconfig, enablePatchForce: true })),
				);
				await engine.settled();
				assert.ok(
					inCluster().some(({ type }) => type === NAMESPACE) && inCluster().some(({ type }) => type === BINDING),
				);
				assert.deepEqual(new Set(inCluster().map(nameOfProvider)), new Set(["mine"]));
				assert.equal(nameOfProvider(engine.the(AWS_AUTH)), "access-cluster");
				assert.equal(
					String(engine.the("pulumi:providers:kubernetes", "access-cluster").inputs.enablePatchForce),
					"false",
				);
			});
		}

		it("leaves no provider of our own to be made where nothing is written to aws-auth", async () => {
			const mine = new Provider("mine", { kubeconfig: cluster.kubeconfig });
			new EksAccess("access", args({ authentication: "access-entries" }), { providers: [mine] });
			await engine.settled();
			assert.deepEqual(
				engine.only("pulumi:providers:kubernetes").map(({ name }) => name),
				["mine"],
			);
			assert.ok(inCluster().length > 0);
		});

		it("is not asked for a kubeconfig: aws-auth takes the one of aws eks get-token", async () => {
			const mine = new Provider("mine", { kubeconfig: cluster.kubeconfig });
			new EksAccess("access", args({ kubeconfig: undefined, authentication: "access-entries" }), { providers: [mine] });
			await engine.settled();
			assert.ok(engine.called("aws:eks/getCluster:getCluster"));
			assert.deepEqual(new Set(inCluster().map(nameOfProvider)), new Set(["mine"]));
		});

		const refused: [string, (own: string, others: string) => object, Partial<EksAccessArgs>, RegExp][] = [
			["of another cluster", (_, kubeconfig) => ({ kubeconfig }), {}, /leads to the API server .*provider-elsewhere/],
			[
				"of another cluster by its context",
				(own, others) => ({ kubeconfig: bothOf(own, others), context: "other" }),
				{},
				/leads to the API server .*provider-elsewhere/,
			],
			[
				"that renders to files",
				(kubeconfig) => ({ kubeconfig, renderYamlToDirectory: "out" }),
				{},
				/renders to files.*provider-unfit/,
			],
			[
				"without server-side apply",
				(kubeconfig) => ({ kubeconfig, enableServerSideApply: false }),
				{},
				/enableServerSideApply: false.*provider-unfit/,
			],
			["that cannot adopt", (kubeconfig) => ({ kubeconfig }), { adoptExisting: true }, /upsertExistingObjects: true/],
		];
		for (const [what, settings, change, says] of refused) {
			it(`${what} is refused before anything is registered`, async () => {
				const mine = new Provider("mine", settings(cluster.kubeconfig, other.kubeconfig));
				assert.match(await outcome(EksAccess.create("access", args(change), { providers: [mine] })), says);
				await engine.settled();
				assert.deepEqual(
					engine.registered.map(({ name }) => name),
					["mine"],
				);
			});
		}

		it("of the same cluster by another address is taken", async () => {
			const kubeconfig = cluster.kubeconfig.replace("127.0.0.1", "localhost");
			const mine = new Provider("mine", { kubeconfig });
			await EksAccess.create("access", args(), { providers: [mine] });
			await engine.settled();
			assert.deepEqual(new Set(inCluster().map(nameOfProvider)), new Set(["mine"]));
		});

		it("of the same cluster is taken, also by a context, and with upsertExistingObjects where things are adopted", async () => {
			const kubeconfig = bothOf(other.kubeconfig, cluster.kubeconfig);
			const mine = new Provider("mine", { kubeconfig, context: "other", upsertExistingObjects: true });
			await EksAccess.create("access", args({ adoptExisting: true }), { providers: [mine] });
			await engine.settled();
			assert.deepEqual(new Set(inCluster().map(nameOfProvider)), new Set(["mine"]));
		});

		it("that is a ClusterProvider may make what is in the cluster too", async () => {
			const mine = new ClusterProvider("mine", { kubeconfig: cluster.kubeconfig });
			await EksAccess.create("access", args(), { providers: [mine] });
			await engine.settled();
			assert.deepEqual(new Set(inCluster().map(nameOfProvider)), new Set(["mine"]));
		});
	});
});

/** A kubeconfig with the contexts of two, the first of them current. */
function bothOf(current: string, others: string): string {
	const [first, second] = [JSON.parse(current), JSON.parse(others)];
	return JSON.stringify({
		...first,
		clusters: [...first.clusters, { ...second.clusters[0], name: "other" }],
		contexts: [...first.contexts, { name: "other", context: { cluster: "other", user: "u" } }],
	});
}
