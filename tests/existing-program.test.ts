import assert from "node:assert/strict";
import { Provider as AwsProvider } from "@pulumi/aws";
import type { Cluster, ClusterOptions } from "@pulumi/eks";
import { Provider } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Authentication, ClusterProvider, EksAccess, type EksAccessArgs, type TeamIdentity } from "../components";
import { waysOf } from "../components/authentication";
import { connectTo } from "../components/cluster-connection";
import { MockCluster } from "./mock-cluster";
import { ACCOUNT, type Answers, BINDING, ENTRY, MockEngine, NAMESPACE, ROLE } from "./mock-engine";
import { unknownOutput } from "./unknown-output";

const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
const PERMISSION_SET_ROLE =
	"arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Devs_0123456789abcdef";
const SHOP = { name: "shop", namespaces: ["dev"], users: ["jane"] };
const AWS_ANSWERS: Answers = {
	"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
	"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT.accountId }),
	"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
	"aws:iam/getRoles:getRoles": () => ({ arns: [PERMISSION_SET_ROLE] }),
	"aws:eks/getAccessEntry:getAccessEntry": () => {
		throw new Error("couldn't find resource");
	},
};

/** What a program has its own resources in. */
class Platform extends pulumi.ComponentResource {
	constructor(opts?: pulumi.ComponentResourceOptions) {
		super("acme:index:Platform", "platform", {}, opts);
	}
}

describe("in a program that has resources of its own", () => {
	let engine: MockEngine;
	let cluster: MockCluster;
	let other: MockCluster;
	let answers: Answers;

	before(async () => {
		cluster = await MockCluster.start();
		other = await MockCluster.start();
		answers = {
			...AWS_ANSWERS,
			"aws:eks/getCluster:getCluster": ({ name }) => ({
				...{ name, endpoint: cluster.url, certificateAuthorities: [] },
				accessConfigs: [{ authenticationMode: "API_AND_CONFIG_MAP" }],
			}),
		};
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
	const outcome = (run: Promise<unknown>) =>
		run.then(
			() => "made",
			(error: Error) => error.message,
		);

	describe("an aws provider", () => {
		const teams = [{ ...SHOP, ssoPermissionSets: ["Devs"] }];
		const given: [string, (aws: AwsProvider) => pulumi.ComponentResourceOptions][] = [
			["as provider", (aws) => ({ provider: aws })],
			["in a list of providers", (aws) => ({ providers: [aws] })],
			["in a map of providers", (aws) => ({ providers: { aws } })],
			["by the parent", (aws) => ({ parent: new Platform({ providers: [aws] }) })],
		];
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

	describe("EksAccess.create", () => {
		it("takes outputs that are known, such as a StackReference's", async () => {
			const known = pulumi.output("prod");
			const { kubeconfig } = cluster;
			const secret = pulumi.secret(kubeconfig);
			const opts = { cluster: known, kubeconfig: secret, region: pulumi.output("eu-west-1"), account: ACCOUNT };
			await EksAccess.create("access", args(opts));
			await engine.settled();
			assert.ok(engine.the(AWS_AUTH).inputs.data.mapRoles.includes("role/shop-role"));
		});

		it("refuses a value that only an update makes known, and names the way out", async () => {
			engine = await MockEngine.start({ answers, isPreview: true });
			const unknown = unknownOutput();
			for (const name of ["cluster", "kubeconfig", "region"] as const) {
				const says = await outcome(EksAccess.create("access", args({ [name]: unknown })));
				assert.match(says, new RegExp(`^${name}: found a value that is known only .*new EksAccess.*value-unknown`));
			}
			await engine.settled();
			assert.deepEqual(engine.registered, []);
		});

		it("refuses a Cluster that the same program makes", async () => {
			const says = await outcome(EksAccess.create("access", args({ cluster: eksCluster({}), kubeconfig: undefined })));
			assert.match(says, /^cluster: found a Cluster of @pulumi\/eks.*new EksAccess.*access-entries/);
		});
	});

	describe("a Cluster of @pulumi/eks", () => {
		it("is given access entries where nothing else is said, as it writes the whole aws-auth itself", async () => {
			const made = eksCluster({ mode: "API_AND_CONFIG_MAP", hasAwsAuth: true });
			new EksAccess("access", args({ cluster: made, kubeconfig: undefined, account: ACCOUNT, region: "eu-west-1" }));
			await engine.settled();
			assert.equal(engine.only(ENTRY).length, 1);
			assert.deepEqual(engine.only(AWS_AUTH), []);
			assert.ok(!engine.called("aws:eks/getCluster:getCluster"));
		});

		const cells: [mode: string, Authentication, takeOver: boolean, RegExp][] = [
			["API_AND_CONFIG_MAP", "access-entries", false, /^made$/],
			["API", "access-entries", false, /^made$/],
			["CONFIG_MAP", "access-entries", false, /CONFIG_MAP, so it knows no access entries.*roleMapping.*mode-mismatch/],
			["CONFIG_MAP", "aws-auth", false, /writes the whole aws-auth.*roleMapping.*aws-auth-foreign-owner/],
			["API_AND_CONFIG_MAP", "both", false, /writes the whole aws-auth.*aws-auth-foreign-owner/],
			["CONFIG_MAP", "aws-auth", true, /^made$/],
			["API", "aws-auth", true, /mode API, so it does not read aws-auth/],
		];
		for (const [mode, authentication, takeOver, says] of cells) {
			const how = takeOver ? "taken over by" : "with";
			it(`in mode ${mode} ${how} ${authentication}: ${says.source.split(".*", 1)}`, async () => {
				const made = eksCluster({ mode, hasAwsAuth: mode !== "API" });
				const ways = waysOf(authentication, undefined);
				const { kubeconfig } = connectTo({ cluster: made, takeOver }, pulumi.output("eu-west-1"), ways, {});
				assert.match(await outcome((kubeconfig as unknown as { promise(): Promise<string> }).promise()), says);
			});
		}
	});

	it("TeamIdentity.roleMapping is what eks.Cluster takes in roleMappings", () => {
		// Holds if it compiles.
		const options = (identity: TeamIdentity): Pick<ClusterOptions, "roleMappings"> => ({
			roleMappings: [identity.roleMapping],
		});
		assert.ok(options);
	});

	function eksCluster({ mode, hasAwsAuth }: { mode?: string; hasAwsAuth?: boolean }): Cluster {
		return {
			eksCluster: { name: pulumi.output("prod"), accessConfig: pulumi.output({ authenticationMode: mode }) },
			kubeconfigJson: pulumi.output(cluster.kubeconfig),
			core: pulumi.output({ eksNodeAccess: hasAwsAuth ? { made: true } : undefined }),
		} as unknown as Cluster;
	}
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
