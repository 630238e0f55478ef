import assert from "node:assert/strict";
import { allows, requestsOf, rulesBeyond } from "../../../core/rbac/rule-matcher";
import { present } from "../../support/present";

describe("what rules allow", () => {
	it("rules are read as RBAC reads them", () => {
		const rule = { apiGroups: [""], resources: ["pods/log", "*/scale"], resourceNames: ["web"], verbs: ["get"] };
		const ask = (resource: string, subresource?: string, name?: string) =>
			allows([rule], { verb: "get", group: "", resource, subresource, name });
		assert.ok(ask("pods", "log", "web"));
		assert.ok(ask("x", "scale", "web"));
		assert.ok(!ask("pods", undefined, "web"));
		assert.ok(!ask("pods", "log"));
	});

	it("a wildcard is covered by a wildcard only", () => {
		const everything = present(requestsOf({ apiGroups: ["apps"], resources: ["*"], verbs: ["get"] })[0]);
		assert.ok(allows([{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }], everything));
		assert.ok(!allows([{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["*"] }], everything));
	});

	it("rules go beyond others by a name, a verb or a path that those do not have", () => {
		const web = { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["web"], verbs: ["get"] };
		const health = { nonResourceURLs: ["/healthz/*"], verbs: ["get"] };
		const both = { ...web, resourceNames: ["web", "api"] };
		assert.deepEqual(rulesBeyond([web, health], [web, { ...health, nonResourceURLs: ["/healthz/etcd"] }]), []);
		assert.deepEqual(rulesBeyond([web, health], [both]), [both]);
		const more = [
			{ ...web, resourceNames: undefined },
			{ ...health, verbs: ["post"] },
			{ ...health, nonResourceURLs: ["*"] },
		];
		assert.deepEqual(rulesBeyond([web, health], more), more);
		assert.deepEqual(rulesBeyond([{ ...web, resourceNames: [], verbs: ["*"] }], [both]), []);
	});
});
