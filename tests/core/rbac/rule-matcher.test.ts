import assert from "node:assert/strict";
import { allows, requestsOf } from "../../../core/rbac/rule-matcher";
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
});
