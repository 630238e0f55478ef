import assert from "node:assert/strict";
import type { Cluster } from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import {
	type ClusterConnectionArgs,
	connectTo,
	findKubeconfig,
	teamKubeconfig,
} from "../../../components/preflight/cluster-connection";
import { describeCluster, requireMode, whenUpdated } from "../../../components/preflight/described-cluster";
import { credentialsFailure } from "../../../core/aws/clients";
import { waysOf } from "../../../core/kubernetes/authentication-mode";
import { present } from "../../support/present";

const KUBECONFIG = '{"current-context":"c","clusters":[]}';
const READ_STACK = "pulumi:pulumi:readStackOutputs";
const GET_CLUSTER = "aws:eks/getCluster:getCluster";
const MODES: Record<string, string> = { "api-only": "API", old: "CONFIG_MAP" };

describe("the operator's kubeconfig", () => {
	let calls: string[] = [];
	let registered: string[] = [];

	beforeEach(async () => {
		calls = [];
		registered = [];
		await pulumi.runtime.setMocks(
			{
				newResource: ({ name, inputs }) => {
					registered.push(name);
					return { id: name, state: inputs };
				},
				call: ({ token, inputs }) => {
					calls.push(token);
					if (token === READ_STACK) {
						if (inputs.name !== "acme/eks/prod") {
							throw Object.assign(new Error(), { details: `unknown stack "${inputs.name}"` });
						}
						return { ...inputs, outputs: { kubeconfig: { fromStack: true } }, secretOutputNames: ["kubeconfig"] };
					}
					if (inputs.name === "not-there") {
						throw Object.assign(new Error(), { details: "couldn't find resource" });
					}
					return {
						name: inputs.name,
						endpoint: "https://eks",
						certificateAuthorities: [{ data: "Q0E=" }],
						accessConfigs: [{ authenticationMode: MODES[inputs.name] ?? "API_AND_CONFIG_MAP" }],
					};
				},
			},
			"eks-access",
			"test",
			false,
		);
	});

	async function find(args: Partial<ClusterConnectionArgs>): Promise<string> {
		const connection = connectTo(
			{ cluster: "prod", ...args },
			pulumi.output("eu-west-1"),
			waysOf("auto", undefined),
			{},
		);
		assert.equal(await pulumi.isSecret(connection.kubeconfig), true, "it is secret");
		return new Promise((resolve) => pulumi.unsecret(connection.kubeconfig).apply(resolve));
	}

	it("is the one that is given, and then nobody else is asked", async () => {
		assert.equal(await find({ kubeconfig: KUBECONFIG, kubeconfigStack: "acme/eks/prod" }), KUBECONFIG);
		await new Promise((resolve) => setTimeout(resolve, 50));
		assert.deepEqual([calls, registered], [[], []]);
	});

	it("is that of an eks.Cluster, which need not be loaded for it", async () => {
		const cluster = {
			eksCluster: { name: pulumi.output("prod") },
			kubeconfigJson: pulumi.output(KUBECONFIG),
		} as unknown as Cluster;
		assert.equal(await find({ cluster }), KUBECONFIG);
		assert.deepEqual(calls, []);
	});

	it("is another stack's output, also an object as @pulumi/eks gives it; no StackReference is registered for it", async () => {
		assert.equal(await find({ kubeconfigStack: "acme/eks/prod" }), '{"fromStack":true}');
		assert.deepEqual([calls, registered], [[READ_STACK], []]);
	});

	it("is missing where that stack has no such output, and the error says how to name another one", async () => {
		const args = { kubeconfigStack: "acme/eks/prod", kubeconfigOutput: "config" };
		await assert.rejects(findKubeconfig(args, undefined), /acme\/eks\/prod has no output config\..*kubeconfigOutput/s);
	});

	it("is missing where there is no such stack", async () => {
		const looked = findKubeconfig({ kubeconfigStack: "acme/eks/pord" }, undefined);
		await assert.rejects(
			looked,
			/Pulumi does not show the stack acme\/eks\/pord \(.*unknown stack "acme\/eks\/pord".*\)/,
		);
	});

	it("runs aws eks get-token where none is given, as the admin role and profile that are set", async () => {
		const text = await find({ adminRoleArn: "arn:aws:iam::293759796572:role/admin", awsProfile: "ops" });
		const { clusters, users } = JSON.parse(text);
		assert.deepEqual(calls, [GET_CLUSTER]);
		assert.equal(clusters[0].cluster.server, "https://eks");
		assert.match(users[0].user.exec.args.join(" "), /get-token --cluster-name prod .*--role-arn .*:role\/admin/);
		assert.deepEqual(users[0].user.exec.env, [{ name: "AWS_PROFILE", value: "ops" }]);
	});

	it("of a cluster that AWS does not show is an error with the command that lists those it does", async () => {
		await assert.rejects(
			describeCluster("not-there", "eu-west-1", {}),
			(error: Error) =>
				pulumi.RunError.isInstance(error) &&
				/not-there in eu-west-1 \(couldn't find resource\).*aws eks list-clusters --region eu-west-1/s.test(
					error.message,
				),
		);
	});

	for (const [code, said] of [
		["aws-session-expired", "api error ExpiredToken: The security token included in the request is expired"],
		["aws-session-expired", "the SSO session has expired or is invalid"],
		["aws-credentials-invalid", "No valid credential sources found. Please see https://example.com"],
		["aws-credentials-invalid", "failed to refresh cached credentials, no EC2 IMDS role found"],
		[
			"aws-credentials-invalid",
			"api error UnrecognizedClientException: The security token included in the request is invalid.",
		],
		["aws-denied", "api error AccessDeniedException: User: x is not authorized to perform: eks:DescribeCluster"],
	]) {
		it(`is not looked for in vain where the AWS provider says: ${said}`, () => {
			const failure = credentialsFailure("describe the cluster prod", new Error(`invocation of getCluster: ${said}`));
			assert.equal(failure?.code, code);
			assert.match(failure?.message ?? "", /^AWS: cannot describe the cluster prod: .*Nothing was changed\. \w/);
		});
	}

	it("is not there, whatever credentials are used, where the AWS provider says so", () => {
		assert.equal(
			credentialsFailure("describe it", new Error("reading EKS Cluster (x): couldn't find resource")),
			undefined,
		);
	});

	it("is refused for a cluster that does not take the way in, with the command that mends it", async () => {
		const refusal = async (name: string, ways: Parameters<typeof waysOf>[0]) => {
			const cluster = await describeCluster(name, "eu-west-1", {});
			requireMode(cluster, waysOf(ways, undefined));
		};
		await assert.rejects(refusal("api-only", "aws-auth"), /mode API.*authentication access-entries/s);
		await assert.rejects(refusal("api-only", "both"), /mode API/);
		await assert.rejects(
			refusal("old", "access-entries"),
			/mode CONFIG_MAP.*update-cluster-config --region eu-west-1 --name old/s,
		);
		await refusal("api-only", "access-entries");
		await refusal("old", "aws-auth");
		await refusal("prod", "both");
	});

	it("is waited for while such a cluster is being updated, and refused once it is not", async () => {
		const wait = async (name: string, status: string, authentication: Parameters<typeof waysOf>[0]) => {
			const ways = waysOf(authentication, undefined);
			const found = { name, region: "eu-west-1", endpoint: "", mode: "CONFIG_MAP", status };
			requireMode(await whenUpdated(found, ways, {}, 1), ways);
		};
		await wait("prod", "UPDATING", "both");
		assert.deepEqual(calls, [GET_CLUSTER]);
		await assert.rejects(wait("old", "UPDATING", "both"), /mode CONFIG_MAP/);
		assert.equal(calls.length, 2);
		await assert.rejects(wait("prod", "ACTIVE", "both"), /mode CONFIG_MAP/);
		await wait("prod", "UPDATING", "aws-auth");
		assert.equal(calls.length, 2);
	});

	it("is not made for such a cluster, also where the constructor looks for it", async () => {
		const { kubeconfig } = connectTo(
			{ cluster: "api-only" },
			pulumi.output("eu-west-1"),
			waysOf("aws-auth", undefined),
			{},
		);
		await assert.rejects((kubeconfig as unknown as { promise(): Promise<string> }).promise(), /mode API/);
	});

	it("of a team's members gets tokens through its role, and has nothing of the operator's", async () => {
		const operators = {
			...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
			clusters: [{ name: "c", cluster: { server: "https://eks", "certificate-authority-data": "Q0E=" } }],
			users: [{ name: "u", user: { token: "s3cret" } }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		};
		const connection = { name: pulumi.output("prod"), kubeconfig: pulumi.secret(JSON.stringify(operators)) };
		const roleArn = pulumi.output("arn:aws:iam::293759796572:role/teams/shop-role");
		for (const [team, context, end] of [
			[{ name: "shop", roleArn }, "prod.shop-role", ["--role-arn", "arn:aws:iam::293759796572:role/teams/shop-role"]],
			[{ name: "ci" }, "prod.ci", ["--output", "json"]],
		] as const) {
			const made = teamKubeconfig(connection, pulumi.output("eu-west-1"), team);
			assert.equal(await pulumi.isSecret(made), true);
			const text = await new Promise<string>((resolve) => pulumi.unsecret(made).apply(resolve));
			assert.ok(!text.includes("s3cret"));
			const { clusters, users, "current-context": current } = JSON.parse(text);
			assert.equal(current, context);
			assert.deepEqual(clusters[0].cluster, present(operators.clusters[0]).cluster);
			assert.deepEqual(users[0].user.exec.args.slice(-2), end);
		}
	});
});
