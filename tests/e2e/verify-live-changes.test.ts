import assert from "node:assert/strict";
import { projectIn } from "../../cli/project/project";
import type { Finding } from "../../cli/verify/finding";
import { targetOf } from "../../cli/verify/target";
import { networkGuardName } from "../../core/rbac/network-guard";
import { objectsOf } from "../../core/teams/objects";
import { hasRole } from "../../core/teams/principal-kinds";
import { roleNameOf } from "../../core/teams/team";
import type { SandboxProject } from "../../sandbox/project";
import type { AuthenticationMode, Sandbox } from "../../sandbox/sandbox";
import { inTurn, type Place, type Planted } from "./live-changes";
import { awsAuthData, liveFindings, mend, seedOf } from "./live-check";
import { groupPlace, rolePlace } from "./live-iam";
import { LiveObjects, placeOf } from "./live-objects";
import { aggregatedToView, foreignBinding, widenedRole } from "./live-others";
import { accessEntryPlace, awsAuthPlaces, foreignAccessEntry, foreignEntry } from "./live-ways-in";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const SEED = seedOf("LIVE_SEED", 2);
const ROUNDS = Number(process.env.LIVE_ROUNDS ?? 18);
const ACCOUNT = "arn:aws:iam::293759796572";
const STACK = "changed";
const SHOP = { group: "people-shop", username: "shop-user", namespace: "c-shop" };
const TEAMS = [
	{
		...{ name: "c-shop", group: SHOP.group, username: SHOP.username, namespaces: [SHOP.namespace, "c-shop-dev"] },
		...{
			users: ["jane"],
			metrics: true,
			labels: { tier: "web" },
			annotations: { owner: "shop" },
			podSecurity: "baseline",
		},
		quota: { pods: "10", "requests.cpu": "4", "requests.memory": "1.5Gi" },
		limits: { default: { cpu: "500m", memory: "512Mi" }, defaultRequest: { cpu: "100m" }, max: { cpu: "2" } },
		networkPolicy: "default-deny",
		role: { maxSessionDuration: 7200, mfa: true, trust: "users" },
	},
	{
		...{
			name: "c-pay",
			access: "edit",
			users: ["joe", "ann"],
			clusterAccess: { rules: [rule("", ["nodes"], ["get", "list"])] },
		},
		namespaces: [
			"c-pay",
			{ name: "c-pay-live", access: "view", podSecurity: "restricted", networkPolicy: "default-deny" },
		],
		trustedAccounts: [{ account: "210987654321", externalId: "acme-7f3a" }],
	},
	{
		...{ name: "c-deploy", roleArns: [`${ACCOUNT}:role/ci/github-deploy`], userArns: [`${ACCOUNT}:user/ann`] },
		...{
			namespaces: ["c-shop", { name: "c-pay", access: { clusterRole: "c-named" } }],
			ssoPermissionSets: ["ReadOnly"],
		},
		access: {
			rules: [rule("apps", ["deployments", "deployments/scale"], ["get", "patch"]), rule("", ["pods"], ["list"])],
		},
	},
	{
		name: "c-audit",
		clusterAccess: "view",
		users: ["jane"],
		namespaceSelector: { matchLabels: { "c-audited": "true" } },
	},
];

function rule(group: string, resources: string[], verbs: string[]) {
	return { apiGroups: [group], resources, verbs };
}

describe(`eks-access verify, whatever somebody changes (LIVE_SEED=${SEED})`, function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let objects: LiveObjects;

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		objects = await LiveObjects.open(sandbox.adminKubeconfig);
		await admin.does("kubectl create clusterrole c-named --verb=get,list --resource=configmaps");
		await admin.does("kubectl create namespace c-others && kubectl label namespace c-others c-audited=true");
		project = await openProject(sandbox, () => undefined, { stack: STACK });
		project.configure({
			"aws:region": sandbox.region,
			"eks-access:cluster": sandbox.clusterName,
			"eks-access:teams": TEAMS,
		});
	});

	after(async () => {
		await project?.destroy();
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		await admin.does("kubectl delete namespace c-shop c-shop-dev c-pay c-pay-live c-others --ignore-not-found");
		await admin.does("kubectl delete clusterrole c-named dev-full-access --ignore-not-found");
	});

	for (const [mode, authentication, rounds] of [
		["CONFIG_MAP", "aws-auth", Math.ceil(ROUNDS / 3)],
		["API_AND_CONFIG_MAP", "both", ROUNDS],
	] as [AuthenticationMode, string, number][]) {
		it(`no blind spot, and nothing but what alters access: ${rounds} rounds with ${authentication}`, async () => {
			await sandbox.setAuthenticationMode(mode);
			project.configure({ "eks-access:authentication": authentication });
			await project.up();
			assert.deepEqual(await findings(), []);
			const all = (await places(authentication === "both")).map((place, at) => ({
				...place,
				changes: inTurn(place.changes, SEED + at),
			}));
			let altered = 0;
			for (let round = 0; round < rounds; round++) {
				altered += await tryRound(all, round);
			}
			assert.ok(altered > (rounds * all.length) / 4, `${altered} changes of ${rounds * all.length} altered something`);
			assert.deepEqual(await findings(), [], "after all is undone");
		});
	}

	it("what verify says mends what somebody has changed", async function () {
		// What a first try leaves is not what it has begun with.
		this.retries(0);
		const all = (await places(true)).map((place, at) => ({ ...place, changes: inTurn(place.changes, SEED + at + 1) }));
		const awsAuth = await awsAuthData(sandbox);
		const planted: (Planted & { names: string[] })[] = [];
		for (const { names, changes } of all) {
			planted.push(...(changes[0] ? [{ names, ...(await changes[0].plant()) }] : []));
		}
		const found = (await findings()).filter(({ fix }) => fix);
		const mended = new Set(found.map(({ layer, subject }) => `${layer} ${subject}`));
		// What no command mends, for which an up is refused, and what there is nothing to mend about.
		for (const { names, undo } of planted.reverse()) {
			await (names.some((name) => mended.has(name)) ? undefined : undo());
		}
		await mend(found, { admin, project, awsAuth });
		const left = await findings();
		assert.deepEqual(left, [], JSON.stringify({ found, left }, null, 1));
	});

	/** Plants a change in each place, and fails unless those that alter access are found, and no others. */
	async function tryRound(among: Place[], round: number): Promise<number> {
		const planted: (Planted & { what: string; names: string[] })[] = [];
		try {
			for (const { names, changes } of among) {
				const change = changes[round % changes.length];
				if (change) {
					planted.push({ what: `${names[0]} ${change.what}`, names, ...(await change.plant()) });
				}
			}
			const found = await findings();
			const named = new Set(found.map(({ layer, subject }) => `${layer} ${subject}`));
			const altering = planted.filter(({ alters }) => alters);
			const unseen = altering.filter(({ names }) => !names.some((name) => named.has(name))).map(({ what }) => what);
			const known = altering.flatMap(({ names }) => names);
			const wrong = found.filter(({ layer, subject }) => !known.includes(`${layer} ${subject}`));
			const all = planted.map(({ what, alters }) => `${alters ? "alters" : "does not alter"} ${what}`);
			assert.ok(unseen.length + wrong.length === 0, JSON.stringify({ round, unseen, wrong, all }, null, 1));
			return altering.length;
		} finally {
			for (const { undo } of planted.reverse()) {
				await undo();
			}
		}
	}

	function findings(): Promise<Finding[]> {
		return liveFindings(sandbox, project, STACK);
	}

	/** Everything that verify lists, and what others may put beside it. */
	async function places(withEntries: boolean): Promise<Place[]> {
		const { aws, config } = await targetOf(projectIn(project.directory), STACK, {
			kubeconfig: sandbox.adminKubeconfig,
		});
		const { teams, cluster } = config;
		const guard = networkGuardName(`eks-access/${STACK}`, "access-namespaces");
		const own = teams.filter(hasRole);
		const arns = [
			...own.map((team) => `${ACCOUNT}:role/${roleNameOf(team)}`),
			...teams.flatMap(({ roleArns, userArns }) => [...roleArns, ...userArns.map(({ arn }) => arn)]),
		];
		const inAwsAuth = arns.map((arn) => arn.replace(/:role\/.*\//, ":role/"));
		const both = await Promise.all([
			...objectsOf(teams, guard).map((object) => placeOf(objects, object)),
			...own.map((team) => rolePlace(aws, roleNameOf(team))),
			...own.filter(({ users }) => users.length > 0).map(({ name }) => groupPlace(aws, name, "mallory")),
		]);
		const entries = withEntries
			? [
					...(await Promise.all(arns.map((arn) => accessEntryPlace(aws, cluster, arn, ["c-pay", "c-others"])))),
					foreignAccessEntry(aws, cluster, `${ACCOUNT}:user/mallory`, SHOP),
				]
			: [];
		return [
			...both,
			...entries,
			...(await awsAuthPlaces(sandbox, (arn) => inAwsAuth.includes(arn))),
			foreignEntry(sandbox, "mapRoles", `${ACCOUNT}:role/intruder`, SHOP.group),
			foreignEntry(sandbox, "mapUsers", `${ACCOUNT}:user/intruder`, "c-pay"),
			...["others-one", "others-two", "others-three"].map((name) => foreignBinding(objects, name, SHOP)),
			aggregatedToView(objects, [
				{ rule: rule("", ["secrets"], ["get"]), alters: true },
				{ rule: rule("", ["users"], ["impersonate"]), alters: true },
				{ rule: rule("acme.io", ["widgets"], ["get"]), alters: false },
				{ rule: rule("", ["nodes/proxy"], ["get"]), alters: true },
			]),
			widenedRole(objects, "c-named", [
				{ rule: rule("rbac.authorization.k8s.io", ["roles"], ["bind"]), alters: true },
				{ rule: rule("acme.io", ["widgets"], ["get"]), alters: false },
			]),
			widenedRole(objects, "system:basic-user", [{ rule: rule("", ["pods"], ["list", "get"]), alters: true }]),
		];
	}
});
