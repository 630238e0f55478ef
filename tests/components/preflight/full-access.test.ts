import assert from "node:assert/strict";
import { checkOwnClusterRoles } from "../../../components/preflight/cluster";
import { fullAccessRules } from "../../../core/rbac/policy-rules";
import { apiServer, MockCluster } from "../../support/mock-cluster";
import { type LastState, MockEngine, SHARED_CLUSTER_ROLE } from "../../support/mock-engine";
import { type AnyTeam, teamsOf } from "../../support/team-problems";

const BY_HAND = [{ apiGroups: ["", "apps"], resources: ["*"], verbs: ["*"] }];

const CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole";

describe("a ClusterRole dev-full-access that is there already", () => {
	async function check(rules: object[] | undefined, team: AnyTeam = {}, last: LastState = {}): Promise<void> {
		await checkIn({ clusterRoles: rules ? { "dev-full-access": rules } : {} }, team, last);
	}

	async function checkIn(
		contents: Parameters<typeof MockCluster.start>[0],
		team: AnyTeam,
		last: LastState,
		adoptExisting = false,
	): Promise<void> {
		await MockEngine.start({ last });
		const cluster = await MockCluster.start(contents);
		try {
			await checkOwnClusterRoles(teamsOf(team), apiServer(cluster.kubeconfig), adoptExisting);
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

	it("is refused, also with adoptExisting, where Kubernetes writes its rules or hands them on; so is a team's own", async () => {
		const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
		const clusterRoles = { "dev-full-access": fullAccessRules, "shop:rules": rules };
		const aggregate = "rbac.authorization.k8s.io/aggregate-to-view";
		const aggregated = { aggregationRule: { clusterRoleSelectors: [{}] } };
		const labelled = { metadata: { labels: { [aggregate]: "true" } } };
		for (const adoptExisting of [false, true]) {
			await assert.rejects(
				checkIn({ clusterRoles, further: { "dev-full-access": aggregated } }, {}, {}, adoptExisting),
				/dev-full-access.* has an aggregationRule.*"path":"\/aggregationRule".*\[cluster-role-exists\]/,
			);
		}
		const further = { "shop:rules": labelled };
		await assert.rejects(
			checkIn({ clusterRoles, further }, { access: { rules } }, {}, true),
			/shop:rules.*aggregate-to-view.*"path":"\/metadata\/labels\/rbac.authorization.k8s.io~1aggregate-to-view"/,
		);
		const own = { type: CLUSTER_ROLE, outputs: { metadata: { name: "shop:rules" } } };
		await checkIn({ clusterRoles, further }, { access: { rules } }, { "urn:own": own }, true);
	});
});
