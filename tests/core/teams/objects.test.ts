import assert from "node:assert/strict";
import { NamespaceAccess } from "../../../components/namespace-access";
import { readTeams } from "../../../core/config/config";
import { objectsOf } from "../../../core/teams/objects";
import { MockEngine } from "../../support/mock-engine";

describe("the objects of teams", () => {
	it("are those that NamespaceAccess registers, admission policies left out", async () => {
		const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
		const teams = readTeams(
			[
				{
					...{ name: "shop", users: ["jane"], metrics: true, clusterAccess: "view" },
					namespaces: [
						{ name: "shop", labels: { team: "shop" }, annotations: { owner: "jane" }, podSecurity: "baseline" },
						{ name: "shop-dev", quota: { pods: "20" }, limits: { max: { cpu: "1" } }, networkPolicy: "default-deny" },
					],
				},
				{ name: "pay", users: ["joe"], namespaces: ["pay"], access: { rules } },
			],
			"test",
		);
		const engine = await MockEngine.start();
		new NamespaceAccess("access", { teams });
		await engine.settled();
		const registered = engine.registered
			.filter(({ type }) => /^kubernetes:(?!admissionregistration)/.test(type))
			.map(({ type, inputs }) => ({ ...inputs, isShared: type.endsWith("Patch") }));
		const asExpected = objectsOf(teams).map(({ isShared = false, ...object }) => ({ ...object, isShared }));
		assert.deepEqual(asExpected.map(comparable).sort(byName), registered.map(comparable).sort(byName));
	});
});

/** Without marks that say where an object comes from, and without the SDK's own. */
function comparable(object: object) {
	const { kind, metadata, __defaults, ...rest } = JSON.parse(JSON.stringify(object));
	const { name, namespace, labels = {}, annotations = {} } = metadata;
	const own = (values: object) =>
		Object.fromEntries(
			Object.entries(values).filter(
				([key]) => !key.startsWith("pulumi-eks-access/") && key !== "app.kubernetes.io/managed-by",
			),
		);
	const what = `${kind.replace(/Patch$/, "")} ${namespace}/${name}`;
	return { what, labels: own(labels), annotations: own(annotations), ...rest };
}

function byName({ what }: { what: string }, { what: other }: { what: string }): number {
	return what < other ? -1 : 1;
}
