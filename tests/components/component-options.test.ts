import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { EksAccess, type EksAccessArgs } from "../../components";
import { MockCluster } from "../support/mock-cluster";
import { ACCOUNT, type Answers, MockEngine, ROLE } from "../support/mock-engine";
import { answersOf, outcome, Platform, SHOP } from "../support/program-world";

describe("the options of a component", () => {
	let engine: MockEngine;
	let cluster: MockCluster;
	let answers: Answers;

	before(async () => {
		cluster = await MockCluster.start();
		answers = answersOf(cluster);
	});
	after(() => cluster.stop());
	beforeEach(async () => {
		engine = await MockEngine.start({ answers });
	});

	function args(change: Partial<EksAccessArgs> = {}): EksAccessArgs {
		return { cluster: "prod", kubeconfig: cluster.kubeconfig, teams: [SHOP], ...change };
	}

	describe("options", () => {
		async function withOptions(opts: pulumi.ComponentResourceOptions): Promise<MockEngine> {
			new EksAccess("access", args({ authentication: "both", account: ACCOUNT, region: "eu-west-1" }), opts);
			return engine.settled();
		}

		it("protect: everything in it is protected", async () => {
			await withOptions({ protect: true });
			assert.ok(engine.registered.length > 12);
			assert.deepEqual(
				engine.registered.filter(({ protect }) => !protect),
				[],
			);
		});

		it("transformations see every resource in it, and may change it", async () => {
			const seen: string[] = [];
			await withOptions({
				transformations: [
					({ type, name, props, opts }) => {
						seen.push(name);
						return type === ROLE ? { props: { ...props, description: "changed" }, opts } : undefined;
					},
				],
			});
			assert.equal(engine.the(ROLE).inputs.description, "changed");
			assert.deepEqual(
				engine.registered.map(({ name }) => name).filter((name) => !seen.includes(name)),
				[],
			);
		});

		it("dependsOn: everything in it depends on it, so that a destroy takes it away first", async () => {
			const platform = new Platform();
			const first = new AwsProvider("first", {}, { parent: platform });
			await withOptions({ dependsOn: [first] });
			const { urn } = engine.the("pulumi:providers:aws", "first");
			const own = engine.registered.filter(({ name }) => name.startsWith("access"));
			assert.ok(own.length > 12);
			assert.deepEqual(
				own.filter(({ dependsOn }) => !dependsOn.includes(urn)).map(({ name }) => name),
				[],
			);
		});

		it("two of them whose names would meet are refused before anything of the second is registered", async () => {
			new EksAccess("eks", args({ teams: [{ ...SHOP, name: "prod-devs" }] }));
			assert.throws(() => new EksAccess("eks-prod", args({ teams: [{ ...SHOP, name: "devs" }] })), {
				code: "name-twice",
			});
			assert.match(
				await outcome(EksAccess.create("eks-prod", args({ teams: [{ ...SHOP, name: "devs" }] }))),
				/team devs of the component eks-prod .* eks-prod-devs, which the component eks .*name-twice/,
			);
			await engine.settled();
			assert.ok(!engine.registered.some(({ name }) => name === "eks-prod"));
		});

		it("two of them in one program share no name, whatever their teams are called", async () => {
			const base = { account: ACCOUNT, region: "eu-west-1", authentication: "both" as const };
			new EksAccess("access", args({ ...base, teams: [{ ...SHOP, name: "b" }] }));
			new EksAccess("access-two", args({ ...base, teams: [{ ...SHOP, name: "c" }] }));
			await engine.settled();
			const urns = engine.registered.map(({ urn }) => urn);
			assert.deepEqual(
				urns.filter((urn, at) => urns.indexOf(urn) !== at),
				[],
			);
		});
	});
});
