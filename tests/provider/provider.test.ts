import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { serveReleases } from "../../components/aws-auth-cleanup";
import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import { EksAccessProvider } from "../../provider/provider";
import { addresses, SCHEMA_FILE, schemaFile } from "../../scripts/provider-schema";
import { MockCluster } from "../support/mock-cluster";
import { ACCOUNT, type Answers, ENTRY, MockEngine, resolved } from "../support/mock-engine";
import { unknownOutput } from "../support/unknown-output";

const COMPONENT = "eks-access:index:EksAccess";
const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
const TEAMS = [{ name: "shop", namespaces: ["dev"], users: ["jane"] }];
const SCHEMA = readFileSync(SCHEMA_FILE, "utf8");

describe("the component provider", () => {
	let provider: EksAccessProvider;

	before(() => {
		provider = new EksAccessProvider(SCHEMA, "0.1.0");
	});

	after(() => serveReleases(false));

	it("serves the schema that its sources make: if not, npm run reference", () => {
		assert.equal(SCHEMA, schemaFile());
		assert.equal(JSON.parse(SCHEMA).version, JSON.parse(readFileSync("package.json", "utf8")).version);
	});

	it("names the repository in the schema once package.json does, as a release does, with the address of the plugin in it", () => {
		assert.deepEqual(addresses("git+https://git.example.com/acme/eks-access.git"), {
			homepage: "https://git.example.com/acme/eks-access",
			repository: "https://git.example.com/acme/eks-access",
			logoUrl: "https://git.example.com/acme/eks-access/raw/main/docs/logo.svg",
			pluginDownloadURL: "git://git.example.com/acme/eks-access/provider",
		});
		assert.deepEqual(addresses(), {});
	});

	it("has the code generator make the input types that a Go program needs", () => {
		assert.equal(JSON.parse(SCHEMA).language.go.generateExtraInputTypes, true);
	});

	it("describes everything in the schema: each input, output, and property of a type", () => {
		const { resources, types } = JSON.parse(SCHEMA);
		const { inputProperties, properties } = resources[COMPONENT];
		const all = [inputProperties, properties, ...Object.values(types).map((type) => (type as Described).properties)];
		const silent = all.flatMap((some: Record<string, { description?: string }>) =>
			Object.entries(some).flatMap(([key, { description }]) => (description ? [] : [key])),
		);
		assert.deepEqual(silent, []);
	});

	it("refuses a type that it has not, and names the one that it has", async () => {
		const made = provider.construct("x", "eks-access:index:TeamIdentity", {}, {});
		await assert.rejects(
			made,
			/found the resource type eks-access:index:TeamIdentity; .*eks-access:index:EksAccess alone/,
		);
	});

	describe("makes an EksAccess", () => {
		let cluster: MockCluster;
		let answers: Answers;

		before(async () => {
			cluster = await MockCluster.start();
			answers = {
				"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
				"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT.accountId }),
				"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
				"aws:eks/getCluster:getCluster": ({ name }) => ({
					...{ name, endpoint: cluster.url, certificateAuthorities: [] },
					accessConfigs: [{ authenticationMode: "API_AND_CONFIG_MAP" }],
				}),
			};
		});
		after(() => cluster.stop());

		function inputs(change: pulumi.Inputs = {}): pulumi.Inputs {
			return { cluster: "prod", kubeconfig: cluster.kubeconfig, teams: TEAMS, ...change };
		}

		it("with the resources of a TypeScript program, and gives its outputs", async () => {
			const engine = await MockEngine.start({ answers });
			const { urn, state } = await provider.construct("access", COMPONENT, inputs(), {});
			await engine.settled();
			assert.equal(await resolved(pulumi.output(urn)), engine.the(COMPONENT).urn);
			assert.deepEqual(Object.keys(state), ["roleArns", "updateKubeconfigCommands", "kubeconfigs", "accessMatrix"]);
			assert.deepEqual(await resolved(state.roleArns), { shop: `arn:aws:iam::${ACCOUNT.accountId}:role/shop-role` });
			assert.ok(await pulumi.isSecret(state.kubeconfigs));
			assert.match(engine.the(AWS_AUTH).inputs.data.mapRoles, /role\/shop-role/);
		});

		it("and leaves the clean destroy to itself: no folder of Node.js packages is needed", async () => {
			const engine = await MockEngine.start({ answers });
			await provider.construct("access", COMPONENT, inputs(), {});
			await engine.settled();
			const release = engine.the("eks-access:index:AwsAuthRelease");
			assert.deepEqual(Object.keys(release.inputs).sort(), ["cluster", "instance", "kubeconfig"]);
		});

		it("but registers nothing where the inputs are wrong", async () => {
			const engine = await MockEngine.start({ answers });
			const wrong = inputs({ teams: [{ ...TEAMS[0], users: ["ja ne"] }] });
			await assert.rejects(
				provider.construct("access", COMPONENT, wrong, {}),
				/^ConfigError: EksAccess access has a problem; nothing was changed:\n {2}teams\[0\]\.users\[0\]: /,
			);
			await engine.settled();
			assert.deepEqual(engine.registered, []);
		});

		describe("in a preview of a program that makes the cluster too", () => {
			let engine: MockEngine;

			beforeEach(async () => {
				engine = await MockEngine.start({ answers, isPreview: true });
			});

			it("without asking a cluster, and says which way in it takes for granted", async () => {
				await provider.construct("access", COMPONENT, inputs({ cluster: unknownOutput(), kubeconfig: "" }), {});
				await engine.settled();
				assert.ok(!engine.called("aws:eks/getCluster:getCluster"));
				assert.match(engine.said.join("\n"), /^authentication: the cluster's mode is not known before it is made/m);
			});

			it("with access entries where they are asked for, and says nothing", async () => {
				const change = { cluster: unknownOutput(), kubeconfig: "", authentication: "access-entries" };
				await provider.construct("access", COMPONENT, inputs(change), {});
				await engine.settled();
				assert.equal(engine.only(ENTRY).length, 1);
				assert.deepEqual(
					engine.said.filter((message) => message.startsWith("authentication:")),
					[],
				);
			});

			it("but not with a selector of namespaces, which only the cluster can answer", async () => {
				const teams = [{ name: "shop", namespaceSelector: { matchLabels: { team: "shop" } }, users: ["jane"] }];
				await assert.rejects(
					provider.construct("access", COMPONENT, inputs({ cluster: unknownOutput(), teams }), {}),
					/team shop has a namespaceSelector, and the cluster to ask is not known.*list the namespaces/,
				);
				await engine.settled();
				assert.deepEqual(engine.registered, []);
			});
		});
	});

	describe("serves the clean destroy of aws-auth", () => {
		const at = (server: string) => execKubeconfig("prod", { server }, { cluster: "prod", region: "eu-west-1" });
		const [here, elsewhere] = [at("https://here.invalid"), at("https://elsewhere.invalid")];
		const state = (kubeconfig: string, instance = "one") => ({ instance, kubeconfig: asSecret(kubeconfig) });

		it("with an id of its own for each, and its inputs, secret as they came", async () => {
			const [one, other] = [await provider.create("urn", state(here)), await provider.create("urn", state(here))];
			assert.notEqual(one.id, other.id);
			assert.deepEqual(one.outs, state(here));
		});

		it("whose kubeconfig of another cluster replaces it, and any other kubeconfig does not", async () => {
			const withProfile = JSON.stringify({ ...JSON.parse(here), preferences: {} });
			const diff = async (from: string, to: string) => provider.diff("id", "urn", state(from), state(to));
			assert.deepEqual(await diff(here, here), { changes: false });
			assert.deepEqual(await diff(here, elsewhere), { changes: true, replaces: ["kubeconfig"] });
			assert.deepEqual(await diff(here, withProfile), { changes: true, replaces: [] });
		});

		it("and does not guess from a kubeconfig that is not known yet", async () => {
			assert.deepEqual(await provider.diff("id", "urn", state(here), state(pulumi.runtime.unknownValue)), {
				changes: true,
			});
		});

		it("which keeps the name of its record when the component is renamed", async () => {
			const { outs } = await provider.update("id", "urn", state(here, "first"), state(elsewhere, "renamed"));
			assert.deepEqual(outs, { ...state(elsewhere), instance: "first" });
		});

		it("whose failure is told without a stack trace", async () => {
			const gone = state(at("https://127.0.0.1:1"));
			await assert.rejects(provider.delete("id", "urn", gone), (error: Error) => {
				assert.match(error.message, /could not take this stack's entries out of kube-system\/aws-auth/);
				assert.equal(error.stack, "");
				return true;
			});
		});
	});
});

interface Described {
	properties: Record<string, { description?: string }>;
}

/** As the protocol has it. */
function asSecret(value: string): object {
	return { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig, value };
}
