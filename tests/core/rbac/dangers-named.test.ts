import assert from "node:assert/strict";
import type { AccessLevel } from "../../../core/rbac/access-levels";
import { levelRefusals, type Scope } from "../../../core/rbac/dangers";
import type { PolicyRule } from "../../../core/rbac/policy-rules";

const names = (level: AccessLevel, scope: Scope, live?: PolicyRule[]) =>
	levelRefusals(level, scope, live).map(({ name }) => name);
const rules = (verbs: string[], resources: string[], group: string): AccessLevel => ({
	rules: [{ apiGroups: [group], resources, verbs }],
});

describe("dangers that no other name under allow stands for", () => {
	for (const [what, level, name] of [
		["approving certificates", rules(["update"], ["certificatesigningrequests/approval"], "certificates.k8s.io"), ""],
		["signing certificates", rules(["patch"], ["*/status"], "certificates.k8s.io"), ""],
		["being a signer", rules(["sign"], ["signers"], "certificates.k8s.io"), ""],
		["approving for a signer", rules(["approve"], ["*"], "certificates.k8s.io"), ""],
		[
			"writing clusterrolebindings",
			rules(["delete"], ["clusterrolebindings"], "rbac.authorization.k8s.io"),
			"clusterrolebindings",
		],
	] as [string, AccessLevel, string][]) {
		it(`${what}, in the whole cluster only`, () => {
			assert.ok(names(level, "cluster").includes(name || "certificatesigningrequests"));
			assert.deepEqual(names(level, { namespace: "shop" }), []);
		});
	}

	it("reading certificate requests and clusterrolebindings, and asking for a certificate, is none of them", () => {
		const own = ["certificatesigningrequests", "clusterrolebindings"];
		for (const level of [
			rules(["get", "list"], ["certificatesigningrequests", "signers"], "certificates.k8s.io"),
			rules(["create"], ["certificatesigningrequests"], "certificates.k8s.io"),
			rules(["list"], ["clusterrolebindings"], "rbac.authorization.k8s.io"),
		]) {
			assert.ok(!names(level, "cluster").some((name) => own.includes(name ?? "")), JSON.stringify(level));
		}
	});

	it("URLs of the API server, but for reading them", () => {
		const urls = (...verbs: string[]): AccessLevel => ({ rules: [{ nonResourceURLs: ["*"], verbs }] });
		for (const verb of ["post", "put", "*"]) {
			assert.deepEqual(names(urls("get", verb), "cluster"), ["nonResourceURLs"]);
		}
		assert.deepEqual(names(urls("get", "head", "options"), "cluster"), []);
	});

	it("writing in default, where the Service kubernetes is; reading there is nothing special", () => {
		const scope = { namespace: "default" };
		for (const level of ["full", "edit", { clusterRole: "x" }] as AccessLevel[]) {
			assert.deepEqual(names(level, scope), ["default"], JSON.stringify(level));
		}
		assert.deepEqual(names("view", scope), []);
		assert.deepEqual(names(rules(["get"], ["secrets"], ""), scope), []);
	});
});

describe("Kubernetes' own roles as the cluster has them", () => {
	it("view by its live rules, and by its name where nobody has read them", () => {
		const enters = [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] }];
		assert.deepEqual(names("view", "cluster", enters), ["pods/exec"]);
		assert.deepEqual(names("view", { namespace: "kube-system" }, enters), ["kube-system"]);
		assert.deepEqual(names("view", "cluster"), []);
	});

	it("to act as service accounts is part of edit and admin; to act as users is not", () => {
		const acting = (...resources: string[]) => [{ apiGroups: [""], resources, verbs: ["impersonate"] }];
		const system = { namespace: "kube-system" };
		for (const level of ["edit", { clusterRole: "admin" }] as AccessLevel[]) {
			assert.ok(!names(level, system, acting("serviceaccounts")).includes("impersonate"));
			assert.ok(names(level, system, acting("serviceaccounts", "users")).includes("impersonate"));
		}
		assert.ok(names({ clusterRole: "deployer" }, system, acting("serviceaccounts")).includes("impersonate"));
	});
});
