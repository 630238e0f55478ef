import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { identityOf } from "../../../components/preflight/aws-auth";
import { prepare } from "../../../components/preflight/preflight";
import { type OwnershipRecord, recordKeyOf } from "../../../core/aws-auth/ownership-record";
import { readTeams } from "../../../core/config/config";
import type { TeamArgs } from "../../../core/config/team-args";
import { MockCluster } from "../../support/mock-cluster";
import { ACCOUNT, ENTRY, type LastState, MockEngine } from "../../support/mock-engine";

const NAME = "access-aws-auth";
const ROLE = "arn:aws:iam::293759796572:role/shop-role";
const JANE = "arn:aws:iam::293759796572:user/people/jane";
const TEAM: TeamArgs = { name: "shop", namespaces: ["dev"], users: ["jane"], userArns: [JANE] };

describe("the move from aws-auth to access entries", () => {
	/** What `prepare` says to it: aws-auth has `record`, AWS has entries of `entries`. */
	async function check(world: {
		record?: Partial<OwnershipRecord>;
		entries?: string[];
		mode?: string;
		team?: Partial<TeamArgs>;
		/** Whose record it is, if not this stack's. */
		instance?: string;
		last?: LastState;
		noAwsAuth?: boolean;
		/** What is in aws-auth beside the nodes' entry. */
		mapRoles?: string;
		mapUsers?: string;
		adoptExisting?: boolean;
	}): Promise<void> {
		const { record, entries = [], mode = "API_AND_CONFIG_MAP", last = {} } = world;
		const own = Object.fromEntries(
			entries.map((principalArn) => [
				`urn:${principalArn}`,
				{ type: ENTRY, outputs: { clusterName: "prod", principalArn } },
			]),
		);
		await MockEngine.start({
			last: { ...own, ...last },
			answers: {
				"aws:eks/getCluster:getCluster": () => ({
					certificateAuthorities: [],
					accessConfigs: [{ authenticationMode: mode }],
				}),
				"aws:iam/getUser:getUser": ({ userName }) => ({
					arn: `arn:aws:iam::${ACCOUNT.accountId}:user/${userName === "jane" ? "people/" : ""}${userName}`,
				}),
				"aws:eks/getAccessEntry:getAccessEntry": ({ principalArn }) => {
					if (!entries.includes(principalArn)) {
						throw new Error("couldn't find resource");
					}
					return { principalArn, type: "STANDARD", kubernetesGroups: [], userName: "", tags: {} };
				},
			},
		});
		const full = { stack: "acme/eks-access/test", roles: [], users: [], baseVersion: "1", release: "r", ...record };
		const key = recordKeyOf(world.instance ?? identityOf(NAME).instance);
		const awsAuth = world.noAwsAuth ? null : { ...(record ? { [key]: JSON.stringify(full) } : {}) };
		const { mapRoles, mapUsers, adoptExisting } = world;
		const cluster = await MockCluster.start({ awsAuth, mapRoles, mapUsers });
		const { kubeconfig } = cluster;
		const args = { cluster: "prod", account: ACCOUNT, region: "eu-west-1", kubeconfig, teams: [], adoptExisting };
		const teams = readTeams([{ ...TEAM, ...world.team }], "test");
		try {
			const prepared = await prepare("access", NAME, teams, { ...args, authentication: "access-entries" }, {});
			await prepared.check();
		} finally {
			await cluster.stop();
		}
	}

	async function refused(world: Parameters<typeof check>[0], says: RegExp): Promise<void> {
		await assert.rejects(check(world), (error: Error) => pulumi.RunError.isInstance(error) && says.test(error.message));
	}

	it("is refused while one who comes in by aws-auth has no entry, with the steps that lock nobody out", async () => {
		await refused(
			{ record: { roles: [ROLE] } },
			/shop-role comes in by aws-auth and would have no way in.*Nothing was changed.*set authentication both, then pulumi up/,
		);
		await refused({ record: { roles: [ROLE], users: [JANE] } }, /shop-role, arn:.*jane come in by aws-auth/);
	});

	it("names only those who have no entry", async () => {
		await refused({ record: { roles: [ROLE], users: [JANE] }, entries: [ROLE] }, /: arn:[^,]*people\/jane comes in/);
	});

	it("knows a role by its name in aws-auth, where it has no path, in any case", async () => {
		const team = { role: { path: "/teams/" } };
		await refused({ record: { roles: [ROLE.replace("shop", "SHOP")] }, team }, /role\/teams\/shop-role comes in/);
		await check({ record: { roles: [ROLE] }, team, entries: [ROLE.replace("role/", "role/teams/")] });
	});

	it("goes on where everybody has an entry", async () => {
		await check({ record: { roles: [ROLE], users: [JANE] }, entries: [ROLE, JANE] });
	});

	it("goes on for those whom aws-auth does not let in by this stack, and for those who leave", async () => {
		await check({});
		await check({ noAwsAuth: true });
		await check({ record: { roles: [ROLE] }, instance: "another.stack.12345678" });
		await check({ record: { roles: [ROLE.replace("shop", "gone")] } });
	});

	it("is refused where an access entry would take the place of an entry that somebody else has written, whatever that gives", async () => {
		const mapRoles = `- rolearn: ${ROLE.replace("shop", "SHOP")}\n  username: admin\n  groups: [system:masters]\n`;
		await refused(
			{ mapRoles },
			/would take their place:\n.*role\/shop-role, line \d+ of mapRoles, with the groups system:masters\nNothing was changed.*adoptExisting/,
		);
		const mapUsers = `- userarn: ${JANE}\n  username: jane\n`;
		await refused(
			{ mapUsers, record: { roles: [ROLE] }, entries: [ROLE] },
			/people\/jane, line 1 of mapUsers, with the groups none\n/,
		);
		await refused(
			{ mapRoles, record: { roles: [ROLE] }, instance: "another.stack.12345678" },
			/would take their place/,
		);
	});

	it("goes on where that is meant, where the entry is this stack's, and where the access entry counts already", async () => {
		const mapRoles = `- rolearn: ${ROLE}\n  username: admin\n  groups: [system:masters]\n`;
		await check({ mapRoles: mapRoles.replace("system:masters", "shop"), adoptExisting: true });
		await check({ mapRoles, entries: [ROLE] });
		await check({ mapRoles, record: { roles: [ROLE] }, entries: [ROLE] });
		await check({ mapRoles: mapRoles.replace("shop", "other") });
		await check({ mapRoles, mode: "API" });
	});

	it("goes on where the cluster does not read aws-auth any more", async () => {
		await check({ record: { roles: [ROLE] }, mode: "API" });
	});

	it("knows the record of a stack that was renamed: it has kept its first name", async () => {
		const instance = "eks-access.first.access-aws-auth.12345678";
		const last = {
			"urn:pulumi:test::eks-access::x::access-aws-auth-release": {
				type: "pulumi-nodejs:dynamic/aws-auth:Release",
				outputs: { instance },
			},
		};
		await refused({ record: { roles: [ROLE] }, instance, last }, /shop-role comes in by aws-auth/);
	});
});
