import assert from "node:assert/strict";
import { NamespaceAccess, type NamespaceAccessArgs } from "../../components/namespace-access";
import { asComplete, readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { FULL_ACCESS_CLUSTER_ROLE, fullAccessRules, metricsRules } from "../../core/rbac/policy-rules";
import type { Team } from "../../core/teams/team";
import {
	BINDING,
	CLUSTER_BINDING,
	CLUSTER_ROLE,
	MockEngine,
	NAMESPACE,
	type Registered,
	resolved,
	SHARED_CLUSTER_ROLE,
} from "../support/mock-engine";
import { present } from "../support/present";

const DEPLOY = { rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] }] };
const LOGS = { rules: [{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }] };

describe("NamespaceAccess", () => {
	let engine: MockEngine;
	beforeEach(async () => {
		engine = await MockEngine.start();
	});

	async function make(
		teams: NamespaceAccessArgs["teams"],
		args: Partial<NamespaceAccessArgs> = {},
	): Promise<NamespaceAccess> {
		const access = new NamespaceAccess("access", { teams, ...args });
		await engine.settled();
		return access;
	}

	/** `<namespace>: <groups> <role>` of each RoleBinding, sorted. */
	function bindings(): string[] {
		return engine
			.only(BINDING)
			.map(({ inputs }) => `${inputs.metadata.namespace}: ${boundBy(inputs)}`)
			.sort();
	}

	function boundBy({ subjects, roleRef }: Registered["inputs"]): string {
		const groups = subjects.map(({ kind, name }: { kind: string; name: string }) => `${kind}/${name}`);
		return `${groups.join(",")} ${roleRef.kind}/${roleRef.name}`;
	}

	/** URNs of the bindings of a config, with the role that each gives. */
	async function rolesByBinding(team: Partial<TeamArgs>): Promise<Map<string, string>> {
		engine = await MockEngine.start();
		await make([{ name: "shop", namespaces: ["dev"], ...team }]);
		return new Map(
			engine.only(BINDING).map(({ urn, inputs }) => [`${urn} ${inputs.metadata.name}`, inputs.roleRef.name]),
		);
	}

	it("names a binding as the namespace says, else as the team does, else after the team", async () => {
		await make([
			{ name: "a", binding: "devs", namespaces: ["x", { name: "y", binding: "in-y" }], clusterAccess: "view" },
			{ name: "b", namespaces: ["x"] },
		]);
		assert.deepEqual(
			[...engine.only(BINDING), ...engine.only(CLUSTER_BINDING)]
				.map(({ inputs: { metadata } }) => `${metadata.namespace ?? "*"} ${metadata.name}`)
				.sort(),
			["* devs", "x b", "x devs", "y in-y"],
		);
		assert.equal(new Set(engine.registered.map(({ urn }) => urn)).size, engine.registered.length);
	});

	it("gives a binding with the config's name its other name when its role changes, until the next change", async () => {
		const metadata = { name: "devs", namespace: "x" };
		const held = { metadata, roleRef: { name: "view" }, subjects: [{ kind: "Group", name: "a" }] };
		const urn = `urn:pulumi:test::eks-access::${BINDING}::access-x.devs`;
		const nameWith = async (access: "view" | "edit") => {
			engine = await MockEngine.start({ last: { [urn]: { type: BINDING, outputs: held } } });
			await make([{ name: "a", binding: "devs", namespaces: ["x"], access }]);
			return engine.the(BINDING).inputs.metadata.name;
		};
		assert.deepEqual([await nameWith("view"), await nameWith("edit")], ["devs", "devs:edit"]);
	});

	it("binds a team to its level, one binding a namespace and team", async () => {
		await make([
			{ name: "a", namespaces: ["shared", "x"] },
			{ name: "b", namespaces: ["shared"], access: "edit" },
			{ name: "c", namespaces: [{ name: "shared", access: "view" }, "y"], access: { clusterRole: "deployer" } },
		]);
		assert.deepEqual(bindings(), [
			"shared: Group/a ClusterRole/dev-full-access",
			"shared: Group/b ClusterRole/edit",
			"shared: Group/c ClusterRole/view",
			"x: Group/a ClusterRole/dev-full-access",
			"y: Group/c ClusterRole/deployer",
		]);
		assert.deepEqual(
			[CLUSTER_ROLE, SHARED_CLUSTER_ROLE]
				.flatMap((type) => engine.only(type))
				.map(({ inputs }) => inputs.metadata.name),
			["dev-full-access"],
			"it makes no role that Kubernetes or somebody else has",
		);
	});

	it("makes a ClusterRole of a team's own rules, and another one of a namespace's", async () => {
		await make([{ name: "ci", namespaces: ["x", "y", { name: "z", access: LOGS }], access: DEPLOY }]);
		assert.deepEqual(bindings(), [
			"x: Group/ci ClusterRole/ci:rules",
			"y: Group/ci ClusterRole/ci:rules",
			"z: Group/ci ClusterRole/ci:rules:z",
		]);
		const rules = Object.fromEntries(
			engine.only(CLUSTER_ROLE).map(({ inputs }) => [inputs.metadata.name, inputs.rules]),
		);
		assert.deepEqual(rules, { "ci:rules": DEPLOY.rules, "ci:rules:z": LOGS.rules });
	});

	it("makes dev-full-access where a team has it, with the rules of the article and nothing of RBAC", async () => {
		await make([{ name: "a", namespaces: ["x"] }]);
		const { metadata, rules } = engine.the(SHARED_CLUSTER_ROLE).inputs;
		assert.equal(metadata.name, FULL_ACCESS_CLUSTER_ROLE);
		assert.deepEqual(rules, fullAccessRules);
		for (const { apiGroups = [] } of rules) {
			assert.ok(!apiGroups.includes("*") && !apiGroups.includes("rbac.authorization.k8s.io"));
		}
		assert.equal(engine.only(CLUSTER_BINDING).length, 0, "none at cluster scope");
	});

	it("shares it with other stacks; one that was there before keeps its rules on delete", async () => {
		await make([{ name: "a", namespaces: ["x"] }], { adoptExisting: true });
		assert.equal(engine.the(SHARED_CLUSTER_ROLE).retainOnDelete, true);
		engine = await MockEngine.start();
		await make([{ name: "a", namespaces: ["x"] }]);
		assert.equal(engine.the(SHARED_CLUSTER_ROLE).retainOnDelete, false);
	});

	it("metrics: true adds a binding to the usage figures in each of the team's namespaces", async () => {
		await make([{ name: "a", namespaces: ["x", "y"], access: "view", metrics: true }]);
		assert.deepEqual(bindings(), [
			"x: Group/a ClusterRole/a:metrics",
			"x: Group/a ClusterRole/view",
			"y: Group/a ClusterRole/a:metrics",
			"y: Group/a ClusterRole/view",
		]);
		assert.deepEqual(engine.the(CLUSTER_ROLE, "access-a:metrics").inputs.rules, metricsRules);
	});

	it("clusterAccess is a ClusterRoleBinding, of rules too", async () => {
		await make([
			{ name: "audit", clusterAccess: "view" },
			{ name: "ops", namespaces: ["x"], access: DEPLOY, clusterAccess: LOGS },
		]);
		assert.deepEqual(
			engine.only(CLUSTER_BINDING).map(({ inputs }) => boundBy(inputs)),
			["Group/audit ClusterRole/view", "Group/ops ClusterRole/ops:cluster-rules"],
		);
		assert.deepEqual(engine.the(CLUSTER_ROLE, "access-ops:cluster-rules").inputs.rules, LOGS.rules);
		assert.deepEqual(engine.the(CLUSTER_ROLE, "access-ops:rules").inputs.rules, DEPLOY.rules);
		assert.deepEqual(bindings(), ["x: Group/ops ClusterRole/ops:rules"]);
	});

	it("a change of level makes a binding of another name: the new one is there before the old one goes", async () => {
		const levels = ["full", "edit", "view", { clusterRole: "deployer" }, DEPLOY] as const;
		const seen = new Map<string, string>();
		for (const access of levels) {
			for (const [binding, role] of await rolesByBinding({ access: access as TeamArgs["access"] })) {
				assert.ok(!seen.has(binding), `${binding} gives ${role} and ${seen.get(binding)}`);
				seen.set(binding, role);
			}
		}
		assert.equal(seen.size, levels.length);
	});

	it("the full access of the article has the article's name", async () => {
		await make([{ name: "k8s-devs", namespaces: ["dev"] }]);
		assert.equal(engine.the(BINDING).inputs.metadata.name, "k8s-devs");
	});

	it("a binding waits for its namespace and its role", async () => {
		await make([{ name: "a", namespaces: ["x", "y"], metrics: true }]);
		const dependsOn = new Set(engine.the(BINDING, "access-x.a").dependsOn);
		const role = engine.the(SHARED_CLUSTER_ROLE, "access-full-access");
		assert.deepEqual(dependsOn, new Set([role.urn, engine.the(NAMESPACE, "access-x").urn]));
	});

	const GUARD = "eks-access.eks-access.test.access";
	it("namespaces that a selector has chosen get bindings, and nothing else is done to them", async () => {
		const [team] = readTeams(
			[{ name: "a", namespaces: ["x"], quota: { pods: "5" }, labels: { team: "a" }, networkPolicy: "default-deny" }],
			"test",
			"namespaces",
		) as [Team];
		const selected = { name: "theirs", access: "view" as const, isSelected: true };
		const access = await make(asComplete([{ ...team, namespaces: [...team.namespaces, selected] }]));
		assert.deepEqual(bindings(), ["theirs: Group/a ClusterRole/view", "x: Group/a ClusterRole/dev-full-access"]);
		const touched = engine.registered.filter(({ type }) => ![BINDING, SHARED_CLUSTER_ROLE].includes(type));
		assert.deepEqual(
			touched.flatMap(({ inputs }) => (inputs.metadata ? (inputs.metadata.namespace ?? inputs.metadata.name) : [])),
			["x", "x", GUARD, GUARD, "x"],
		);
		assert.deepEqual(await resolved(access.namespaces), ["x"]);
	});

	it("no two of its resources share a name, whatever teams and namespaces are called", async () => {
		const [first, ...others] = [
			{ name: "b-c", namespaces: ["a", "full-access", "a-quota"] },
			{ name: "c", namespaces: ["a-b", { name: "a", access: DEPLOY }] },
			{ name: "b.c", namespaces: ["a", { name: "a-b", access: "view" as const }] },
			{ name: "full-access", namespaces: ["a", { name: "rules", access: LOGS }], access: DEPLOY, clusterAccess: LOGS },
			{ name: "rules", namespaces: ["rules"], access: DEPLOY, clusterAccess: "view" as const },
			{ name: "metrics", namespaces: ["metrics", "a"], access: { clusterRole: "a:b" }, clusterAccess: DEPLOY },
			{ name: "a", namespaces: ["b", "c"], access: { clusterRole: "b.c" } },
		].map((team) => ({ ...team, metrics: true, allow: ["cluster-write"] }));
		await make([
			{ ...present(first), quota: { pods: "5" }, limits: { max: { cpu: "1" } }, networkPolicy: "default-deny" },
			...others,
		]);
		const urns = engine.registered.map(({ urn }) => urn);
		assert.deepEqual(
			urns.filter((urn, at) => urns.indexOf(urn) < at),
			[],
		);
		const objects = engine.registered
			.filter(({ type }) => type.startsWith("kubernetes:"))
			.map(({ type, inputs }) => `${type} ${inputs.metadata.namespace ?? ""}/${inputs.metadata.name}`);
		assert.deepEqual(
			objects.filter((object, at) => objects.indexOf(object) < at),
			[],
		);
	});
});
