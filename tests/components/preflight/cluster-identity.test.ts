import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes";
import { AwsAuth, ClusterProvider, EksAccess } from "../../../components";
import { clusterIdentity } from "../../../components/preflight/cluster-identity";
import { handler } from "../../../core/aws-auth/cleanup-handler";
import { AccessWorld } from "../../support/eks-access-world";
import { CLUSTER_UID, MockCluster } from "../../support/mock-cluster";
import { BINDING, type LastState, MockEngine } from "../../support/mock-engine";
import { present } from "../../support/present";

const PROVIDER = "pulumi:providers:kubernetes";
const OTHER_UID = "66666666-7777-4888-9999-000000000000";
const urnOf = (name: string) => `urn:pulumi:test::eks-access::eks-access:index:EksAccess$${PROVIDER}::${name}`;
const kubeconfigOf = (server: string) =>
	JSON.stringify({
		clusters: [{ name: "c", cluster: { server } }],
		contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		users: [{ name: "u", user: {} }],
		"current-context": "c",
	});
const FORMER = kubeconfigOf("https://former.example");

/** What the last update left of a provider. */
function left(name: string, clusterIdentifier?: string, kubeconfig = FORMER): LastState {
	return { [urnOf(name)]: { type: PROVIDER, outputs: { kubeconfig, clusterIdentifier } } };
}

describe("which cluster it is", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());
	const provider = () => world.engine.the(PROVIDER).inputs;

	it("is the UID of its namespace kube-system", async () => {
		await world.create({});
		assert.equal(provider().clusterIdentifier, CLUSTER_UID);
		assert.equal(world.engine.the("pulumi-nodejs:dynamic/aws-auth:Release").inputs.cluster, CLUSTER_UID);
		assert.equal(world.cluster?.requests.filter((request) => request.endsWith("/kube-system")).length, 1);
	});

	it("is never anything else: a cluster that does not tell it is refused", async () => {
		await world.refused({}, { cluster: { uid: null } }, /shows no namespace kube-system.*cluster-identity-unreadable/);
	});

	it("the same identity at another address is an update in place", async () => {
		await world.create({}, { last: left("access-cluster", CLUSTER_UID) });
		assert.doesNotMatch(world.engine.said.join("\n"), /another cluster/);
	});

	it("a state without an identity is taken as long as the address is the same", async () => {
		const cluster = await MockCluster.start();
		const last = left("access-cluster", undefined, cluster.kubeconfig);
		await MockEngine.start({ last });
		const access = new ClusterProvider("access-cluster", { kubeconfig: cluster.kubeconfig });
		assert.equal(await promised(access.clusterIdentifier), CLUSTER_UID);
		await cluster.stop();
	});

	it("a state without an identity together with another address is refused, with the two steps", async () => {
		await world.refused(
			{},
			{ last: left("access-cluster") },
			/https:\/\/former\.example.*two steps: run pulumi up with the kubeconfig as it was.*cluster-identity-missing/,
		);
	});

	it("another cluster is announced with what will be deleted where", async () => {
		const last = { ...left("access-cluster", OTHER_UID), binding: { type: BINDING, outputs: {} } };
		await world.create({}, { last });
		assert.match(
			world.engine.said.join("\n"),
			new RegExp(`another cluster .*${CLUSTER_UID}.*${OTHER_UID}, at https://former.example.*1 RoleBinding`),
		);
	});

	describe("behind a kubernetes provider of the program's own", () => {
		async function create(last: LastState, clusterIdentifier?: string): Promise<MockEngine> {
			const cluster = await MockCluster.start();
			const { kubeconfig } = cluster;
			const answers = { "aws:eks/getCluster:getCluster": () => ({ accessConfigs: [], certificateAuthorities: [] }) };
			const engine = await MockEngine.start({ last, answers });
			const mine = new Provider("mine", { kubeconfig, clusterIdentifier });
			const args = { cluster: "prod", region: "eu-west-1", account: { partition: "aws", accountId: "293759796572" } };
			const teams = [{ name: "shop", namespaces: ["dev"], users: ["jane"] }];
			await EksAccess.create("access", { ...args, teams, kubeconfig }, { provider: mine }).finally(() =>
				engine.settled().then(() => cluster.stop()),
			);
			return engine;
		}
		const mine = (identifier?: string, own?: string) => ({
			"urn:pulumi:test::eks-access::pulumi:providers:kubernetes::mine": present(left("x", identifier)[urnOf("x")]),
			...left("access-cluster", own),
		});

		it("that would be replaced although it stays on the cluster is refused", async () => {
			await assert.rejects(create(mine(undefined, CLUSTER_UID)), /clusterIdentifier: "1111.*" for the provider/);
			await assert.rejects(create(mine("by-name", CLUSTER_UID), CLUSTER_UID), { code: "cluster-identity-missing" });
		});

		it("that keeps its identifier is taken, and one of another cluster is announced", async () => {
			await create(mine("by-name", CLUSTER_UID), "by-name");
			const engine = await create(mine(OTHER_UID, OTHER_UID), CLUSTER_UID);
			assert.match(engine.said.join("\n"), /leads to another cluster/);
		});
	});

	it("an AwsAuth whose provider is on another cluster is refused", async () => {
		const [one, other] = await Promise.all([MockCluster.start(), MockCluster.start({ uid: OTHER_UID })]);
		const engine = await MockEngine.start();
		const provider = new ClusterProvider("mine", { kubeconfig: other.kubeconfig });
		const told = new Promise<Error>((tell) => process.once("unhandledRejection", tell));
		new AwsAuth("auth", { roles: [], kubeconfig: one.kubeconfig, provider });
		assert.match((await told).message, /leads to another cluster.*provider-elsewhere/);
		await engine.settled().catch(() => undefined);
		await Promise.all([one.stop(), other.stop()]);
	});

	it("is asked again in each run: an address may lead elsewhere by then", async () => {
		const cluster = await MockCluster.start();
		for (let run = 0; run < 2; run++) {
			await MockEngine.start();
			await Promise.all([clusterIdentity(cluster.kubeconfig), clusterIdentity(cluster.kubeconfig)]);
		}
		assert.equal(cluster.requests.length, 2);
		await cluster.stop();
	});

	describe("for the clean destroy", () => {
		const diff = (olds: object, news: object) => {
			const base = { instance: "i", kubeconfig: FORMER };
			return handler().diff("id", { ...base, ...olds }, { ...base, ...news });
		};
		const moved = { kubeconfig: kubeconfigOf("https://other.example") };

		it("the same cluster by another way changes it in place, another one replaces it", async () => {
			const [here, there] = [{ cluster: CLUSTER_UID }, { cluster: OTHER_UID }];
			assert.deepEqual(await diff(here, here), { changes: false });
			assert.deepEqual(await diff(here, { ...here, ...moved }), { changes: true, replaces: [] });
			assert.deepEqual(await diff(here, there), { changes: true, replaces: ["kubeconfig"] });
		});

		it("what version 0.1.0 left without an identity gets one, and goes by the address until then", async () => {
			assert.deepEqual(await diff({}, { cluster: CLUSTER_UID }), { changes: true, replaces: [] });
			assert.deepEqual(await diff({}, { cluster: CLUSTER_UID, ...moved }), { changes: true, replaces: ["kubeconfig"] });
		});
	});
});

function promised<T>(output: { apply(use: (value: T) => void): unknown }): Promise<T> {
	return new Promise((resolve) => output.apply(resolve));
}
