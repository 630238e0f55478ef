import assert from "node:assert/strict";
import { groupRefusals } from "../../../core/rbac/dangers";

describe("what Kubernetes keeps for itself among groups", () => {
	it("system: groups, by their name, in any case", () => {
		for (const group of ["system:nodes", "System:Nodes"]) {
			const message = `${group} is one of Kubernetes' own groups, which give what its components need`;
			assert.deepEqual(groupRefusals(["auditors", group], false), [{ name: group, message }]);
			assert.deepEqual(groupRefusals([group], true), [{ name: group, message }], "for administrators too");
		}
	});

	it("system:masters without admin: true, in any case, and nothing else makes it so", () => {
		for (const group of ["system:masters", "System:Masters", "SYSTEM:MASTERS"]) {
			const message = `${group} makes cluster administrators`;
			assert.deepEqual(groupRefusals([group], false), [{ message, remedy: "If that is meant, set admin: true" }]);
			assert.deepEqual(groupRefusals([group], true), []);
		}
	});
});
