import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ACCESS_LEVELS } from "../../../core/rbac/access-levels";
import { ACCESS_POLICY_RULES, COMPONENT_POLICIES } from "../../../core/rbac/access-policies";
import type { PolicyRule } from "../../../core/rbac/policy-rules";
import { allows, requestsOf } from "../../../core/rbac/rule-matcher";
import policies from "../../../sandbox/access-policies/rules.json";

describe("the access policies of EKS", () => {
	it("are the 17 that the reference lists", () => {
		const page = readFileSync(path.resolve(__dirname, "../../../docs/reference/access-levels.md"), "utf8");
		const [, table = ""] = page.split("## Access policies of EKS");
		const listed = new Set([...table.matchAll(/^\| (Amazon.*?) \|/gm)].flatMap(([, names = ""]) => names.split(", ")));
		const known = [...Object.keys(ACCESS_POLICY_RULES), ...COMPONENT_POLICIES];
		assert.deepEqual([...listed].sort(), known.sort());
		assert.equal(known.length, 17);
	});

	it("for people have the rules by which the sandbox's EKS authorizes", () => {
		const sandbox: Record<string, { includes?: string[]; rules: PolicyRule[] }> = policies;
		const rulesOf = (name: string): PolicyRule[] => {
			const { includes = [], rules = [] } = sandbox[name] ?? {};
			return [...rules, ...includes.flatMap(rulesOf)];
		};
		const requests = (rules: PolicyRule[]) =>
			[...new Set(rules.flatMap(requestsOf).map((each) => JSON.stringify(each)))].sort();
		assert.deepEqual(Object.keys(sandbox).sort(), Object.keys(ACCESS_POLICY_RULES).sort());
		for (const [name, rules] of Object.entries(ACCESS_POLICY_RULES))
			assert.deepEqual(requests(rules), requests(rulesOf(name)), name);
	});

	it("of levels are known, and give more from view to edit to admin", () => {
		const may = (policy: string | undefined, verb: string, group: string, resource: string) =>
			allows(ACCESS_POLICY_RULES[policy ?? ""] ?? [], { verb, group, resource });
		const [view, edit] = [ACCESS_LEVELS.view.accessPolicy, ACCESS_LEVELS.edit.accessPolicy];
		assert.ok(may(view, "list", "", "pods") && !may(view, "get", "", "secrets") && !may(view, "create", "", "pods"));
		assert.ok(may(edit, "get", "", "secrets") && !may(edit, "create", "rbac.authorization.k8s.io", "roles"));
		assert.ok(may("AmazonEKSAdminPolicy", "create", "rbac.authorization.k8s.io", "roles"));
	});
});
