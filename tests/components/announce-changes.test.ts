import assert from "node:assert/strict";
import { announceChanges, announceOpenRoles } from "../../components/announce-changes";
import { EksAccess } from "../../components/eks-access";
import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { teamOutputs } from "../../core/teams/access-output";
import { bindingsOf, clusterRolesOf } from "../../core/teams/bindings";
import { trustPolicy } from "../../core/teams/iam-policies";
import { labelsOf, namespacesOf } from "../../core/teams/namespaces";
import { hasRole } from "../../core/teams/principal-kinds";
import { principalsOf } from "../../core/teams/principals";
import { roleNameOf, type Team } from "../../core/teams/team";
import { MockCluster } from "../support/mock-cluster";
import {
	ACCOUNT,
	BINDING,
	CLUSTER_BINDING,
	CLUSTER_ROLE,
	ENTRY,
	type LastState,
	MEMBERSHIP,
	MockEngine,
	NAMESPACE,
	ROLE,
} from "../support/mock-engine";
import { present } from "../support/present";

const TYPE = "eks-access:index:EksAccess";
const URN = `urn:pulumi:test::eks-access::${TYPE}::access`;
const SHOP: TeamArgs = { name: "shop", namespaces: ["dev", "prod"], users: ["jane", "joe"] };

const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT.accountId}:role/${name}`;

/** What the last update has left, of these teams: its output, and its resources. */
function left(given: TeamArgs[]): LastState {
	const teams = readTeams(given, "test");
	return { [URN]: { type: TYPE, outputs: { accessMatrix: { teams: teamOutputs(teams) } } }, ...resourcesOf(teams) };
}

function resourcesOf(teams: Team[]): LastState {
	const resources: [type: string, outputs: Record<string, unknown>][] = [
		...teams.filter(hasRole).flatMap((team): [string, Record<string, unknown>][] => [
			[
				ROLE,
				{
					...{ name: roleNameOf(team), arn: arnOf(roleNameOf(team)), assumeRolePolicy: trustPolicy(ACCOUNT, team) },
					...{ maxSessionDuration: 3600, ...team.role },
				},
			],
			...team.users.map((user): [string, Record<string, unknown>] => [MEMBERSHIP, { user, groups: [team.name] }]),
		]),
		...principalsOf(teams).map(({ source, groups, admin }): [string, Record<string, unknown>] => {
			const team = "team" in source ? teams.find(({ name }) => name === source.team) : undefined;
			const principalArn = team ? arnOf(roleNameOf(team)) : "arn" in source ? source.arn : "";
			return [ENTRY, { principalArn, kubernetesGroups: admin ? [...groups, "system:masters"] : groups }];
		}),
		...teams.flatMap(bindingsOf).map(({ namespace, role, group }): [string, Record<string, unknown>] => {
			const bound = { roleRef: { name: role }, subjects: [{ kind: "Group", name: group }] };
			return [namespace === undefined ? CLUSTER_BINDING : BINDING, { metadata: { namespace }, ...bound }];
		}),
		...[...clusterRolesOf(teams)].map(([name, rules]): [string, Record<string, unknown>] => {
			return [CLUSTER_ROLE, { metadata: { name }, rules }];
		}),
		...[...namespacesOf(teams).namespaces].flatMap(([name, settings]): [string, Record<string, unknown>][] => [
			[NAMESPACE, { metadata: { name, labels: labelsOf(settings) } }],
			...(settings.quota ? [quotaOf(name, settings.quota)] : []),
		]),
	];
	return Object.fromEntries(resources.map(([type, outputs], at) => [`urn:${at}`, { type, outputs }]));
}

function quotaOf(namespace: string, hard: Record<string, string>): [string, Record<string, unknown>] {
	return ["kubernetes:core/v1:ResourceQuota", { metadata: { namespace }, spec: { hard } }];
}

describe("the announcement of a change", () => {
	/** What is said when `after` follows `before`. */
	async function said(before: TeamArgs[] | undefined, after: TeamArgs[]): Promise<string[]> {
		const engine = await MockEngine.start({ last: before ? left(before) : {} });
		await announceChanges(URN, readTeams(after, "test"), undefined as never);
		return engine.said;
	}

	it("is silent where nothing changes, whatever the teams have", async () => {
		const team: TeamArgs = {
			...{ ...SHOP, namespaces: ["dev", { name: "prod", access: "view", quota: { pods: "1" } }], metrics: true },
			...{ groups: ["auditors"], clusterAccess: "view", podSecurity: "baseline", role: { mfa: true, path: "/a/" } },
			...{
				roleArns: ["arn:aws:iam::293759796572:role/ci/x"],
				trustedAccounts: [{ account: "210987654321", externalId: "one" }],
			},
			...{ userArns: [{ arn: "arn:aws:iam::293759796572:user/a/y", username: "y", admin: true }] },
		};
		const rules: TeamArgs = {
			...{ name: "rules", users: ["ann"], namespaces: ["dev"] },
			access: { rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] }] },
		};
		const admins: TeamArgs = { name: "ops", users: ["eve"], admin: true };
		for (const teams of [[SHOP], [team], [rules], [admins], [SHOP, { ...team, name: "b" }, rules, admins]]) {
			assert.deepEqual(await said(teams, teams), []);
		}
	});

	it("at the first update, says who gains what, and what is dangerous about it", async () => {
		const ops = { ...SHOP, name: "ops", users: ["eve"], namespaces: [], admin: true };
		assert.deepEqual(await said(undefined, [SHOP, ops]), [
			"Access changes:\n" +
				"  ! team ops administers the whole cluster: user/eve\n" +
				"  + user/jane, user/joe gain full in dev, prod\n" +
				"  + user/eve gains admin in the whole cluster",
		]);
	});

	it("after an update that failed, says what it has not done yet, whatever its outputs say", async () => {
		const edit = { ...SHOP, access: "edit" as const };
		const state = left([SHOP]);
		const [made] = Object.entries(resourcesOf(readTeams([edit], "test"))).filter(([, { type, outputs }]) => {
			return type === BINDING && (outputs.metadata as { namespace: string }).namespace === "dev";
		});
		const gone = Object.entries(state).filter(([, { type, outputs }]) => {
			return type === BINDING && (outputs.metadata as { namespace: string }).namespace === "dev";
		});
		const halfway = Object.fromEntries(Object.entries(state).filter((each) => each[0] !== gone[0]?.[0]));
		const last = { ...halfway, half: (made as [string, LastState[string]])[1] };
		const engine = await MockEngine.start({ last });
		await announceChanges(URN, readTeams([edit], "test"), undefined as never);
		assert.deepEqual(engine.said, ["Access changes:\n  v user/jane, user/joe go from full to edit in prod"]);
	});

	it("says nobody loses what the last update had promised and not given", async () => {
		const promised = left([SHOP, { ...SHOP, name: "pay", users: ["kim"], namespaces: ["pay"] }]);
		const last = { ...left([SHOP]), [URN]: promised[URN] as LastState[string] };
		const engine = await MockEngine.start({ last });
		await announceChanges(URN, readTeams([SHOP], "test"), undefined as never);
		assert.deepEqual(engine.said, []);
	});

	it("has the dangers of diff: a guard, a bound, a team that is renamed without its second factor", async () => {
		const strict = { ...SHOP, role: { mfa: true }, quota: { pods: "1" } };
		const [message] = await said([strict], [{ ...SHOP, role: { maxSessionDuration: 7200 }, quota: { pods: "2" } }]);
		assert.deepEqual(message?.split("\n").slice(1), [
			"  ! namespace dev has looser bounds: quota pods: 1 → 2",
			"  ! namespace prod has looser bounds: quota pods: 1 → 2",
			"  ! team shop needs no second factor any more: role.mfa",
			"  ! team shop has longer sessions: 3600 → 7200 seconds",
		]);
		const renamed = (await said([strict], [{ ...SHOP, name: "store" }]))[0] ?? "";
		assert.match(renamed, /! team store needs no second factor any more: role\.mfa/);
	});

	it("is silent where only the order changes", async () => {
		assert.deepEqual(await said([SHOP], [{ ...SHOP, users: ["joe", "jane"], namespaces: ["prod", "dev"] }]), []);
	});

	it("says once who leaves, and how long the sessions that he has may go on", async () => {
		assert.deepEqual(await said([SHOP], [{ ...SHOP, users: ["jane"] }]), [
			"Access changes:\n" +
				"  - user/joe loses full in dev, prod\n" +
				"  user/joe can start no session of shop-role any more; one that began before may reach the cluster until it ends, " +
				"after 1 hour at most",
		]);
	});

	it("names the role's own name and session length", async () => {
		const team = { ...SHOP, role: { name: "Shop", maxSessionDuration: 43200 } };
		const [message = ""] = await said([team], [{ ...team, users: ["jane"] }]);
		assert.match(message, /no session of Shop any more;.* after 12 hours at most/);
		const short = { ...SHOP, role: { maxSessionDuration: 5400 } };
		assert.match(present((await said([short], [{ ...short, users: ["jane"] }]))[0]), /after 1\.5 hours at most/);
	});

	it("of a team that goes, says who loses what; with its role its sessions end", async () => {
		const pay: TeamArgs = { name: "pay", namespaces: ["pay"], users: ["joe"] };
		assert.deepEqual(await said([SHOP, pay], [SHOP]), ["Access changes:\n  - user/joe loses full in pay"]);
	});

	it("of one who comes, or gets more or less, says that only", async () => {
		const next = { ...SHOP, access: "view" as const, users: ["jane", "joe", "kim"] };
		assert.deepEqual(await said([SHOP], [next]), [
			"Access changes:\n" +
				"  + user/kim gains view in dev, prod\n" +
				"  v user/jane, user/joe go from full to view in dev, prod",
		]);
	});

	it("who stays in the team by another name of the config has left it all the same", async () => {
		const arn = "arn:aws:iam::293759796572:user/joe";
		const [message = ""] = await said([SHOP], [{ ...SHOP, users: ["jane"], userArns: [arn] }]);
		assert.match(message, /\+ arn:.*user\/joe gains full/);
		assert.match(message, /joe can start no session of shop-role/);
	});

	it("reads what an earlier version of this package has left", async () => {
		const last = { ...resourcesOf(readTeams([SHOP], "test")), [URN]: { type: TYPE, outputs: {} } };
		const engine = await MockEngine.start({ last });
		await announceChanges(URN, readTeams([SHOP], "test"), undefined as never);
		assert.deepEqual(engine.said, []);
	});

	it("knows the entries of aws-auth", async () => {
		const mapRoles = `- rolearn: ${arnOf("shop-role")}\n  username: shop\n  groups: [shop]\n`;
		const resources = Object.entries(left([SHOP])).filter(([, { type }]) => type !== ENTRY);
		const patch = { type: "kubernetes:core/v1:ConfigMapPatch", outputs: { data: { mapRoles } } };
		const engine = await MockEngine.start({ last: { ...Object.fromEntries(resources), patch } });
		await announceChanges(URN, readTeams([SHOP], "test"), undefined as never);
		assert.deepEqual(engine.said, []);
	});

	for (const isPreview of [true, false]) {
		it(`is made by EksAccess in ${isPreview ? "a preview" : "an up"}`, async () => {
			const cluster = await MockCluster.start();
			const engine = await MockEngine.start({ last: left([SHOP]), isPreview });
			const { kubeconfig } = cluster;
			const teams = [{ ...SHOP, users: ["jane"] }];
			new EksAccess("access", { cluster: "prod", account: ACCOUNT, region: "eu-west-1", kubeconfig, teams });
			await engine.settled();
			await cluster.stop();
			assert.deepEqual(engine.said.filter((message) => message.startsWith("Access changes")).length, 1);
		});
	}

	it("says who else can assume a role that is made, once", async () => {
		const teams = readTeams([SHOP, { ...SHOP, name: "pay", role: { trust: "users" } }], "test");
		const outputs = { name: "shop-role" };
		for (const [last, lines] of [
			[
				{},
				[/^Whoever in the account .* sts:AssumeRole on shop-role \(or on \*\) can assume it too; role: {trust: users}/],
			],
			[{ "urn:shop": { type: "aws:iam/role:Role", outputs } }, []],
		] as [LastState, RegExp[]][]) {
			const engine = await MockEngine.start({ last });
			await announceOpenRoles(teams, undefined as never);
			assert.equal(engine.said.length, lines.length);
			for (const [at, line] of lines.entries()) {
				assert.match(present(engine.said[at]), line);
			}
		}
	});
});
