import assert from "node:assert/strict";
import type { AccessLevel } from "../../../core/rbac/access-levels";
import { accessPolicyOf, clusterRoleOf, describeLevel } from "../../../core/rbac/access-levels";
import { fullAccessRules } from "../../../core/rbac/policy-rules";

const rules = [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }];
const LEVELS: [AccessLevel, role: string, policy: string | undefined, word: string][] = [
	["full", "dev-full-access", undefined, "full"],
	["edit", "edit", "AmazonEKSEditPolicy", "edit"],
	["view", "view", "AmazonEKSViewPolicy", "view"],
	[{ clusterRole: "admin" }, "admin", "AmazonEKSAdminPolicy", "clusterRole/admin"],
	[{ clusterRole: "deployer" }, "deployer", undefined, "clusterRole/deployer"],
	[{ clusterRole: "cluster-admin" }, "cluster-admin", undefined, "clusterRole/cluster-admin"],
	[{ rules }, "shop:rules", undefined, "rules"],
];

describe("levels of access", () => {
	for (const [level, role, policy, word] of LEVELS) {
		it(`${word} is the ClusterRole ${role} and ${policy ?? "no access policy of AWS"}`, () => {
			assert.equal(clusterRoleOf(level, "shop:rules"), role);
			assert.equal(accessPolicyOf(level), policy);
			assert.equal(describeLevel(level), word);
		});
	}

	it("full allows nothing of RBAC, and no change of what bounds the namespace", () => {
		for (const { apiGroups = [], resources = [], verbs } of fullAccessRules) {
			assert.ok(!apiGroups.includes("*") && !apiGroups.includes("rbac.authorization.k8s.io"));
			for (const bound of ["namespaces", "resourcequotas", "limitranges", "*"]) {
				const isOfCore = apiGroups.includes("") && resources.includes(bound);
				assert.ok(!isOfCore || verbs.every((verb) => ["get", "list", "watch"].includes(verb)), bound);
			}
		}
	});
});
