import assert from "node:assert/strict";
import type { Cluster, ClusterOptions } from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { type Authentication, EksAccess, type EksAccessArgs, type TeamIdentity } from "../../components";
import { connectTo } from "../../components/preflight/cluster-connection";
import { waysOf } from "../../core/kubernetes/authentication-mode";
import { MockCluster } from "../support/mock-cluster";
import { ACCOUNT, type Answers, ENTRY, MockEngine } from "../support/mock-engine";
import { answersOf, outcome, SHOP } from "../support/program-world";
import { unknownOutput } from "../support/unknown-output";

const AWS_AUTH = "kubernetes:core/v1:ConfigMapPatch";
describe("with a cluster of the same program", () => {
	let engine: MockEngine;
	let cluster: MockCluster;
	let answers: Answers;

	before(async () => {
		cluster = await MockCluster.start();
		answers = answersOf(cluster);
	});
	after(() => cluster.stop());
	beforeEach(async () => {
		engine = await MockEngine.start({ answers });
	});

	function args(change: Partial<EksAccessArgs> = {}): EksAccessArgs {
		return { cluster: "prod", kubeconfig: cluster.kubeconfig, teams: [SHOP], ...change };
	}

	describe("EksAccess.create", () => {
		it("takes outputs that are known, such as a StackReference's", async () => {
			const known = pulumi.output("prod");
			const { kubeconfig } = cluster;
			const secret = pulumi.secret(kubeconfig);
			const opts = { cluster: known, kubeconfig: secret, region: pulumi.output("eu-west-1"), account: ACCOUNT };
			await EksAccess.create("access", args(opts));
			await engine.settled();
			assert.ok(engine.the(AWS_AUTH).inputs.data.mapRoles.includes("role/shop-role"));
		});

		it("refuses a value that only an update makes known, and names the way out", async () => {
			engine = await MockEngine.start({ answers, isPreview: true });
			const unknown = unknownOutput();
			for (const name of ["cluster", "kubeconfig", "region"] as const) {
				const says = await outcome(EksAccess.create("access", args({ [name]: unknown })));
				assert.match(says, new RegExp(`^${name}: found a value that is known only .*new EksAccess.*value-unknown`));
			}
			await engine.settled();
			assert.deepEqual(engine.registered, []);
		});

		it("refuses a Cluster that the same program makes", async () => {
			const says = await outcome(EksAccess.create("access", args({ cluster: eksCluster({}), kubeconfig: undefined })));
			assert.match(says, /^cluster: found a Cluster of @pulumi\/eks.*new EksAccess.*access-entries/);
		});
	});

	describe("a Cluster of @pulumi/eks", () => {
		it("is given access entries where nothing else is said, as it writes the whole aws-auth itself", async () => {
			const made = eksCluster({ mode: "API_AND_CONFIG_MAP", hasAwsAuth: true });
			new EksAccess("access", args({ cluster: made, kubeconfig: undefined, account: ACCOUNT, region: "eu-west-1" }));
			await engine.settled();
			assert.equal(engine.only(ENTRY).length, 1);
			assert.deepEqual(engine.only(AWS_AUTH), []);
			assert.ok(!engine.called("aws:eks/getCluster:getCluster"));
		});

		const cells: [mode: string, Authentication, takeOver: boolean, RegExp][] = [
			["API_AND_CONFIG_MAP", "access-entries", false, /^made$/],
			["API", "access-entries", false, /^made$/],
			["CONFIG_MAP", "access-entries", false, /CONFIG_MAP, so it knows no access entries.*roleMapping.*mode-mismatch/],
			["CONFIG_MAP", "aws-auth", false, /writes the whole aws-auth.*roleMapping.*aws-auth-foreign-owner/],
			["API_AND_CONFIG_MAP", "both", false, /writes the whole aws-auth.*aws-auth-foreign-owner/],
			["CONFIG_MAP", "aws-auth", true, /^made$/],
			["API", "aws-auth", true, /mode API, so it does not read aws-auth/],
		];
		for (const [mode, authentication, takeOver, says] of cells) {
			const how = takeOver ? "taken over by" : "with";
			it(`in mode ${mode} ${how} ${authentication}: ${says.source.split(".*", 1)}`, async () => {
				const made = eksCluster({ mode, hasAwsAuth: mode !== "API" });
				const ways = waysOf(authentication, undefined);
				const { kubeconfig } = connectTo({ cluster: made, takeOver }, pulumi.output("eu-west-1"), ways, {});
				assert.match(await outcome((kubeconfig as unknown as { promise(): Promise<string> }).promise()), says);
			});
		}
	});

	it("TeamIdentity.roleMapping is what eks.Cluster takes in roleMappings", () => {
		// Holds if it compiles.
		const options = (identity: TeamIdentity): Pick<ClusterOptions, "roleMappings"> => ({
			roleMappings: [identity.roleMapping],
		});
		assert.ok(options);
	});

	function eksCluster({ mode, hasAwsAuth }: { mode?: string; hasAwsAuth?: boolean }): Cluster {
		return {
			eksCluster: { name: pulumi.output("prod"), accessConfig: pulumi.output({ authenticationMode: mode }) },
			kubeconfigJson: pulumi.output(cluster.kubeconfig),
			core: pulumi.output({ eksNodeAccess: hasAwsAuth ? { made: true } : undefined }),
		} as unknown as Cluster;
	}
});
