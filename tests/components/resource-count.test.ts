import assert from "node:assert/strict";
import { EksAccess } from "../../components/eks-access";
import type { Authentication } from "../../core/kubernetes/authentication-mode";
import { MockCluster } from "../support/mock-cluster";
import { ACCOUNT, MockEngine } from "../support/mock-engine";

interface Size {
	teams: number;
	/** In all teams together; each is in one. */
	users: number;
	namespaces: number;
	authentication?: Authentication;
	access?: "full" | "edit";
}

describe("the number of resources", function () {
	this.timeout("60s");
	let cluster: MockCluster;

	before(async () => {
		cluster = await MockCluster.start();
	});
	after(() => cluster.stop());

	/** Every team has each namespace: the most that there can be. */
	async function count({ teams, users, namespaces, authentication, access }: Size): Promise<number> {
		const engine = await MockEngine.start();
		const names = (what: string, length: number) => Array.from({ length }, (_, at) => `${what}-${at}`);
		new EksAccess("access", {
			cluster: "prod",
			account: ACCOUNT,
			region: "eu-west-1",
			kubeconfig: cluster.kubeconfig,
			authentication,
			teams: names("team", teams).map((name, at) => ({
				name,
				access,
				namespaces: names("ns", namespaces),
				users: names("user", users).filter((_, user) => user % teams === at),
			})),
		});
		await engine.settled();
		return engine.registered.length;
	}

	it("of 100 users, 20 namespaces and 10 teams is 377 with aws-auth", async () => {
		// EksAccess, the cluster's provider, NamespaceAccess, the ClusterRole; AwsAuth, its release, its patch.
		const fixed = 4 + 3;
		// TeamIdentity, role, policy, group, attachment.
		const perTeam = 5;
		const [memberships, namespaces, bindings] = [100, 20, 20 * 10];
		const expected = fixed + perTeam * 10 + memberships + namespaces + bindings;
		assert.equal(expected, 377);
		assert.equal(await count({ teams: 10, users: 100, namespaces: 20 }), expected);
	});

	it("is 385 with access entries: one a team, instead of what writes aws-auth", async () => {
		// AccessEntries instead of AwsAuth, its release and its patch.
		const fixed = 4 + 1;
		const perTeam = 5 + 1;
		const expected = fixed + perTeam * 10 + 100 + 20 + 20 * 10;
		assert.equal(expected, 385);
		assert.equal(await count({ teams: 10, users: 100, namespaces: 20, authentication: "access-entries" }), expected);
	});

	it("of a level that EKS has a policy for is one association a team more", async () => {
		const authentication = "access-entries";
		// No ClusterRole, which Kubernetes has.
		const expected = 385 - 1 + 10;
		assert.equal(await count({ teams: 10, users: 100, namespaces: 20, authentication, access: "edit" }), expected);
	});

	it("grows with users by one each, and with namespaces by one each and a binding a team: never with both", async () => {
		const small = { teams: 3, users: 12, namespaces: 5 };
		const base = await count(small);
		const moreUsers = await count({ ...small, users: 24 });
		const moreNamespaces = await count({ ...small, namespaces: 10 });
		assert.equal(moreUsers - base, 12);
		assert.equal(moreNamespaces - base, 5 + 5 * 3);
		assert.equal((await count({ ...small, users: 24, namespaces: 10 })) - base, 12 + 5 + 5 * 3);
	});
});
