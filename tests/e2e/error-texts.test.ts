import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as yaml from "yaml";
import { AwsAuth, ClusterProvider, EksAccess, type EksAccess as Made } from "../../components";
import type { SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { ApiProxy } from "./api-proxy";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { mapping } from "./contested-aws-auth";
import { openProject, sharedSandbox } from "./shared-sandbox";

const TEAMS = [{ name: "texts", namespaces: ["texts"], users: ["jane"] }];
const NOBODY = "https://127.0.0.1:1";

describe("what people read when something fails", function () {
	this.timeout("30m");
	let sandbox: Sandbox;
	let kubeconfig: string;
	let output = "";

	before(async () => {
		sandbox = await sharedSandbox();
		kubeconfig = JSON.stringify(yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8")));
	});

	async function open(stack: string, program: () => Promise<unknown>): Promise<SandboxProject> {
		const project = await openProject(
			sandbox,
			(text) => {
				output += text;
			},
			{ stack: `texts-${stack}`, program: async () => void (await program()) },
		);
		project.configure({ "aws:region": sandbox.region });
		return project;
	}

	/** Our sentence with its code, without what the SDK, gRPC and Node.js put around it. */
	async function reads(run: () => Promise<unknown>, says: RegExp): Promise<void> {
		output = "";
		await assert.rejects(run());
		assert.match(output, says);
		assert.doesNotMatch(output, /error serializing property/);
		assert.doesNotMatch(output, /^\s+at \S.*:\d+:\d+\)?$/m, "no stack");
		assert.doesNotMatch(output, /\b\d+ (UNKNOWN|INTERNAL|UNAVAILABLE):|grpc|node_modules/i);
		assert.doesNotMatch(output, /unhandled/i);
	}

	const dead = () => {
		const config = JSON.parse(kubeconfig);
		config.clusters[0].cluster.server = NOBODY;
		return JSON.stringify(config);
	};
	const args = () => ({ cluster: sandbox.clusterName, kubeconfig, teams: TEAMS });

	const WAYS: Record<string, [make: () => unknown, says: RegExp]> = {
		"a constructor that refuses its config": [
			() => new EksAccess("access", { ...args(), teams: [{ ...TEAMS[0], namespaces: ["Texts"] } as never] }),
			/namespaces\[0\].*\[config-invalid\]/s,
		],
		"a constructor that refuses an argument": [
			() => new EksAccess("access", { ...args(), authentication: "always" as never }),
			/authentication: .*"always".*\[\S+\]/,
		],
		"an input of a resource that cannot be worked out": [
			() => new AwsAuth("access", { roles: [mapping("texts")], kubeconfig: dead() }),
			/cannot reach the API server.*\[api-server-unreachable\]/s,
		],
		"a provider's input": [
			() => new ClusterProvider("provider", { kubeconfig: dead() }),
			/cannot reach the API server.*\[api-server-unreachable\]/s,
		],
		"new EksAccess for a cluster that does not answer": [
			() => new EksAccess("access", { ...args(), kubeconfig: dead() }),
			/cannot reach the API server.*\[api-server-unreachable\]/s,
		],
		"EksAccess.create for a cluster that does not answer": [
			() => EksAccess.create("access", { ...args(), kubeconfig: dead() }),
			/cannot reach the API server.*\[api-server-unreachable\]/s,
		],
		"an output that depends on EksAccess.create": [
			() =>
				pulumi
					.output(EksAccess.create("access", { ...args(), kubeconfig: dead() }))
					.apply((made) => (made as Made).roleArns),
			/cannot reach the API server.*\[api-server-unreachable\]/s,
		],
		"a kubeconfig that is none": [
			() => EksAccess.create("access", { ...args(), kubeconfig: "clusters: [" }),
			/kubeconfig: .*\[kubeconfig-\w+\]/s,
		],
	};

	let at = 0;
	for (const [what, [make, says]] of Object.entries(WAYS)) {
		it(what, async () => {
			const project = await open(String(at++), async () => make());
			await reads(() => project.preview(), says);
			await reads(() => project.up(), says);
			await project.destroy();
		});
	}

	it("a function of the AWS provider", async () => {
		const project = await open("invoke", async () =>
			EksAccess.create("access", { cluster: sandbox.clusterName, teams: TEAMS }),
		);
		const Statement = [{ Effect: "Deny", Action: "eks:*", Resource: "*" }];
		await sandbox.limitOperator(JSON.stringify({ Version: "2012-10-17", Statement }));
		try {
			await reads(() => project.preview(), /AccessDenied.*\[[\w-]+\]/s);
			await reads(() => project.up(), /AccessDenied.*\[[\w-]+\]/s);
		} finally {
			await sandbox.limitOperator();
		}
	});

	it("an aws-auth that cannot be read, in the constructor's plan", async () => {
		const original = await awsAuth({ sandbox });
		await writeAwsAuth(sandbox, { mapRoles: `${original.mapRoles}\t- broken\n` });
		try {
			const project = await open("text", async () => new AwsAuth("access", { roles: [mapping("texts")], kubeconfig }));
			await reads(() => project.preview(), /mapRoles.*\[aws-auth-unreadable\]/s);
			await reads(() => project.up(), /mapRoles.*\[aws-auth-unreadable\]/s);
			await project.destroy();
		} finally {
			await writeAwsAuth(sandbox, original);
		}
	});

	it("the clean destroy, which is a dynamic resource", async () => {
		const config = JSON.parse(kubeconfig);
		const proxy = new ApiProxy(sandbox.endpoint, sandbox.certificateAuthority, config.users[0].user.token);
		await proxy.start();
		config.clusters[0].cluster = { server: proxy.url };
		const way = JSON.stringify(config);
		const project = await open(
			"dynamic",
			async () => new AwsAuth("access", { roles: [mapping("texts")], kubeconfig: way }),
		);
		await project.up();
		await proxy.stop();
		await reads(() => project.destroy(), /could not take this stack's entries out.*\[aws-auth-not-cleaned\]/s);
		await proxy.start();
		await project.destroy();
		await proxy.stop();
	});
});
