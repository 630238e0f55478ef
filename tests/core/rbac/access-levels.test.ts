import assert from "node:assert/strict";
import { rulesOfLevel } from "../../../cli/verify/probes";
import { ACCESS_LEVELS, accessPolicyOf, clusterRoleOf, knownRole, LEVEL_NAMES } from "../../../core/rbac/access-levels";
import { levelRefusals } from "../../../core/rbac/dangers";
import { accessMatrix } from "../../../core/teams/access-matrix";
import { bindingsOf, clusterRolesOf } from "../../../core/teams/bindings";
import { teamOf } from "../../support/team-problems";

describe("access levels", () => {
	for (const name of LEVEL_NAMES) {
		const { clusterRole, rules, accessPolicy, isReadOnly = false, isBroad = false } = ACCESS_LEVELS[name];

		it(`${name}: the config, the bindings, the access policies, the matrix and verify know it`, () => {
			const team = teamOf({ access: name });
			assert.deepEqual(
				bindingsOf(team).map(({ role }) => role),
				[clusterRole],
			);
			assert.deepEqual(clusterRolesOf([team]).get(clusterRole), rules);
			assert.equal(accessPolicyOf(name), accessPolicy);
			assert.deepEqual(
				accessMatrix([team]).map(({ access }) => access),
				[name],
			);
			assert.ok(rulesOfLevel(name, new Map()).length > 0);
		});

		it(`${name}: what it may is refused where it would make administrators`, () => {
			const names = (scope: Parameters<typeof levelRefusals>[1]) =>
				levelRefusals(name, scope).map((refusal) => refusal.name);
			assert.equal(names({ namespace: "kube-system" }).includes("kube-system"), !isReadOnly);
			assert.equal(names("cluster").includes("cluster-write"), !isReadOnly);
			assert.equal(names("cluster").includes("secrets"), isBroad);
		});
	}

	it("of a ClusterRole that a config names, Kubernetes' own are known, and none that is made here", () => {
		assert.equal(knownRole({ clusterRole: "view" })?.accessPolicy, "AmazonEKSViewPolicy");
		assert.equal(knownRole({ clusterRole: "admin" })?.isBroad, true);
		assert.equal(knownRole({ clusterRole: ACCESS_LEVELS.full.clusterRole }), undefined);
		assert.equal(knownRole({ rules: [] }), undefined);
		assert.equal(clusterRoleOf({ clusterRole: "deployer" }, "own"), "deployer");
		assert.equal(clusterRoleOf({ rules: [] }, "own"), "own");
	});
});
