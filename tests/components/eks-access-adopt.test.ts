import assert from "node:assert/strict";
import { AccessWorld, DEVS } from "../support/eks-access-world";
import { type Answers, ENTRY } from "../support/mock-engine";

const SHOP_ROLE = "arn:aws:iam::293759796572:role/shop-role";

describe("EksAccess.create, where something is there already,", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());

	it("refuses entries that are there already, and takes them over on request", async () => {
		const entries = { [DEVS]: { type: "STANDARD", kubernetesGroups: ["shop"], userName: "y", tags: {} } };
		const teams = [{ name: "shop", namespaces: ["dev"], roleArns: [DEVS] }];
		await world.refused(
			{ authentication: "both", teams },
			{ entries },
			/one is there already that this stack has not made/,
		);
		await world.create({ authentication: "both", teams, adoptExisting: true }, { entries });
		assert.equal(world.engine.the(ENTRY).importId, `prod:${DEVS}`);
		assert.deepEqual(world.engine.the(ENTRY).inputs.userName, "shop");
	});

	it("refuses an entry of a role that is only made now, which would let nobody in", async () => {
		const entries = { [SHOP_ROLE]: { type: "STANDARD", kubernetesGroups: ["shop"], userName: "y", tags: {} } };
		await world.refused({ authentication: "both", adoptExisting: true }, { entries }, /its role is only made now/);
	});

	it("refuses a role that is there already, and adopts it with its group and its access entry on request", async () => {
		const role = { name: "shop-role", path: "/", assumeRolePolicy: "{}", maxSessionDuration: 3600, tags: {} };
		const answers: Answers = {
			"aws:iam/getRole:getRole": () => ({ arn: SHOP_ROLE, ...role }),
			"aws:iam/getGroup:getGroup": () => ({
				arn: "arn:aws:iam::293759796572:group/shop",
				path: "/",
				users: [{ userName: "jane" }],
			}),
		};
		await world.refused({}, { answers }, /there already: the role shop-role, the group shop/);
		const entries = { [SHOP_ROLE]: { type: "STANDARD", kubernetesGroups: ["shop"], userName: "y", tags: {} } };
		await world.create({ authentication: "both", adoptExisting: true }, { answers, entries });
		const imported = world.engine.registered.filter(({ importId }) => importId !== "");
		assert.deepEqual(imported.map(({ importId }) => importId).sort(), [
			"jane/shop",
			`prod:${SHOP_ROLE}`,
			"shop",
			"shop-role",
		]);
	});

	it("refuses to adopt a RoleBinding that is for others too, before anything is registered", async () => {
		const bindings = [
			{
				metadata: { name: "shop", namespace: "dev" },
				roleRef: { kind: "ClusterRole", name: "dev-full-access" },
				subjects: [{ kind: "User", name: "ann" }],
			},
		];
		await assert.rejects(world.create({ adoptExisting: true }, { cluster: { bindings } }), /for others too.*User ann/s);
		await world.engine.settled();
		assert.deepEqual(world.engine.registered, []);
		await world.create({}, { cluster: { bindings } });
	});
});
