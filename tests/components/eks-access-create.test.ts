import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksAccess } from "../../components/eks-access";
import type { Authentication } from "../../core/kubernetes/authentication-mode";
import { AccessWorld, AWS_AUTH, DEVS, GET_ENTRY, GET_ROLES, SHOP } from "../support/eks-access-world";
import { BINDING, NAMESPACE, ROLE } from "../support/mock-engine";

describe("EksAccess.create", () => {
	const world = new AccessWorld();
	afterEach(() => world.end());

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
				await world.create({ authentication }, { mode });
				assert.equal(world.waysIn(), expected);
			} else {
				await world.refused({ authentication }, { mode }, expected);
			}
		});
	}

	it("names roles and groups by iamName, as the constructor does; what is not known yet is in no name", async () => {
		const iamName = "{team}-{cluster}";
		await world.create({ iamName, cluster: pulumi.output("prod") as never });
		assert.equal(world.engine.the(ROLE).inputs.name, "shop-prod-role");
		assert.equal(world.engine.the("aws:iam/group:Group").inputs.name, "shop-prod");
		const cluster = pulumi.output("prod");
		assert.throws(
			() => new EksAccess("other", { cluster, teams: [SHOP], iamName }),
			/iamName: has \{cluster\}, whose name is not known/,
		);
	});

	it("says once, before aws-auth is written and only where auto decides, that the cluster takes access entries too", async () => {
		const says = async (authentication: Authentication, mode: string, last = {}) => {
			await world.create({ authentication }, { mode, last });
			const said = world.engine.said.filter((text) => /also takes access entries/.test(text)).length;
			await world.end();
			return said;
		};
		assert.equal(await says("auto", "API_AND_CONFIG_MAP"), 1);
		assert.equal(await says("aws-auth", "API_AND_CONFIG_MAP"), 0);
		assert.equal(await says("auto", "CONFIG_MAP"), 0);
		const patch = { type: "kubernetes:core/v1:ConfigMapPatch", outputs: {} };
		assert.equal(await says("auto", "API_AND_CONFIG_MAP", { "urn::x": patch }), 0);
	});

	it("a refusal of the cluster's mode is told before that of an entry that AWS does not show in that mode", async () => {
		const answers = {
			[GET_ENTRY]: () => {
				throw new Error("InvalidRequestException: the authentication mode must be API");
			},
		};
		await world.refused(
			{ authentication: "access-entries" },
			{ mode: "CONFIG_MAP", answers },
			/knows no access entries/,
		);
	});

	it("uses the account that is given instead of looking one up", async () => {
		await world.create({ account: { partition: "aws-cn", accountId: "111122223333" } });
		assert.ok(!world.engine.called("aws:index/getPartition:getPartition"));
		assert.ok(!world.engine.called("aws:index/getCallerIdentity:getCallerIdentity"));
		assert.match(world.engine.the(AWS_AUTH).inputs.data.mapRoles, /arn:aws-cn:iam::111122223333:role\/shop-role/);
	});

	it("takes the region from the stack's config without asking, but not where a parent may bring another provider", async () => {
		const config = { "aws:region": "us-east-1" };
		const access = await world.create({}, { config });
		assert.ok(!world.engine.called("aws:index/getRegion:getRegion"));
		assert.match(JSON.stringify(world.engine.the("eks-access:index:EksAccess").outputs), /--region us-east-1/);
		assert.ok(access);
		const kubeconfig = world.cluster?.kubeconfig;
		class Platform extends pulumi.ComponentResource {}
		const parent = new Platform("acme:index:Platform", "platform");
		await EksAccess.create("inner", { cluster: "prod", teams: [SHOP], kubeconfig }, { parent });
		assert.ok(world.engine.called("aws:index/getRegion:getRegion"));
	});

	it("without a kubeconfig, makes one of what AWS says of the cluster", async () => {
		await world.refused(
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
		await world.create({}, { answers });
		assert.equal(world.waysIn(), "aws-auth");
		await world.refused({ authentication: "access-entries" }, { answers }, /AWS does not show prod in eu-west-1/);
	});

	it("refuses an authentication that it does not know, before it asks anything", async () => {
		await assert.rejects(world.create({ authentication: "none" as "both" }), /"none"; allowed is auto, /);
		assert.deepEqual([world.engine.calls, world.engine.registered], [[], []]);
	});

	it("refuses two principals that are one identity: it can have one entry only", async () => {
		const teams = [
			{ name: "shop", namespaces: ["dev"], ssoPermissionSets: ["Devs"] },
			{ name: "pay", namespaces: ["pay"], roleArns: [DEVS] },
		];
		await world.refused(
			{ authentication: "access-entries", teams },
			{},
			/sso\/Devs and arn:.* are the same, arn:.*AWSReservedSSO_Devs_.*one entry only/,
		);
	});

	it("refuses a permission set that is not there, with those that are", async () => {
		const teams = [{ name: "shop", namespaces: ["dev"], ssoPermissionSets: ["Admins"] }];
		await world.refused({ teams }, {}, /Admins has no role in this account.*There are: Devs/);
	});

	it("tells people why AWS does not answer, without a stack trace and with a code", async () => {
		const invoking = "invocation of aws:index/getCallerIdentity:getCallerIdentity returned an error: ";
		const REFUSALS: [says: string, code: string][] = [
			[
				"operation error STS: GetCallerIdentity, https response error StatusCode: 403, ExpiredToken: expired",
				"aws-session-expired",
			],
			["unable to validate AWS credentials.\nDetails: No valid credential sources found", "aws-credentials-invalid"],
			["operation error STS, api error AccessDenied: not authorized", "aws-denied"],
			["request send failed, dial tcp: lookup sts.amazonaws.com: no such host", "aws-unreachable"],
			["something else", "aws-failed"],
		];
		for (const [says, code] of REFUSALS) {
			const answers = {
				"aws:index/getCallerIdentity:getCallerIdentity": () => {
					throw new Error(invoking + says);
				},
			};
			await world.refused({}, { answers }, new RegExp(`^AWS: cannot find the account: (?!invocation).*\\[${code}\\]$`));
		}
	});

	it("asks for no permission sets where there are none", async () => {
		await world.create({});
		assert.ok(!world.engine.called(GET_ROLES));
	});

	it("refuses to write where the operator may not; a preview, which writes nothing, may run with less", async () => {
		await world.refused({}, { cluster: { mayPatch: false } }, /may read kube-system\/aws-auth but not patch it/);
		await world.create({}, { cluster: { mayPatch: false }, isPreview: true });
	});

	it("gives the namespaces that a selector chooses the team's level, and changes nothing else in them", async () => {
		const namespaces = { dev: { team: "shop" }, web: { team: "shop" }, pay: { team: "pay" } };
		const team = { ...SHOP, access: "view" as const, namespaceSelector: { matchLabels: { team: "shop" } } };
		await world.create({ teams: [team] }, { cluster: { namespaces } });
		assert.deepEqual(
			world.engine
				.only(BINDING)
				.map(({ inputs }) => `${inputs.metadata.namespace} ${inputs.roleRef.name}`)
				.sort(),
			["dev view", "web view"],
		);
		assert.deepEqual(
			world.engine.only(NAMESPACE).map(({ inputs }) => inputs.metadata.name),
			["dev"],
		);
		const [found] = Object.values(world.engine.the("eks-access:index:EksAccess").outputs?.accessMatrix.teams ?? {});
		assert.deepEqual(Object.keys((found as { namespaces: object }).namespaces), ["dev", "web"]);
	});

	it("tells of a team whose selector chooses nothing, and lists the namespaces once, with a selector and without", async () => {
		const asked = () => world.cluster?.requests.filter((each) => each.startsWith("GET /api/v1/namespaces?")).length;
		const team = { name: "pay", users: ["jane"], namespaceSelector: { matchLabels: { team: "shop" } } };
		await world.create({ teams: [team, SHOP] });
		assert.match(world.engine.said.join("\n"), /namespaceSelector of team pay chooses no namespace: it has no access/);
		assert.equal(asked(), 1);
		await world.create({});
		assert.equal(asked(), 1);
	});

	it("depends on the same in a preview as in an update: the engine serializes the whole state for each resource that does not", async () => {
		const dependencies = async (authentication: Authentication, isPreview: boolean) => {
			const teams = [SHOP, { ...SHOP, name: "ops", users: [], roleArns: [DEVS], admin: true }];
			await world.create({ authentication, teams }, { isPreview });
			return Object.fromEntries(world.engine.registered.map(({ urn, dependsOn }) => [urn, [...dependsOn].sort()]));
		};
		for (const authentication of ["aws-auth", "access-entries", "both"] as const) {
			assert.deepEqual(await dependencies(authentication, true), await dependencies(authentication, false));
		}
	});
});
