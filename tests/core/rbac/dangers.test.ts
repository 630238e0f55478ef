import assert from "node:assert/strict";
import type { AccessLevel } from "../../../core/rbac/access-levels";
import { levelRefusals, type Scope } from "../../../core/rbac/dangers";
import { fullAccessRules, metricsRules, type PolicyRule } from "../../../core/rbac/policy-rules";

const DEV: Scope = { namespace: "dev" };
const SYSTEM: Scope = { namespace: "kube-system" };

/** The names under which a level is refused; `undefined` stands for what nothing allows. */
function refused(level: AccessLevel, scope: Scope, known?: PolicyRule[]): (string | undefined)[] {
	return levelRefusals(level, scope, known).map(({ name }) => name);
}

/** Of one rule with verbs on resources of the core group, unless it says otherwise. */
function rule(verbs: string[], resources: string[], apiGroups = [""]): AccessLevel {
	return { rules: [{ apiGroups, resources, verbs }] };
}

const READ = ["get", "list", "watch"];

describe("what a level may not give away unnoticed", () => {
	it("full, edit, view, a ClusterRole and harmless rules are accepted in a namespace of the team's own", () => {
		const harmless = rule(["*"], ["pods", "secrets", "serviceaccounts/token", "nodes/proxy"]);
		for (const level of ["full", "edit", "view", { clusterRole: "deployer" }, harmless] as AccessLevel[]) {
			assert.deepEqual(refused(level, DEV), [], JSON.stringify(level));
		}
		assert.deepEqual(refused({ rules: [...fullAccessRules, ...metricsRules] }, DEV), []);
	});

	for (const namespace of ["kube-system", "kube-public", "kube-node-lease"]) {
		const refusal = (level?: string) => ({
			name: namespace,
			reason: { is: "protected-namespace", level, namespace },
		});

		it(`in ${namespace}: full, edit, a ClusterRole that nobody has read, and rules that write`, () => {
			for (const level of ["full", "edit"] as const) {
				assert.deepEqual(levelRefusals(level, { namespace }), [refusal(level)]);
			}
			for (const level of [{ clusterRole: "deployer" }, { clusterRole: "admin" }, rule(["patch"], ["configmaps"])]) {
				assert.deepEqual(levelRefusals(level, { namespace }), [refusal()]);
			}
		});

		it(`in ${namespace}: reading secrets, in every way that RBAC has`, () => {
			for (const level of [
				rule(["get"], ["secrets"]),
				rule(["list"], ["*"]),
				rule(["watch"], ["secrets"], ["*"]),
				rule(["*"], ["secrets"]),
			]) {
				assert.deepEqual(refused(level, { namespace }), [namespace], JSON.stringify(level));
			}
		});

		it(`in ${namespace}: what enters pods by get`, () => {
			for (const resource of [
				"pods/exec",
				"pods/attach",
				"pods/portforward",
				"pods/proxy",
				"services/proxy",
				"*/exec",
			]) {
				assert.deepEqual(refused(rule(["get"], [resource]), { namespace }), [namespace], resource);
			}
		});

		it(`in ${namespace}: not view, nor rules that only read other things or ask for a review`, () => {
			assert.deepEqual(refused("view", { namespace }), []);
			assert.deepEqual(refused({ clusterRole: "view" }, { namespace }), []);
			assert.deepEqual(refused(rule(READ, ["pods", "pods/log", "configmaps"]), { namespace }), []);
			assert.deepEqual(refused(rule(READ, ["*"], ["apps"]), { namespace }), []);
			const review = rule(["create"], ["localsubjectaccessreviews"], ["authorization.k8s.io"]);
			assert.deepEqual(refused(review, { namespace }), []);
		});
	}

	it("in kube-system: an existing ClusterRole as its rules have it, once they are known", () => {
		const deployer = { clusterRole: "deployer" };
		assert.deepEqual(refused(deployer, SYSTEM, [{ apiGroups: [""], resources: ["pods"], verbs: READ }]), []);
		assert.deepEqual(refused(deployer, SYSTEM, []), []);
		const writes = [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }];
		assert.deepEqual(refused(deployer, SYSTEM, writes), ["kube-system"]);
	});

	for (const verb of ["bind", "escalate", "impersonate"]) {
		it(`the verb ${verb}, wherever it is`, () => {
			const reason = { is: "escalating-verb", verb };
			assert.deepEqual(levelRefusals(rule(["get", verb], ["clusterroles"]), DEV), [{ name: verb, reason }]);
			assert.ok(refused(rule([verb], ["x"]), "cluster").includes(verb));
			assert.deepEqual(refused({ clusterRole: "deployer" }, DEV, [{ verbs: [verb] }]), [verb]);
		});
	}

	it("the verbs that Kubernetes 1.36 divides impersonate into", () => {
		for (const verb of ["impersonate:user-info", "impersonate-on:user-info:list", "impersonate:serviceaccount"]) {
			assert.ok(refused(rule([verb], ["users"], ["authentication.k8s.io"]), DEV).includes("impersonate"), verb);
		}
	});

	for (const resource of ["roles", "rolebindings", "clusterroles", "clusterrolebindings", "*"]) {
		it(`* on the RBAC objects ${resource}, in a namespace too`, () => {
			const reason = { is: "all-on-rbac" };
			for (const group of ["rbac.authorization.k8s.io", "*"]) {
				assert.deepEqual(levelRefusals(rule(["*"], [resource], [group]), DEV), [{ name: "rbac", reason }], group);
			}
		});
	}

	it("writing to * where RBAC objects are among it", () => {
		assert.deepEqual(refused(rule(["create"], ["*"], ["*"]), DEV), ["rbac"]);
		assert.deepEqual(refused(rule(READ, ["*"], ["*"]), DEV), [], "reading them gives nothing away");
		// The API server lets nobody write a role that allows more than they may.
		assert.deepEqual(refused(rule(["create"], ["roles"], ["rbac.authorization.k8s.io"]), DEV), []);
	});

	it("in the whole cluster: writing", () => {
		for (const level of [{ clusterRole: "deployer" }, rule(["patch"], ["nodes"])] as AccessLevel[]) {
			assert.deepEqual(
				levelRefusals(level, "cluster"),
				[{ name: "cluster-write", reason: { is: "cluster-writing" } }],
				JSON.stringify(level),
			);
		}
	});

	it("in the whole cluster: levels that read secrets, enter pods and make tokens, each under its name", () => {
		for (const level of ["full", "edit", { clusterRole: "edit" }, { clusterRole: "admin" }] as AccessLevel[]) {
			assert.deepEqual(refused(level, "cluster"), ["cluster-write", "secrets", "pods/exec", "serviceaccounts/token"]);
		}
		assert.deepEqual(refused("view", "cluster"), []);
	});

	it("in the whole cluster: reading secrets", () => {
		const reason = { is: "cluster-secrets" };
		for (const resource of ["secrets", "*"]) {
			assert.deepEqual(levelRefusals(rule(["list"], [resource]), "cluster")[0], { name: "secrets", reason });
		}
	});

	it("in the whole cluster: entering pods by get", () => {
		const resources = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"];
		const reason = { is: "cluster-connections", resources };
		assert.deepEqual(levelRefusals(rule(["get"], ["pods/exec"]), "cluster"), [{ name: "pods/exec", reason }]);
	});

	it("in the whole cluster: nodes/proxy, also to read, and by its wildcards", () => {
		for (const verb of ["get", "create", "*"]) {
			for (const resource of ["nodes/proxy", "*/proxy", "*"]) {
				assert.ok(refused(rule([verb], [resource]), "cluster").includes("nodes/proxy"), `${verb} ${resource}`);
			}
		}
		assert.deepEqual(refused(rule(READ, ["nodes", "nodes/stats", "nodes/metrics"]), "cluster"), []);
	});

	it("in the whole cluster: making tokens of service accounts, and by its wildcards", () => {
		for (const verb of ["create", "*"]) {
			for (const resource of ["serviceaccounts/token", "*/token", "*"]) {
				assert.ok(
					refused(rule([verb], [resource]), "cluster").includes("serviceaccounts/token"),
					`${verb} ${resource}`,
				);
			}
		}
	});

	it("in the whole cluster: * on those whom one could act as", () => {
		for (const group of ["", "authentication.k8s.io", "*"]) {
			for (const resource of ["users", "groups", "serviceaccounts", "*"]) {
				assert.ok(refused(rule(["*"], [resource], [group]), "cluster").includes("impersonate"), `${group} ${resource}`);
			}
		}
	});

	it("in the whole cluster: everything at once, each of its dangers by name", () => {
		assert.deepEqual(refused(rule(["*"], ["*"], ["*"]), "cluster").sort(), [
			...["certificatesigningrequests", "cluster-write", "clusterrolebindings", "impersonate", "nodes/proxy"],
			...["pods/exec", "rbac", "secrets", "serviceaccounts/token"],
		]);
	});

	it("in the whole cluster: not view, nor rules that read what tells nothing secret", () => {
		assert.deepEqual(refused("view", "cluster"), []);
		assert.deepEqual(refused(rule(READ, ["nodes", "namespaces", "persistentvolumes"]), "cluster"), []);
		assert.deepEqual(refused({ rules: [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }] }, "cluster"), []);
		const review = rule(["create"], ["selfsubjectaccessreviews"], ["authorization.k8s.io"]);
		assert.deepEqual(refused(review, "cluster"), []);
		const more = rule(["create"], ["selfsubjectaccessreviews", "pods"], ["authorization.k8s.io", ""]);
		assert.deepEqual(refused(more, "cluster"), ["cluster-write"]);
	});

	it("the ClusterRole cluster-admin: in the whole cluster nothing but admin: true makes it so", () => {
		const [first] = levelRefusals({ clusterRole: "cluster-admin" }, "cluster");
		assert.deepEqual(first, { reason: { is: "role-of-administrators" } });
	});

	it("the ClusterRoles cluster-admin and system:… in a namespace", () => {
		assert.deepEqual(levelRefusals({ clusterRole: "cluster-admin" }, DEV), [
			{ name: "clusterRole/cluster-admin", reason: { is: "role-of-everything", role: "cluster-admin" } },
		]);
		const name = "clusterRole/system:node";
		const reason = { is: "role-of-kubernetes", role: "system:node" };
		assert.deepEqual(levelRefusals({ clusterRole: "system:node" }, DEV), [{ name, reason }]);
		assert.ok(refused({ clusterRole: "system:node" }, "cluster").includes(name));
	});

	it("says each thing once, however many rules do it", () => {
		const { rules } = rule(["bind"], ["x"]) as { rules: PolicyRule[] };
		assert.deepEqual(refused({ rules: [...rules, ...rules] }, DEV), ["bind"]);
	});
});
