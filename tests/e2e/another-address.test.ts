import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import * as yaml from "yaml";
import { AwsAuth, EksAccess } from "../../components";
import { isEmpty, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { ApiProxy } from "./api-proxy";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

/** Nobody listens there. */
const DEAD = "https://127.0.0.1:1";

describe("another way to the same cluster", function () {
	this.timeout("20m");
	let sandbox: Sandbox;
	let admin: Shell;
	let project: SandboxProject;
	let original: Record<string, string>;
	let kubeconfig: string;
	let output = "";
	const closing: (() => Promise<unknown>)[] = [];

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell(sandbox.adminEnvironment);
		original = await awsAuth({ sandbox });
		kubeconfig = changed(() => undefined);
		project = await open("moved", async () => {
			const teams = [
				{
					name: "moved",
					access: "edit" as const,
					namespaces: [{ name: "moved", quota: { pods: "9" } }],
					users: ["jane"],
				},
			];
			await EksAccess.create("access", { cluster: sandbox.clusterName, kubeconfig, teams });
		});
		await project.up();
	});

	after(async () => {
		kubeconfig = changed(() => undefined);
		await project?.destroy();
		await Promise.all(closing.map((close) => close()));
		await admin?.does("kubectl delete namespace moved --ignore-not-found --wait=false");
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	function open(stack: string, program: () => Promise<void>): Promise<SandboxProject> {
		const onOutput = (text: string) => {
			output += text;
		};
		return openProject(sandbox, onOutput, { stack, program }).then((opened) => {
			opened.configure({ "aws:region": sandbox.region });
			return opened;
		});
	}

	/** The operator's kubeconfig with a change. */
	// biome-ignore lint/suspicious/noExplicitAny: a kubeconfig
	function changed(change: (config: any) => void): string {
		const config = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		change(config);
		return JSON.stringify(config);
	}

	const cluster = (change: object) => changed(({ clusters }) => Object.assign(clusters[0].cluster, change));
	/** That they are the same objects, not others of the same name. */
	const objects = () =>
		admin.does("kubectl get rolebindings,resourcequotas -n moved -o jsonpath='{.items[*].metadata.uid}'");

	async function staysWith(next: string): Promise<void> {
		const [before, entries] = [await objects(), await awsAuth({ sandbox })];
		kubeconfig = next;
		output = "";
		const changes = await project.up();
		assert.deepEqual(Object.keys(changes).sort(), ["same", "update"], output);
		assert.deepEqual([await objects(), await awsAuth({ sandbox })], [before, entries]);
	}

	it("another name of the server, with tls-server-name", async () => {
		const server = sandbox.endpoint.replace("127.0.0.1", "localhost");
		await staysWith(cluster({ server, "tls-server-name": "127.0.0.1" }));
	});

	it("a proxy-url, another context, another user", async () => {
		const proxy = http.createServer().on("connect", (request, socket) => {
			const { hostname, port } = new URL(`http://${request.url}`);
			const upstream = net.connect(Number(port), hostname, () => {
				socket.write("HTTP/1.1 200 OK\r\n\r\n");
				upstream.pipe(socket).pipe(upstream);
			});
			upstream.on("error", () => socket.destroy());
			socket.on("error", () => upstream.destroy());
		});
		await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
		const sockets = new Set<net.Socket>();
		proxy.on("connection", (socket) => sockets.add(socket));
		closing.push(() => {
			// The program keeps connections: a proxy that waits for their end waits for ever.
			for (const socket of sockets) {
				socket.destroy();
			}
			return new Promise((closed) => proxy.close(closed));
		});
		const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
		await staysWith(
			changed((config) => {
				Object.assign(config.clusters[0].cluster, { "proxy-url": url });
				config.users[0].name = config.contexts[0].context.user = "somebody";
				config.contexts[0].name = config["current-context"] = "elsewhere";
			}),
		);
	});

	it("a bundle of certificate authorities, while one is rotated", async () => {
		const pem = Buffer.from(sandbox.certificateAuthority, "base64").toString();
		await staysWith(cluster({ "certificate-authority-data": Buffer.from(`${pem}\n${pem}`).toString("base64") }));
	});

	it("a former address that is dead by now", async () => {
		const { users } = yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		const tunnel = new ApiProxy(sandbox.endpoint, sandbox.certificateAuthority, users[0].user.token);
		await tunnel.start();
		await staysWith(changed(({ clusters }) => Object.assign(clusters[0], { cluster: { server: tunnel.url } })));
		await tunnel.stop();
		await staysWith(cluster({}));
		assert.ok(isEmpty(await project.preview()), output);
	});

	it("from the state of version 0.1.0: in two steps, and refused in one", async () => {
		await project.editState(({ type, inputs, outputs }) => {
			for (const values of [inputs, outputs]) {
				delete values?.[type === "pulumi:providers:kubernetes" ? "clusterIdentifier" : "cluster"];
			}
		});
		const before = await objects();
		const moved = cluster({
			server: sandbox.endpoint.replace("127.0.0.1", "localhost"),
			"tls-server-name": "127.0.0.1",
		});
		kubeconfig = moved;
		output = "";
		await assert.rejects(project.up());
		assert.match(output, /two steps.*\[cluster-identity-missing\]/s);
		assert.equal(await objects(), before);
		await staysWith(cluster({}));
		await staysWith(moved);
	});

	for (const [what, make] of [
		["AwsAuth", () => new AwsAuth("access", { roles: [], kubeconfig: dead() })],
		[
			"EksAccess",
			() => {
				const teams = [{ name: "nobody", namespaces: ["nowhere"], roleArns: ["arn:aws:iam::293759796572:role/ci"] }];
				new EksAccess("access", { cluster: sandbox.clusterName, kubeconfig: dead(), teams });
			},
		],
	] as const) {
		it(`a cluster that does not answer ends new ${what} with a clear error`, async () => {
			const stack = await open(`dead-${what.toLowerCase()}`, async () => void make());
			output = "";
			await assert.rejects(stack.up());
			assert.match(output, /cannot reach the API server https:\/\/127\.0\.0\.1:1.*\[api-server-unreachable\]/s);
			await stack.destroy();
		});
	}

	const dead = () => cluster({ server: DEAD });
});
