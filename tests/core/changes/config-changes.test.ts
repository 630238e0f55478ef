import assert from "node:assert/strict";
import { type ComparedConfig, configChanges } from "../../../core/changes/config-changes";
import { describeDanger } from "../../../core/changes/danger";
import { describeSetting } from "../../../core/changes/settings";
import { readConfig } from "../../../core/config/config";
import { accessMatrix } from "../../../core/teams/access-matrix";
import { type AnyTeam, SMALL } from "../../support/team-problems";

interface Given {
	teams?: AnyTeam[];
	stack?: Record<string, string>;
	others?: Record<string, unknown>;
}

function compared({ teams = [{}], stack = {}, others = {} }: Given): ComparedConfig {
	const all = JSON.stringify(teams.map((team) => ({ ...SMALL, ...team })));
	const config = readConfig({ cluster: "c", teams: all, ...stack });
	return { config, others, rows: accessMatrix(config.teams) };
}

/** Dangers and settings, as people read them. */
function said(before: Given, after: Given): { dangers: string[]; settings: string[] } {
	const { dangers, settings } = configChanges(compared(before), compared(after));
	return { dangers: dangers.map(describeDanger), settings: settings.map(describeSetting) };
}

const BOUNDARY = "arn:aws:iam::123456789012:policy/boundary";
const OTHER = "arn:aws:iam::123456789012:policy/other";
const READ = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const ofTeam = (before: AnyTeam, after: AnyTeam) => said({ teams: [before] }, { teams: [after] }).dangers;
const ofNamespace = (before: object, after: object) =>
	ofTeam({ namespaces: [{ name: "shop", ...before }] }, { namespaces: [{ name: "shop", ...after }] });

describe("changes of a config: what is dangerous", () => {
	it("another cluster, region, profile, operator, way in, or environment", () => {
		const target = (key: string, before: string, after: string) =>
			`in another cluster or as another operator: ${key}: ${before} → ${after}`;
		const ofStack = (before: Given, after: Given) => said(before, after);
		assert.deepEqual(ofStack({}, { stack: { cluster: "d" } }), {
			dangers: [target("cluster", "c", "d")],
			settings: [],
		});
		const region = (name: string) => ({ others: { "aws:region": name } });
		assert.deepEqual(ofStack(region("a"), region("b")).dangers, [target("aws:region", "a", "b")]);
		const role = "arn:aws:iam::123456789012:role/admin";
		assert.deepEqual(ofStack({}, { stack: { adminRoleArn: role } }).dangers, [target("adminRoleArn", "none", role)]);
		assert.deepEqual(ofStack({}, { stack: { authentication: "both" } }).dangers, [
			"lets people in another way: authentication: auto → both",
		]);
		assert.equal(ofStack({}, { others: { environment: ["prod"] } }).dangers.length, 1);
		assert.deepEqual(ofStack({}, { others: { "aws:defaultTags": { tags: {} }, "x:y": "1" } }), {
			dangers: [],
			settings: ["x:y: none → 1"],
		});
	});

	it("adoptExisting and takeOver, and not their end", () => {
		for (const key of ["adoptExisting", "takeOver"]) {
			const [off, on] = [{}, { stack: { [key]: "true" } }];
			assert.deepEqual(said(off, on).dangers, [`takes over what others have made: ${key}: none → true`]);
			assert.deepEqual(said(on, off), { dangers: [], settings: [`${key}: true → none`] });
		}
	});

	it("a role or a policy of somebody else's", () => {
		assert.deepEqual(ofTeam({}, { role: { name: "OrganizationAccountAccessRole" } }), [
			"team shop takes another IAM role: shop-role → OrganizationAccountAccessRole",
		]);
		assert.deepEqual(ofTeam({}, { assumeRolePolicyArn: OTHER }), [
			`team shop takes an existing policy to assume its role: ${OTHER}`,
		]);
	});

	it("a permissions boundary that is another one or gone, and longer sessions", () => {
		const bounded = (permissionsBoundary: string) => ({ role: { permissionsBoundary } });
		assert.deepEqual(ofTeam(bounded(BOUNDARY), bounded(OTHER)), [
			`team shop has another permissions boundary: ${BOUNDARY} → ${OTHER}`,
		]);
		assert.match(ofTeam(bounded(BOUNDARY), {}).join(), /has no permissions boundary any more/);
		const lasting = (maxSessionDuration: number) => ({ role: { maxSessionDuration } });
		assert.deepEqual(ofTeam({}, lasting(43200)), ["team shop has longer sessions: 3600 → 43200 seconds"]);
		assert.deepEqual(ofTeam(lasting(43200), {}), []);
	});

	it("bounds of a namespace that are looser or gone, and not those that are tighter", () => {
		const cases: [object, object, string][] = [
			[{ podSecurity: "restricted" }, { podSecurity: "privileged" }, "podSecurity: restricted → privileged"],
			[{ podSecurity: "baseline" }, {}, "podSecurity: baseline → none"],
			[{ quota: { pods: "9" } }, { quota: { pods: "1k" } }, "quota pods: 9 → 1k"],
			[{ quota: { pods: "9" } }, {}, "quota pods: 9 → none"],
			[{ limits: { max: { cpu: "1" } } }, { limits: { max: { cpu: "1500m" } } }, "limits.max cpu: 1 → 1500m"],
			[{ networkPolicy: "default-deny" }, {}, "networkPolicy: default-deny → none"],
		];
		for (const [tight, loose, what] of cases) {
			assert.deepEqual(ofNamespace(tight, loose), [`namespace shop has looser bounds: ${what}`]);
			assert.deepEqual(ofNamespace(loose, tight), []);
		}
	});

	it("rules that allow more, and not those that allow less", () => {
		const rules = (...verbs: string[]) => ({ access: { rules: [{ ...READ, verbs }] } });
		assert.deepEqual(ofNamespace(rules("get"), rules("get", "delete")), [
			"team shop may do more by its rules: delete, get of pods",
		]);
		assert.deepEqual(ofNamespace(rules("*"), rules("get", "delete")), []);
	});

	it("another Kubernetes username, such as that of administrators", () => {
		const what = "team shop has another Kubernetes username, to which others may have bound something";
		assert.deepEqual(ofTeam({}, { username: "kubernetes-admin" }), [`${what}: kubernetes-admin`]);
		const arn = "arn:aws:iam::123456789012:user/x";
		assert.deepEqual(ofTeam({}, { userArns: [{ arn, username: "kubernetes-admin" }] }), [`${what}: kubernetes-admin`]);
		assert.deepEqual(ofTeam({}, { userArns: [{ arn, username: "x" }] }), []);
	});

	it("a team that is renamed, or whose people move to another, without the second factor that was asked of them", () => {
		const strict = { role: { mfa: true } };
		const renamed = said({ teams: [strict] }, { teams: [{ name: "store" }] });
		assert.deepEqual(renamed.dangers, ["team store needs no second factor any more: role.mfa"]);
		const two = (ofJoe: string) => ({
			teams: [
				{ ...strict, users: ["jane", ...(ofJoe === "shop" ? ["joe"] : [])] },
				{ name: "store", binding: "b", users: ["ann", ...(ofJoe === "store" ? ["joe"] : [])] },
			],
		});
		assert.deepEqual(said(two("shop"), two("store")), {
			dangers: ["team store needs no second factor any more: role.mfa"],
			settings: ["teams.shop.users: - joe", "teams.store.users: + joe"],
		});
	});

	it("the most dangerous comes first, whichever team it is of", () => {
		const after = [{ role: { maxSessionDuration: 7200 } }, { name: "ops", namespaces: [], admin: true }];
		assert.deepEqual(said({}, { teams: after, stack: { takeOver: "true" } }).dangers, [
			"team ops administers the whole cluster: user/jane",
			"takes over what others have made: takeOver: none → true",
			"team shop has longer sessions: 3600 → 7200 seconds",
		]);
	});
});

describe("changes of a config: what is told once", () => {
	it("as access, and not again as a setting: people, namespaces, levels", () => {
		const after = { users: ["jane", "joe"], namespaces: ["shop", "pay"], access: "view" };
		assert.deepEqual(said({}, { teams: [after] }), { dangers: [], settings: [] });
		const labelled = { namespaces: [{ name: "shop", labels: { a: "1" } }] };
		assert.deepEqual(said({}, { teams: [labelled] }).settings, ["teams.shop.namespaces.shop.labels.a: none → 1"]);
	});

	it("a stack that is new or gone is no other cluster", () => {
		const none = { others: {}, rows: [] };
		const { dangers, settings } = configChanges(none, compared({}));
		assert.deepEqual(dangers, []);
		assert.deepEqual(settings.map(describeSetting), [
			"cluster: none → c",
			"authentication: none → auto",
			"kubeconfigOutput: none → kubeconfig",
		]);
	});
});
