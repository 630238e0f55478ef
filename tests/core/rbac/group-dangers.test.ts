import assert from "node:assert/strict";
import { groupRefusals } from "../../../core/rbac/dangers";

describe("what Kubernetes keeps for itself among groups", () => {
	it("system: groups, by their name, in any case", () => {
		for (const group of ["system:nodes", "System:Nodes"]) {
			const reason = { is: "group-of-kubernetes", group };
			assert.deepEqual(groupRefusals(["auditors", group], false), [{ name: group, reason }]);
			assert.deepEqual(groupRefusals([group], true), [{ name: group, reason }], "for administrators too");
		}
	});

	it("system:masters without admin: true, in any case, and nothing else makes it so", () => {
		for (const group of ["system:masters", "System:Masters", "SYSTEM:MASTERS"]) {
			assert.deepEqual(groupRefusals([group], false), [{ reason: { is: "group-of-administrators", group } }]);
			assert.deepEqual(groupRefusals([group], true), []);
		}
	});
});
