import assert from "node:assert/strict";
import { EksAccess } from "../../components/eks-access";
import { AccessWorld } from "../support/eks-access-world";
import { ACCOUNT, ASSOCIATION, BINDING, NAMESPACE } from "../support/mock-engine";

const TEAM = {
	...{ name: "shop", users: ["jane"], allow: ["secrets"], access: "view" as const },
	namespaces: ["dev-*", { name: "uat", access: { policy: "AmazonEKSAdminViewPolicy" } }],
};

describe("EksAccess with access policies by name and patterns of namespaces", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());

	it("associates the policies, and makes namespaces that are named, and no RoleBinding", async () => {
		await world.create({ authentication: "access-entries", teams: [TEAM] });
		const { engine } = world;
		assert.deepEqual(
			engine.only(ASSOCIATION).map(({ inputs }) => [inputs.policyArn.split("/").pop(), inputs.accessScope]),
			[
				["AmazonEKSViewPolicy", { type: "namespace", namespaces: ["dev-*"] }],
				["AmazonEKSAdminViewPolicy", { type: "namespace", namespaces: ["uat"] }],
			],
		);
		assert.deepEqual(
			engine.only(NAMESPACE).map(({ inputs }) => inputs.metadata.name),
			["uat"],
		);
		assert.deepEqual(
			engine.registered.filter(({ type }) => type === BINDING),
			[],
		);
	});

	it("refuses every other way in before anything is registered, whatever the cluster's mode", async () => {
		for (const authentication of ["auto", "aws-auth", "both", undefined] as const) {
			const says = /dev-\*.* can be given by access entries only: authentication is .*; set it to access-entries/;
			await world.refused(
				{ authentication, teams: [TEAM] },
				{ mode: authentication ? "API_AND_CONFIG_MAP" : "API" },
				says,
			);
			const given = { cluster: "prod", account: ACCOUNT, region: "eu-west-1", kubeconfig: "{}", teams: [TEAM] };
			assert.throws(() => new EksAccess("access", { ...given, authentication }), says);
		}
	});
});
