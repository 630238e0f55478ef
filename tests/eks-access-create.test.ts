import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Authentication } from "../components/authentication";
import { type CheckedEksAccessArgs, EksAccess } from "../components/eks-access";
import { MockCluster } from "./mock-cluster";
import { ACCOUNT, type Answers, BINDING, ENTRY, MockEngine, NAMESPACE } from "./mock-engine";

const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
const GET_ENTRY = "aws:eks/getAccessEntry:getAccessEntry";
const GET_ROLES = "aws:iam/getRoles:getRoles";
const SHOP_ROLE = "arn:aws:iam::293759796572:role/shop-role";
const DEVS = "arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Devs_0123456789abcdef";
const SHOP = { name: "shop", namespaces: ["dev"], users: ["jane"] };

interface World {
	/** What AWS says the cluster's mode is; undefined: AWS does not show it. */
	mode?: string;
	/** ARN -> its access entry. */
	entries?: Record<string, object>;
	answers?: Answers;
	isPreview?: boolean;
	config?: Record<string, string>;
	cluster?: Parameters<typeof MockCluster.start>[0];
}

describe("EksAccess.create", () => {
	let engine: MockEngine;
	let cluster: MockCluster | undefined;
	afterEach(() => cluster?.stop());

	async function create(args: Partial<CheckedEksAccessArgs>, world: World = {}): Promise<EksAccess> {
		const { mode = "API_AND_CONFIG_MAP", entries = {}, answers, ...options } = world;
		await cluster?.stop();
		cluster = await MockCluster.start(world.cluster);
		engine = await MockEngine.start({
			...options,
			answers: {
				"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
				"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT.accountId }),
				"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
				"aws:eks/getCluster:getCluster": ({ name }) => ({
					name,
					endpoint: cluster?.url,
					certificateAuthorities: [],
					accessConfigs: [{ authenticationMode: mode }],
				}),
				[GET_ROLES]: () => ({ arns: [DEVS] }),
				[GET_ENTRY]: ({ clusterName, principalArn }) => {
					if (!entries[principalArn]) {
						throw new Error("couldn't find resource");
					}
					return { clusterName, principalArn, ...entries[principalArn] };
				},
				...answers,
			},
		});
		const { kubeconfig } = cluster;
		const access = await EksAccess.create("access", { cluster: "prod", teams: [SHOP], kubeconfig, ...args });
		await engine.settled();
		return access;
	}

	/** That nothing was registered, and that people are told without a stack trace. */
	async function refused(args: Partial<CheckedEksAccessArgs>, world: World, says: RegExp): Promise<void> {
		await assert.rejects(create(args, world), (error: Error) => {
			assert.match(error.message, says);
			assert.ok(pulumi.RunError.isInstance(error), "it is shown without a stack trace");
			return true;
		});
		await engine.settled();
		assert.deepEqual(engine.registered, []);
	}

	function waysIn(): string {
		return [engine.only(AWS_AUTH).length > 0 ? "aws-auth" : "", engine.only(ENTRY).length > 0 ? "access entries" : ""]
			.filter((way) => way)
			.join(", ");
	}

	const CELLS: [Authentication, mode: string, string | RegExp][] = [
		["auto", "CONFIG_MAP", "aws-auth"],
		["auto", "API_AND_CONFIG_MAP", "aws-auth"],
		["auto", "API", "access entries"],
		["aws-auth", "CONFIG_MAP", "aws-auth"],
		["aws-auth", "API_AND_CONFIG_MAP", "aws-auth"],
		["aws-auth", "API", /mode API, so it does not read aws-auth.*authentication access-entries/],
		[
			"access-entries",
			"CONFIG_MAP",
			/CONFIG_MAP, so it knows no access entries.*authenticationMode=API_AND_CONFIG_MAP/,
		],
		["access-entries", "API_AND_CONFIG_MAP", "access entries"],
		["access-entries", "API", "access entries"],
		["both", "CONFIG_MAP", /CONFIG_MAP, so it knows no access entries/],
		["both", "API_AND_CONFIG_MAP", "aws-auth, access entries"],
		["both", "API", /mode API, so it does not read aws-auth/],
	];
	for (const [authentication, mode, expected] of CELLS) {
		const outcome = typeof expected === "string" ? `is ${expected}` : "is refused";
		it(`authentication ${authentication} on a cluster in mode ${mode} ${outcome}`, async () => {
			if (typeof expected === "string") {
				await create({ authentication }, { mode });
				assert.equal(waysIn(), expected);
			} else {
				await refused({ authentication }, { mode }, expected);
			}
		});
	}

	it("a refusal of the cluster's mode is told before that of an entry that AWS does not show in that mode", async () => {
		const answers = {
			[GET_ENTRY]: () => {
				throw new Error("InvalidRequestException: the authentication mode must be API");
			},
		};
		await refused({ authentication: "access-entries" }, { mode: "CONFIG_MAP", answers }, /knows no access entries/);
	});

	it("uses the account that is given instead of looking one up", async () => {
		await create({ account: { partition: "aws-cn", accountId: "111122223333" } });
		assert.ok(!engine.called("aws:index/getPartition:getPartition"));
		assert.ok(!engine.called("aws:index/getCallerIdentity:getCallerIdentity"));
		assert.match(engine.the(AWS_AUTH).inputs.data.mapRoles, /arn:aws-cn:iam::111122223333:role\/shop-role/);
	});

	it("takes the region from the stack's config without asking, but not where a parent may bring another provider", async () => {
		const config = { "aws:region": "us-east-1" };
		const access = await create({}, { config });
		assert.ok(!engine.called("aws:index/getRegion:getRegion"));
		assert.match(JSON.stringify(engine.the("eks-access:index:EksAccess").outputs), /--region us-east-1/);
		assert.ok(access);
		const kubeconfig = cluster?.kubeconfig;
		class Platform extends pulumi.ComponentResource {}
		const parent = new Platform("acme:index:Platform", "platform");
		await EksAccess.create("inner", { cluster: "prod", teams: [SHOP], kubeconfig }, { parent });
		assert.ok(engine.called("aws:index/getRegion:getRegion"));
	});

	it("without a kubeconfig, makes one of what AWS says of the cluster", async () => {
		await refused(
			{ kubeconfig: undefined },
			{
				answers: {
					"aws:eks/getCluster:getCluster": () => {
						throw new Error("couldn't find resource");
					},
				},
			},
			/AWS does not show prod in eu-west-1 \(couldn't find resource\)/,
		);
	});

	it("with a kubeconfig, does without AWS' word on the cluster, but not for access entries", async () => {
		const answers = {
			"aws:eks/getCluster:getCluster": () => {
				throw new Error("couldn't find resource");
			},
		};
		await create({}, { answers });
		assert.equal(waysIn(), "aws-auth");
		await refused({ authentication: "access-entries" }, { answers }, /AWS does not show prod in eu-west-1/);
	});

	it("refuses an authentication that it does not know, before it asks anything", async () => {
		await assert.rejects(create({ authentication: "none" as "both" }), /"none"; allowed is auto, /);
		assert.deepEqual([engine.calls, engine.registered], [[], []]);
	});

	it("refuses entries that are there already, and takes them over on request", async () => {
		const entries = { [DEVS]: { type: "STANDARD", kubernetesGroups: ["x"], userName: "y", tags: {} } };
		const teams = [{ name: "shop", namespaces: ["dev"], roleArns: [DEVS] }];
		await refused({ authentication: "both", teams }, { entries }, /one is there already that this stack has not made/);
		await create({ authentication: "both", teams, adoptExisting: true }, { entries });
		assert.equal(engine.the(ENTRY).importId, `prod:${DEVS}`);
		assert.deepEqual(engine.the(ENTRY).inputs.kubernetesGroups, ["x"]);
	});

	it("refuses an entry of a role that is only made now, which would let nobody in", async () => {
		const entries = { [SHOP_ROLE]: { type: "STANDARD", kubernetesGroups: ["x"], userName: "y", tags: {} } };
		await refused({ authentication: "both", adoptExisting: true }, { entries }, /its role is only made now/);
	});

	it("refuses a role that is there already, and adopts it with its group and its access entry on request", async () => {
		const role = { name: "shop-role", path: "/", assumeRolePolicy: "{}", maxSessionDuration: 3600, tags: {} };
		const answers: Answers = {
			"aws:iam/getRole:getRole": () => ({ arn: SHOP_ROLE, ...role }),
			"aws:iam/getGroup:getGroup": () => ({ path: "/", users: [{ userName: "jane" }] }),
		};
		await refused({}, { answers }, /there already: the role shop-role, the group shop/);
		const entries = { [SHOP_ROLE]: { type: "STANDARD", kubernetesGroups: ["x"], userName: "y", tags: {} } };
		await create({ authentication: "both", adoptExisting: true }, { answers, entries });
		const imported = engine.registered.filter(({ importId }) => importId !== "");
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
		await assert.rejects(create({ adoptExisting: true }, { cluster: { bindings } }), /for others too.*User ann/s);
		await engine.settled();
		assert.deepEqual(engine.registered, []);
		await create({}, { cluster: { bindings } });
	});

	it("refuses two principals that are one identity: it can have one entry only", async () => {
		const teams = [
			{ name: "shop", namespaces: ["dev"], ssoPermissionSets: ["Devs"] },
			{ name: "pay", namespaces: ["pay"], roleArns: [DEVS] },
		];
		await refused(
			{ authentication: "access-entries", teams },
			{},
			/sso\/Devs and arn:.* are the same, arn:.*AWSReservedSSO_Devs_.*one entry only/,
		);
	});

	it("refuses a permission set that is not there, with those that are", async () => {
		const teams = [{ name: "shop", namespaces: ["dev"], ssoPermissionSets: ["Admins"] }];
		await refused({ teams }, {}, /Admins has no role in this account.*There are: Devs/);
	});

	it("asks for no permission sets where there are none", async () => {
		await create({});
		assert.ok(!engine.called(GET_ROLES));
	});

	it("refuses to write where the operator may not; a preview, which writes nothing, may run with less", async () => {
		await refused({}, { cluster: { mayPatch: false } }, /may read kube-system\/aws-auth but not patch it/);
		await create({}, { cluster: { mayPatch: false }, isPreview: true });
	});

	it("gives the namespaces that a selector chooses the team's level, and changes nothing else in them", async () => {
		const namespaces = { dev: { team: "shop" }, web: { team: "shop" }, pay: { team: "pay" } };
		const team = { ...SHOP, access: "view" as const, namespaceSelector: { matchLabels: { team: "shop" } } };
		await create({ teams: [team] }, { cluster: { namespaces } });
		assert.deepEqual(
			engine
				.only(BINDING)
				.map(({ inputs }) => `${inputs.metadata.namespace} ${inputs.roleRef.name}`)
				.sort(),
			["dev view", "web view"],
		);
		assert.deepEqual(
			engine.only(NAMESPACE).map(({ inputs }) => inputs.metadata.name),
			["dev"],
		);
		assert.deepEqual(engine.the("eks-access:index:EksAccess").outputs?.accessMatrix[0].namespaces, ["dev", "web"]);
	});

	it("tells of a team whose selector chooses nothing, and asks for namespaces only where one has a selector", async () => {
		const team = { name: "shop", users: ["jane"], namespaceSelector: { matchLabels: { team: "shop" } } };
		await create({ teams: [team] });
		assert.match(engine.said.join("\n"), /namespaceSelector of team shop chooses no namespace: it has no access/);
		assert.ok(cluster?.requests.includes("GET /api/v1/namespaces"));
		await create({});
		assert.ok(!cluster?.requests.includes("GET /api/v1/namespaces"));
	});
});
