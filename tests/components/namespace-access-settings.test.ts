import assert from "node:assert/strict";
import { NamespaceAccess } from "../../components/namespace-access";
import type { TeamArgs } from "../../core/config/team-args";
import { ConfigError } from "../../core/errors/problem";
import { sharedOriginOf } from "../../core/kubernetes/origin";
import { MockEngine, NAMESPACE } from "../support/mock-engine";

const ORIGIN = sharedOriginOf("acme/eks-access/test");
const QUOTA = "kubernetes:core/v1:ResourceQuota";
const LIMITS = "kubernetes:core/v1:LimitRange";
const NETWORK = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const GUARD = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";
const POLICY = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy";

describe("what NamespaceAccess makes of a namespace", () => {
	let engine: MockEngine;
	beforeEach(async () => {
		engine = await MockEngine.start();
	});

	async function make(...teams: TeamArgs[]): Promise<void> {
		new NamespaceAccess("access", { teams });
		await engine.settled();
	}

	it("is a patch, left alone on delete, so that no namespace ever goes with its workloads", async () => {
		await make({ name: "a", namespaces: ["prod", "dev"] });
		const patches = engine.only(NAMESPACE);
		assert.deepEqual(
			patches.map(({ inputs }) => inputs.metadata.name),
			["prod", "dev"],
		);
		assert.ok(patches.every(({ retainOnDelete }) => retainOnDelete));
		assert.equal(engine.only("kubernetes:core/v1:Namespace").length, 0);
	});

	it("is one, of however many teams it is", async () => {
		await make({ name: "a", namespaces: ["shared"] }, { name: "b", namespaces: ["shared"], access: "view" });
		assert.equal(engine.only(NAMESPACE).length, 1);
	});

	it("has the team's labels and annotations with its own, and the three labels of Pod Security", async () => {
		await make({
			name: "a",
			labels: { team: "a", tier: "low" },
			annotations: { owner: "a" },
			podSecurity: "baseline",
			namespaces: ["x", { name: "y", labels: { tier: "high" }, annotations: { note: "y" }, podSecurity: "restricted" }],
		});
		const podSecurity = (level: string) =>
			Object.fromEntries(["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]));
		assert.deepEqual(engine.the(NAMESPACE, "access-x").inputs.metadata, {
			name: "x",
			labels: { team: "a", tier: "low", ...podSecurity("baseline") },
			annotations: { owner: "a", ...ORIGIN },
		});
		assert.deepEqual(engine.the(NAMESPACE, "access-y").inputs.metadata, {
			name: "y",
			labels: { team: "a", tier: "high", ...podSecurity("restricted") },
			annotations: { owner: "a", note: "y", ...ORIGIN },
		});
	});

	it("has the settings of every team that has it", async () => {
		await make(
			{ name: "a", namespaces: [{ name: "x", labels: { a: "1" }, quota: { pods: "5" } }] },
			{ name: "b", namespaces: [{ name: "x", labels: { b: "2" }, podSecurity: "baseline" }] },
		);
		const { labels } = engine.the(NAMESPACE).inputs.metadata;
		assert.deepEqual([labels.a, labels.b, labels["pod-security.kubernetes.io/enforce"]], ["1", "2", "baseline"]);
		assert.deepEqual(engine.the(QUOTA).inputs.spec, { hard: { pods: "5" } });
	});

	it("two teams that want different things of it are refused before anything is registered", async () => {
		const quota = (pods: string) => [{ name: "x", quota: { pods } }];
		await assert.rejects(
			make({ name: "a", namespaces: quota("5") }, { name: "b", namespaces: quota("6") }),
			(error) => error instanceof ConfigError && /x gets quota .*5.* from a and .*6.* from b/.test(error.message),
		);
		assert.deepEqual(engine.registered, []);
	});

	it("gets a ResourceQuota, a LimitRange and a NetworkPolicy where they are wanted, once it is there", async () => {
		const limits = { default: { cpu: "500m" }, defaultRequest: { cpu: "100m", memory: "64Mi" }, max: { cpu: "2" } };
		await make(
			{
				name: "a",
				quota: { "requests.cpu": "4", pods: "20" },
				limits,
				networkPolicy: "default-deny",
				namespaces: ["x"],
			},
			{ name: "b", namespaces: ["y"] },
		);
		assert.deepEqual(engine.the(QUOTA).inputs.spec, { hard: { "requests.cpu": "4", pods: "20" } });
		assert.deepEqual(engine.the(LIMITS).inputs.spec, { limits: [{ type: "Container", ...limits }] });
		const namespace = engine.the(NAMESPACE, "access-x").urn;
		const needed = { [QUOTA]: [namespace], [LIMITS]: [namespace], [NETWORK]: [namespace, engine.the(GUARD).urn] };
		for (const [type, dependsOn] of Object.entries(needed)) {
			assert.equal(engine.the(type).inputs.metadata.namespace, "x");
			assert.deepEqual(engine.the(type).dependsOn, dependsOn);
		}
	});

	it("default-deny denies both directions but for DNS and the namespace's own pods", async () => {
		await make({ name: "a", namespaces: [{ name: "x", networkPolicy: "default-deny" }] });
		const { spec } = engine.the(NETWORK).inputs;
		const own = [{ podSelector: {} }];
		assert.deepEqual(spec.podSelector, {});
		assert.deepEqual(spec.policyTypes, ["Ingress", "Egress"]);
		assert.deepEqual(spec.ingress, [{ from: own }]);
		const [within, dns, ...more] = spec.egress;
		assert.deepEqual([within, more], [{ to: own }, []]);
		assert.deepEqual(dns.ports, [
			{ protocol: "UDP", port: 53 },
			{ protocol: "TCP", port: 53 },
		]);
		assert.equal(dns.to[0].namespaceSelector.matchLabels["kubernetes.io/metadata.name"], "kube-system");
	});

	it("its NetworkPolicy is guarded before anybody gets access, and nothing is where no namespace has one", async () => {
		await make({ name: "a", namespaces: ["y", { name: "x", networkPolicy: "default-deny" }], clusterAccess: "view" });
		const policy = engine.the(POLICY);
		const binding = engine.the(GUARD);
		assert.equal(policy.inputs.metadata.name, "eks-access.eks-access.test.access");
		assert.deepEqual(binding.inputs.spec, {
			policyName: "eks-access.eks-access.test.access",
			validationActions: ["Deny"],
		});
		assert.deepEqual(binding.dependsOn, [policy.urn]);
		const { matchConstraints, matchConditions } = policy.inputs.spec;
		assert.deepEqual(matchConstraints.namespaceSelector.matchExpressions[0].values, ["x"]);
		assert.ok(matchConditions[0].expression.includes('{"x":["a","system:serviceaccounts:x"]}'));
		for (const type of ["RoleBinding", "ClusterRoleBinding"]) {
			for (const { dependsOn } of engine.only(`kubernetes:rbac.authorization.k8s.io/v1:${type}`)) {
				assert.ok(dependsOn.includes(binding.urn), type);
			}
		}
		engine = await MockEngine.start();
		await make({ name: "a", namespaces: ["y"], quota: { pods: "1" } });
		assert.equal(engine.only(POLICY).length + engine.only(GUARD).length, 0);
	});
});
