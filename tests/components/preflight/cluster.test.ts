import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { checkClusterRoles, withSelectedNamespaces } from "../../../components/preflight/cluster";
import type { Team } from "../../../core/teams/team";
import { apiServer } from "../../support/mock-cluster";
import { present } from "../../support/present";
import { type AnyTeam, teamsOf } from "../../support/team-problems";

const LABELS = { "kube-system": { tier: "base" }, shop: { tier: "app" }, pay: { tier: "app" } };
const READ = ["get", "list", "watch"];
const ROLES: Record<string, object[]> = {
	reader: [{ apiGroups: [""], resources: ["pods"], verbs: READ }],
	writer: [{ apiGroups: [""], resources: ["pods"], verbs: ["create"] }],
	"secret-reader": [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
	binder: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] }],
	"quota-writer": [{ apiGroups: [""], resources: ["resourcequotas"], verbs: ["patch"] }],
	// With what an add-on has put into them.
	view: [
		{ apiGroups: [""], resources: ["pods"], verbs: READ },
		{ apiGroups: ["external-secrets.io", ""], resources: ["secrets"], verbs: ["list"] },
	],
	edit: [
		{ apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
		{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] },
		{ apiGroups: [""], resources: ["pods"], verbs: ["create"] },
	],
	"node-proxy": [{ apiGroups: [""], resources: ["*/proxy"], verbs: ["get"] }],
};
const ANSWERS: Record<string, object> = {
	"/api/v1/namespaces": {
		kind: "NamespaceList",
		apiVersion: "v1",
		items: Object.entries(LABELS).map(([name, labels]) => ({ metadata: { name, labels } })),
	},
	...Object.fromEntries(
		Object.entries(ROLES).map(([name, rules]) => [
			`/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`,
			{ kind: "ClusterRole", apiVersion: "rbac.authorization.k8s.io/v1", metadata: { name }, rules },
		]),
	),
};
const selector = (tier: string) => ({ namespaces: [], namespaceSelector: { matchLabels: { tier } } });

describe("what a team gets of a cluster", () => {
	let server: Server;
	let kubeconfig: string;

	before((done) => {
		server = createServer(({ url }, response) => {
			const answer = ANSWERS[(url ?? "").split("?")[0] as string];
			response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
			response.end(JSON.stringify(answer ?? { kind: "Status", apiVersion: "v1", code: 404 }));
		}).listen(0, "127.0.0.1", () => {
			const { port } = server.address() as AddressInfo;
			kubeconfig = JSON.stringify({
				...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
				clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
				users: [{ name: "c", user: {} }],
				contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
			});
			done();
		});
	});
	after(() => {
		server.close();
		server.closeAllConnections();
	});

	const select = (team: AnyTeam): Promise<Team[]> =>
		withSelectedNamespaces(teamsOf(team), "The config", apiServer(kubeconfig));
	const checkRoles = (team: AnyTeam): Promise<void> =>
		checkClusterRoles(teamsOf(team), apiServer(kubeconfig), "The config");

	it("the namespaces that its selector chooses, with its level", async () => {
		const { namespaces } = present((await select({ ...selector("app"), access: "edit" }))[0]);
		assert.deepEqual(
			namespaces.map(({ name, access }) => [name, access]),
			[
				["pay", "edit"],
				["shop", "edit"],
			],
		);
	});

	it("kube-system by a selector only to view it, or where the team's allow names it", async () => {
		const message =
			/teams\[0\]\.namespaceSelector: chooses kube-system: edit access in kube-system is refused.*; if that is meant, add "kube-system" to the team's allow \[access-refused\]$/;
		await assert.rejects(select({ ...selector("base"), access: "edit" }), { name: "ConfigError", message });
		await assert.rejects(select({ ...selector("base"), access: "edit", allow: ["kube-public"] }), { message });
		assert.equal(present((await select({ ...selector("base"), access: "view" }))[0]).namespaces.length, 1);
		assert.equal(
			present((await select({ ...selector("base"), access: "edit", allow: ["kube-system"] }))[0]).namespaces.length,
			1,
		);
	});

	it("the secrets of kube-system by a selector not either", async () => {
		const access = { rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }] };
		await assert.rejects(select({ ...selector("base"), access }), { message: /this access in kube-system is refused/ });
	});

	it("an existing ClusterRole, if its rules give away nothing", async () => {
		await checkRoles({ access: { clusterRole: "reader" } });
		await checkRoles({ access: { clusterRole: "writer" } });
		await checkRoles({ access: "edit" });
	});

	for (const [role, team, message] of [
		["binder", {}, /ClusterRole binder: the verb bind .*add "bind" to the team's allow/],
		["writer", { namespaces: ["kube-system"], allow: ["kube-system"] }, undefined],
		["secret-reader", { whole: true, allow: ["cluster-write"] }, /reading secrets in every namespace is refused/],
		["node-proxy", { whole: true, allow: ["cluster-write"] }, /nodes\/proxy lets people run commands/],
		["missing", {}, /the cluster has no ClusterRole missing\. Make it first, or correct the name: kubectl get/],
	] as [string, { whole?: boolean; namespaces?: string[]; allow?: string[] }, RegExp | undefined][]) {
		it(`the ClusterRole ${role} ${message ? "is refused by its rules" : "is given where that is allowed"}`, async () => {
			const { whole, ...rest } = team;
			const level = { clusterRole: role };
			const checking = checkRoles({ ...rest, ...(whole ? { clusterAccess: level } : { access: level }) });
			await (message ? assert.rejects(checking, { name: "ConfigError", message }) : checking);
		});
	}

	it("view and edit as add-ons have made them, in the whole cluster and in protected namespaces", async () => {
		const secrets =
			/ClusterRole view: reading secrets in every namespace is refused.*add "secrets" to the team's allow/;
		await assert.rejects(checkRoles({ clusterAccess: "view" }), { name: "ConfigError", message: secrets });
		await assert.rejects(checkRoles({ clusterAccess: { clusterRole: "view" } }), { message: secrets });
		await checkRoles({ clusterAccess: "view", allow: ["secrets"] });
		await assert.rejects(checkRoles({ namespaces: ["kube-system"], access: "view" }), {
			message: /ClusterRole view: view access in kube-system is refused/,
		});
		await checkRoles({ namespaces: ["default"], access: "view" });
		await checkRoles({ access: "view" });
		await assert.rejects(
			checkRoles({ namespaces: ["default"], access: "edit", allow: ["default"] }),
			(error: Error) => {
				assert.match(error.message, /ClusterRole edit: the verb bind /);
				assert.doesNotMatch(error.message, /impersonate/, "Kubernetes' own edit has it");
				return true;
			},
		);
		await checkRoles({ access: "edit" });
	});

	it("an existing ClusterRole beside a bound that it could undo", async () => {
		const team = { access: { clusterRole: "quota-writer" }, quota: { pods: "5" } };
		await assert.rejects(checkRoles(team), {
			message: /rules that write resourcequotas can undo quota of the namespace shop.*add "resourcequotas" to the/,
		});
		await checkRoles({ ...team, allow: ["resourcequotas"] });
		await checkRoles({ ...team, quota: undefined, limits: { max: { cpu: "1" } } });
	});
});
