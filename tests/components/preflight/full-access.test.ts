import assert from "node:assert/strict";
import { checkFullAccess } from "../../../components/preflight/cluster";
import { fullAccessRules } from "../../../core/rbac/policy-rules";
import { MockCluster } from "../../support/mock-cluster";
import { type LastState, MockEngine, SHARED_CLUSTER_ROLE } from "../../support/mock-engine";
import { type AnyTeam, teamsOf } from "../../support/team-problems";

const BY_HAND = [{ apiGroups: ["", "apps"], resources: ["*"], verbs: ["*"] }];

describe("a ClusterRole dev-full-access that is there already", () => {
	async function check(rules: object[] | undefined, team: AnyTeam = {}, last: LastState = {}): Promise<void> {
		await MockEngine.start({ last });
		const cluster = await MockCluster.start({ clusterRoles: rules ? { "dev-full-access": rules } : {} });
		try {
			await checkFullAccess(teamsOf(team), cluster.kubeconfig);
		} finally {
			await cluster.stop();
		}
	}

	it("with other rules is refused, with both ways out: people may be bound to it", async () => {
		await assert.rejects(
			check(BY_HAND),
			/ClusterRole dev-full-access with other rules.*Nothing was changed.*adoptExisting true.*another level/,
		);
		await assert.rejects(check(fullAccessRules.slice(1)), /with other rules/);
	});

	it("with the same rules, in whatever order, is another stack's and is shared", async () => {
		await check(fullAccessRules.map((rule) => ({ ...rule, verbs: [...rule.verbs].reverse() })));
	});

	it("without rules is what a destroyed stack has left", async () => {
		await check([]);
		await check(undefined);
	});

	it("is nobody's matter where no team has full access, or where the stack has made it", async () => {
		await check(BY_HAND, { access: "view" });
		const own = { type: SHARED_CLUSTER_ROLE, outputs: { metadata: { name: "dev-full-access" } } };
		await check(BY_HAND, {}, { "urn:own": own });
	});
});
