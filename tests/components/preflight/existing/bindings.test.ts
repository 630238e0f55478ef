import assert from "node:assert/strict";
import { checkBindings } from "../../../../components/preflight/existing/bindings";
import { ConfigError } from "../../../../core/errors/problem";
import type { LiveBinding } from "../../../../core/rbac/live-bindings";
import { BINDING, type LastState, MockEngine } from "../../../support/mock-engine";
import { type AnyTeam, teamsOf } from "../../../support/team-problems";

const RBAC = "rbac.authorization.k8s.io";
const SHOP = { kind: "Group", name: "shop", apiGroup: RBAC };
const JANE = { kind: "User", name: "jane", apiGroup: RBAC };

function binding(name: string, role: string, subjects: object[] = [SHOP], namespace: string | null = "shop") {
	return {
		metadata: { name, namespace: namespace ?? undefined },
		roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
		subjects,
	};
}

describe("RoleBindings that are to be adopted", () => {
	async function check(team: AnyTeam, bindings: object[], last?: LastState): Promise<void> {
		await MockEngine.start({ last });
		await checkBindings(teamsOf(team), bindings as LiveBinding[], "EksAccess access");
	}

	async function refused(team: AnyTeam, bindings: object[], says: RegExp): Promise<void> {
		await assert.rejects(check(team, bindings), (error: Error) => {
			assert.ok(error instanceof ConfigError);
			assert.match(error.message, says);
			return true;
		});
	}

	it("may be for the team alone, at the team's level, under the name that it gives", async () => {
		await check({}, []);
		await check({}, [binding("shop", "dev-full-access")]);
		await check({ binding: "devs" }, [binding("devs", "dev-full-access"), binding("others", "edit", [JANE])]);
		await check({ namespaces: [{ name: "shop", binding: "devs" }] }, [binding("devs", "dev-full-access")]);
	});

	it("may not be for others too, who would lose it", async () => {
		await refused(
			{},
			[binding("shop", "dev-full-access", [SHOP, JANE])],
			/teams\[0\] \(shop\): the RoleBinding shop\/shop is there already and is for others too, who would lose it: User jane/,
		);
	});

	it("may not bind another role, which Kubernetes lets nobody change", async () => {
		await refused({}, [binding("shop", "edit")], /binds the ClusterRole edit, not the ClusterRole dev-full-access/);
		const team = { namespaces: [], clusterAccess: "view" };
		await refused(team, [binding("shop:view", "edit", [SHOP], null)], /the ClusterRoleBinding shop:view is there/);
	});

	it("that are this stack's already are not looked at", async () => {
		const metadata = { name: "shop", namespace: "shop" };
		await check({}, [binding("shop", "edit", [JANE])], { a: { type: BINDING, outputs: { metadata } } });
	});

	it("two teams cannot have one", () => {
		const twice = [
			{ name: "a", binding: "devs" },
			{ name: "b", namespaces: [{ name: "shop", binding: "devs" }], access: "view" },
		];
		assert.throws(
			() => teamsOf(...twice),
			/teams: b \(view\) and a \(dev-full-access\) both have the RoleBinding shop\/devs; give each its own binding/,
		);
		assert.throws(() => teamsOf({ name: "a" }, { name: "b", binding: "a" }), /both have the RoleBinding shop\/a/);
	});
});
