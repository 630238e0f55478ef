import assert from "node:assert/strict";
import { readBindings } from "../../../../components/preflight/existing/bindings";
import { AccessWorld, SHOP } from "../../../support/eks-access-world";
import { inServer } from "../../../support/error-worlds";
import { apiServer } from "../../../support/mock-cluster";
import { MockEngine } from "../../../support/mock-engine";

describe("what is listed of a cluster to find access besides what the config lists", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());

	it("is one list a kind, that of namespaces too", async () => {
		const metadata = { name: "eks-access", namespace: "dev" };
		const last = {
			"urn::access-namespaces-dev-network": {
				type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
				outputs: { metadata },
			},
		};
		const contents = { last, cluster: { namespaces: { dev: { tier: "dev" } }, networkPolicies: [{ metadata }] } };
		const namespaceSelector = { matchLabels: { tier: "dev" } };
		const team = { ...SHOP, namespaces: [{ name: "dev", networkPolicy: "default-deny" as const }], namespaceSelector };
		await world.create({ teams: [team] }, contents);
		const lists = (world.cluster?.requests ?? []).flatMap((request) => /^GET \S*\/(\w+)\?/.exec(request)?.[1] ?? []);
		assert.deepEqual(lists.sort(), ["clusterrolebindings", "namespaces", "networkpolicies", "rolebindings"]);
	});

	it("is one list a kind, page by page, however many bindings and roles of service accounts there are", async () => {
		const many = Array.from({ length: 1201 }, (_, at) => ({
			...{ metadata: { name: `bot-${at}`, namespace: `space-${at}` }, roleRef: { kind: "Role", name: "bot" } },
			subjects: [{ kind: "ServiceAccount", name: "bot", namespace: "dev" }],
		}));
		const some = many.slice(0, 40).map(({ metadata: { name }, subjects }) => ({
			...{ metadata: { name }, roleRef: { kind: "ClusterRole", name }, subjects },
		}));
		const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
		const roles = { "space-7/bot": rules, "space-1200/bot": rules };
		await world.refused(
			{},
			{ cluster: { bindings: [...many, ...some], roles } },
			/has a problem.*RoleBinding space-7\/bot-7 .*and there are 1 more of the same key/s,
		);
		const asked = (world.cluster?.requests ?? []).flatMap(
			(request) => /\/((?:cluster)?role(?:binding)?s)\?/.exec(request)?.[1] ?? [],
		);
		assert.deepEqual(asked.sort(), ["clusterrolebindings", "clusterroles", ...Array(3).fill("rolebindings"), "roles"]);
		assert.deepEqual(
			world.cluster?.requests.filter((request) => /\/(?:roles|clusterroles\/bot.*)\//.test(request)),
			[],
		);
	});

	it("is not there for a preview by somebody who may not list bindings, which says what it does not show; an up is refused", async () => {
		const engine = await MockEngine.start({ isPreview: true });
		const forbidden = inServer(
			() => [403, {}],
			(kubeconfig) => readBindings(apiServer(kubeconfig)),
		);
		assert.equal(await forbidden(), undefined);
		assert.match(engine.said[0] ?? "", /may not list RoleBindings/);
		await MockEngine.start();
		await assert.rejects(forbidden(), /\[api-server-forbidden\]/);
	});
});
