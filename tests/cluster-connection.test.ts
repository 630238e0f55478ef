import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterConnectionArgs } from "../components/cluster-connection";

const KUBECONFIG = '{"current-context":"c","clusters":[]}';
let calls: string[] = [];
let references: string[] = [];

describe("the operator's kubeconfig", () => {
	beforeEach(async () => {
		calls = [];
		references = [];
		await pulumi.runtime.setMocks(
			{
				newResource: ({ type, name, inputs }) => {
					if (type === "pulumi:pulumi:StackReference") {
						references.push(name);
						return {
							id: name,
							state: { ...inputs, outputs: { kubeconfig: { fromStack: true } }, secretOutputNames: [] },
						};
					}
					return { id: name, state: inputs };
				},
				call: ({ token, inputs }) => {
					calls.push(token);
					if (inputs.name === "not-there") {
						throw new Error("couldn't find resource");
					}
					const mode = inputs.name === "api-only" ? "API" : "API_AND_CONFIG_MAP";
					return {
						name: inputs.name,
						endpoint: "https://eks",
						certificateAuthorities: [{ data: "Q0E=" }],
						accessConfigs: [{ authenticationMode: mode }],
					};
				},
			},
			"eks-access",
			"test",
			false,
		);
	});

	async function find(args: Partial<ClusterConnectionArgs>): Promise<string> {
		const { connectTo } = await import("../components/cluster-connection");
		const connection = connectTo({ cluster: "prod", ...args }, pulumi.output("eu-west-1"), {});
		assert.equal(await pulumi.isSecret(connection.kubeconfig), true, "it is secret");
		return new Promise((resolve) => pulumi.unsecret(connection.kubeconfig).apply(resolve));
	}

	it("is the one that is given, and then nobody else is asked", async () => {
		assert.equal(await find({ kubeconfig: KUBECONFIG, kubeconfigStack: "acme/eks/prod" }), KUBECONFIG);
		await new Promise((resolve) => setTimeout(resolve, 50));
		assert.deepEqual([calls, references], [[], []]);
	});

	it("is another stack's output, also an object as @pulumi/eks gives it; the stack is asked once", async () => {
		assert.equal(await find({ kubeconfigStack: "acme/eks/prod" }), '{"fromStack":true}');
		assert.deepEqual([calls, references], [[], ["acme/eks/prod"]]);
	});

	it("runs aws eks get-token where none is given, as the admin role and profile that are set", async () => {
		const text = await find({ adminRoleArn: "arn:aws:iam::293759796572:role/admin", awsProfile: "ops" });
		const { clusters, users } = JSON.parse(text);
		assert.equal(clusters[0].cluster.server, "https://eks");
		assert.match(users[0].user.exec.args.join(" "), /get-token --cluster-name prod .*--role-arn .*:role\/admin/);
		assert.deepEqual(users[0].user.exec.env, [{ name: "AWS_PROFILE", value: "ops" }]);
	});

	it("is refused for a cluster that does not read aws-auth, with the command that mends it", async () => {
		const { findKubeconfig } = await import("../components/cluster-connection");
		await assert.rejects(findKubeconfig("api-only", "eu-west-1", {}, {}), /mode API.*update-cluster-config/s);
	});

	it("from elsewhere is refused too for a cluster that does not read aws-auth, and counts where AWS does not say", async () => {
		const { refuseApiMode } = await import("../components/cluster-connection");
		await assert.rejects(refuseApiMode("api-only", "eu-west-1", {}), /mode API.*update-cluster-config/s);
		await refuseApiMode("prod", "eu-west-1", {});
		await refuseApiMode("not-there", "eu-west-1", {});
	});
});
