import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EksAccess } from "../../components/eks-access";
import type { EksAccessArgs } from "../../components/eks-access-args";
import { ConfigError } from "../../core/errors/problem";
import { MockCluster } from "../support/mock-cluster";
import { ACCOUNT, ASSOCIATION, BINDING, ENTRY, MockEngine, NAMESPACE, ROLE, resolved } from "../support/mock-engine";
import { present } from "../support/present";

const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
const RELEASE = "pulumi-nodejs:dynamic/aws-auth:Release";
const PROVIDER = "pulumi:providers:kubernetes";
const CI = "arn:aws:iam::293759796572:role/ci";
const SHOP = { name: "shop", namespaces: ["dev"], users: ["jane"] };

describe("EksAccess", () => {
	let engine: MockEngine;
	let cluster: MockCluster;

	before(async () => {
		cluster = await MockCluster.start();
	});
	after(() => cluster.stop());
	beforeEach(async () => {
		engine = await MockEngine.start();
	});

	function construct(args: Partial<EksAccessArgs> = {}): EksAccess {
		const { kubeconfig } = cluster;
		const given = { cluster: "prod", account: ACCOUNT, region: "eu-west-1", kubeconfig, teams: [SHOP] };
		return new EksAccess("access", { ...given, ...args });
	}

	async function make(args: Partial<EksAccessArgs> = {}): Promise<EksAccess> {
		const access = construct(args);
		await engine.settled();
		return access;
	}

	/** The entries that this stack puts into aws-auth. */
	function mapRoles(): string {
		const { mapRoles: text } = engine.the(AWS_AUTH).inputs.data;
		return text.slice(text.indexOf("{{EC2PrivateDNSName}}") + "{{EC2PrivateDNSName}}\n".length);
	}

	it("uses the account and the region that are given, and looks nothing up", async () => {
		const access = await make({ account: { partition: "aws-cn", accountId: "111122223333" } });
		assert.deepEqual(
			engine.calls.map(({ token }) => token),
			["pulumi:pulumi:readStackResourceOutputs"],
		);
		assert.deepEqual(await resolved(access.roleArns), { shop: "arn:aws-cn:iam::111122223333:role/shop-role" });
		const { Statement } = JSON.parse(engine.the("aws:iam/policy:Policy").inputs.policy);
		assert.equal(Statement[1].Resource, "arn:aws-cn:eks:eu-west-1:111122223333:cluster/prod");
	});

	it("without them asks the AWS provider", async () => {
		engine = await MockEngine.start({
			answers: {
				"aws:index/getPartition:getPartition": () => ({ partition: "aws-us-gov" }),
				"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: "111122223333" }),
				"aws:index/getRegion:getRegion": () => ({ region: "us-gov-west-1" }),
			},
		});
		const access = await make({ account: undefined, region: undefined });
		assert.deepEqual(await resolved(access.roleArns), { shop: "arn:aws-us-gov:iam::111122223333:role/shop-role" });
		const commands = await resolved(access.updateKubeconfigCommands);
		assert.match(present(commands.shop), /--region us-gov-west-1 .*--role-arn arn:aws-us-gov:/);
	});

	it("has its parts for children, and they have what they make", async () => {
		await make({ authentication: "both" });
		const access = engine.the("eks-access:index:EksAccess");
		const parts = engine.registered.filter(({ parent }) => parent === access.urn).map(({ type }) => type);
		assert.deepEqual(parts.sort(), [
			...["AccessEntries", "AwsAuth", "NamespaceAccess", "TeamIdentity"].map((part) => `eks-access:index:${part}`),
			PROVIDER,
		]);
		const lost = engine.registered.filter(({ parent, urn }) => urn !== access.urn && !parent);
		assert.deepEqual(lost, []);
	});

	it("everything in the cluster goes by one provider, which neither forces a patch nor is found in the environment", async () => {
		await make({ adoptExisting: true });
		const provider = engine.the(PROVIDER);
		const inCluster = engine.registered.filter(({ type }) => type.startsWith("kubernetes:"));
		assert.deepEqual(
			new Set(inCluster.map((each) => each.provider)),
			new Set([`${provider.urn}::${provider.name}-id`]),
		);
		const { enableServerSideApply, enablePatchForce, upsertExistingObjects } = provider.inputs;
		assert.deepEqual([enableServerSideApply, enablePatchForce, upsertExistingObjects].map(String), [
			"true",
			"false",
			"true",
		]);
	});

	it("lets teams in by aws-auth where nothing else is said, and keeps the patch on delete", async () => {
		await make();
		assert.equal(
			mapRoles(),
			"- groups:\n  - shop\n  rolearn: arn:aws:iam::293759796572:role/shop-role\n  username: shop\n",
		);
		assert.equal(engine.the(AWS_AUTH).retainOnDelete, true);
		assert.deepEqual(engine.only(ENTRY), []);
	});

	it("writes aws-auth after the roles that are let in, and after what takes its entries out", async () => {
		await make();
		const { dependsOn } = engine.the(AWS_AUTH);
		assert.ok(dependsOn.includes(engine.the(RELEASE).urn) && dependsOn.includes(engine.the(ROLE).urn));
	});

	it("access-entries makes an entry a principal, bound to the team's role, and nothing in aws-auth", async () => {
		const teams = [{ ...SHOP, access: "edit" as const, role: { path: "/teams/" }, roleArns: [CI] }];
		await make({ teams, authentication: "access-entries", tags: { owner: "platform" } });
		assert.deepEqual([engine.only(AWS_AUTH), engine.only(RELEASE)], [[], []]);
		assert.equal(engine.the(BINDING).inputs.roleRef.name, "edit");
		const own = engine.the(ENTRY, "access-access-entries/team/shop");
		assert.equal(own.inputs.principalArn, "arn:aws:iam::293759796572:role/teams/shop-role");
		assert.equal(own.replacementTrigger, "AROA-shop-role");
		assert.ok(own.dependsOn.includes(engine.the(ROLE).urn));
		assert.deepEqual(own.inputs.tags, { owner: "platform" });
		assert.equal(engine.the(ENTRY, `access-access-entries/${CI}`).replacementTrigger, undefined);
		assert.deepEqual(
			engine.only(ASSOCIATION).map(({ inputs }) => [inputs.policyArn.split("/")[1], inputs.accessScope.namespaces]),
			[
				["AmazonEKSEditPolicy", ["dev"]],
				["AmazonEKSEditPolicy", ["dev"]],
			],
		);
	});

	it("both makes both, and bindings too, so that nobody is without access on the way", async () => {
		await make({ teams: [{ ...SHOP, access: "view" }], authentication: "both" });
		assert.match(mapRoles(), /role\/shop-role/);
		assert.equal(engine.only(ENTRY).length, 1);
		assert.equal(engine.only(ASSOCIATION).length, 1);
		assert.equal(engine.the(BINDING).inputs.roleRef.name, "view");
	});

	it("administrators are in system:masters in aws-auth, and have the cluster's admin policy in access entries", async () => {
		const jane = "arn:aws:iam::293759796572:user/jane";
		const teams = [
			{ name: "ops", admin: true, users: ["olga"], groups: ["system:masters"] },
			{ name: "shop", namespaces: ["dev"], userArns: [{ arn: jane, username: "jane", admin: true }] },
		];
		await make({ teams, authentication: "both" });
		assert.match(mapRoles(), /- ops\n {2}- system:masters\n {2}rolearn: .*ops-role/);
		assert.match(engine.the(AWS_AUTH).inputs.data.mapUsers, /- shop\n {2}- system:masters\n {2}userarn: .*user\/jane/);
		for (const { inputs } of engine.only(ENTRY)) {
			assert.ok(!inputs.kubernetesGroups.includes("system:masters"), "EKS refuses it");
		}
		assert.deepEqual(
			engine.only(ASSOCIATION).map(({ inputs }) => [inputs.policyArn.split("/")[1], inputs.accessScope.type]),
			[
				["AmazonEKSClusterAdminPolicy", "cluster"],
				["AmazonEKSClusterAdminPolicy", "cluster"],
			],
		);
	});

	it("a team of existing roles and users makes nothing in IAM", async () => {
		const userArns = ["arn:aws:iam::293759796572:user/jane"];
		const access = await make({ teams: [{ name: "ci", namespaces: ["dev"], roleArns: [CI], userArns }] });
		assert.deepEqual(
			engine.registered.filter(({ type }) => type.startsWith("aws:") || type.includes("TeamIdentity")),
			[],
		);
		assert.equal(mapRoles(), `- groups:\n  - ci\n  rolearn: ${CI}\n  username: ci\n`);
		assert.deepEqual(await resolved(access.roleArns), {});
		assert.deepEqual(await resolved(access.updateKubeconfigCommands), {
			ci: "aws eks --region eu-west-1 update-kubeconfig --name prod",
		});
		assert.ok(!present((await resolved(access.kubeconfigs)).ci).includes("--role-arn"));
	});

	it("permission sets come in by the roles that IAM Identity Center has made for them", async () => {
		const arn = `arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Devs_0123456789abcdef`;
		engine = await MockEngine.start({ answers: { "aws:iam/getRoles:getRoles": () => ({ arns: [arn] }) } });
		await make({ teams: [{ name: "shop", namespaces: ["dev"], ssoPermissionSets: ["Devs"] }], authentication: "both" });
		assert.match(mapRoles(), /rolearn: arn:aws:iam::293759796572:role\/AWSReservedSSO_Devs_0123456789abcdef\n/);
		assert.equal(engine.the(ENTRY).inputs.principalArn, arn);
	});

	it("gives people of two teams a context for each: one would replace the other", async () => {
		const pay = { name: "pay", namespaces: ["pay"], users: ["Jane", "joe"] };
		const ops = { name: "ops", namespaces: ["ops"], users: ["ann"] };
		const access = await make({ teams: [SHOP, pay, ops] });
		const commands = await resolved(access.updateKubeconfigCommands);
		assert.match(commands.shop as string, / --alias prod\.shop --user-alias prod\.shop$/);
		assert.match(commands.pay as string, / --alias prod\.pay --user-alias prod\.pay$/);
		assert.doesNotMatch(commands.ops as string, /alias/);
	});

	it("registers its outputs: roles, commands, kubeconfigs and the access matrix", async () => {
		const access = await make();
		const role = "arn:aws:iam::293759796572:role/shop-role";
		const { outputs = {} } = engine.the("eks-access:index:EksAccess");
		assert.deepEqual(outputs.roleArns, { shop: role });
		assert.deepEqual(outputs.updateKubeconfigCommands, {
			shop: `aws eks --region eu-west-1 update-kubeconfig --name prod --role-arn ${role}`,
		});
		assert.deepEqual(outputs.accessMatrix, {
			...{ cluster: "prod", region: "eu-west-1", authentication: "auto" },
			teams: { shop: { users: ["jane"], namespaces: { dev: "full" } } },
		});
		assert.equal(await pulumi.isSecret(access.kubeconfigs), true);
		const { clusters, users } = JSON.parse(present((await resolved(access.kubeconfigs)).shop));
		assert.equal(clusters[0].cluster.server, cluster.url);
		assert.deepEqual(users[0].user.exec.args.slice(-2), ["--role-arn", role]);
	});

	it("refuses before it registers anything what it cannot do", async () => {
		const refused: [Partial<EksAccessArgs>, (error: unknown) => boolean][] = [
			[
				{ teams: [{ name: "shop", users: ["jane"], namespaceSelector: { matchLabels: { team: "shop" } } }] },
				(error) => pulumi.InputPropertyError.isInstance(error) && /shop .*use EksAccess\.create/.test(error.message),
			],
			[
				{ authentication: "access_entries" as "both" },
				(error) =>
					pulumi.InputPropertyError.isInstance(error) && /"access_entries"; allowed is auto, /.test(error.message),
			],
			[
				{
					authentication: "both",
					teams: [{ ...SHOP, groups: ["system:authenticated"], allow: ["system:authenticated"] }],
				},
				(error) => error instanceof ConfigError && /team\/shop: has the group system:authenticated/.test(error.message),
			],
			[{ teams: [] }, (error) => error instanceof ConfigError],
			[{ teams: [{ ...SHOP, namespaces: ["Dev"] }] }, (error) => error instanceof ConfigError],
		];
		for (const [args, isExpected] of refused) {
			assert.throws(() => construct(args), isExpected);
		}
		await engine.settled();
		assert.deepEqual(engine.registered, []);
	});

	it("one namespace of several teams is made once, with a binding for each", async () => {
		await make({ teams: [SHOP, { ...SHOP, name: "pay", access: "view" }] });
		assert.equal(engine.only(NAMESPACE).length, 1);
		assert.equal(engine.only(BINDING).length, 2);
	});
});
