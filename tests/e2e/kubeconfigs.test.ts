import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { parse, stringify } from "yaml";
import { openCluster } from "../../cli/clients/cluster";
import { ApiServer } from "../../core/kubernetes/api-server";
import { connectionOf } from "../../core/kubernetes/connection";
import type { ClusterEntry } from "../../core/kubernetes/kubeconfig-text";
import type { Sandbox } from "../../sandbox/sandbox";
import { type KubeconfigCase, kubeconfigCases } from "./kubeconfig-cases";
import { sharedSandbox } from "./shared-sandbox";

describe("kubeconfigs mean what they mean to kubectl", function () {
	this.timeout("20m");
	let sandbox: Sandbox;
	let folder: string;
	let own: { cluster: ClusterEntry & { server: string }; user: { token: string } };
	let administrator: string;
	let proxy: Server;
	let forwarder: Server | undefined;
	let proxied = 0;

	before(async () => {
		sandbox = await sharedSandbox();
		folder = path.join(sandbox.directory, "kubeconfigs");
		mkdirSync(folder, { recursive: true });
		const config = parse(readFileSync(sandbox.adminKubeconfig, "utf8"));
		own = { cluster: config.clusters[0].cluster, user: config.users[0].user };
		writeFileSync(path.join(folder, "ca.pem"), Buffer.from(sandbox.certificateAuthority, "base64"));
		writeFileSync(path.join(folder, "token"), `${own.user.token}\r\n`);
		writeScripts();
		proxy = await startProxy();
		forwarder = await startForwarder().catch(() => undefined);
		administrator = (await kubectl(write("baseline", {}), {})).user as string;
		assert.ok(administrator);
	});
	after(() => {
		proxy?.close();
		forwarder?.close();
	});

	const inFolder = (name: string) => path.join(folder, name);
	const portOf = (server: Server) => (server.address() as { port: number }).port;
	const proxyUrl = () => `http://127.0.0.1:${portOf(proxy)}`;

	for (const each of kubeconfigCases({ inFolder, proxyUrl })) {
		it(`${each.what} ${each.refused ? "is refused" : "leads to the same cluster as the same identity"}`, async () => {
			const environment: NodeJS.ProcessEnv = { HTTPS_PROXY: undefined, NO_PROXY: undefined, ...each.environment };
			if (environment.HTTPS_PROXY === "proxy") {
				environment.HTTPS_PROXY = proxyUrl();
			}
			const file = write(each.what, each);
			const theirs = await counted(() => kubectl(file, environment));
			const commands = await counted(() => ours(() => new ApiServer(openCluster({ kubeconfig: file })), environment));
			const text = readFileSync(file, "utf8");
			const program = await ours(() => new ApiServer(connectionOf(text)), environment);
			if (each.refused) {
				const said = (answer: { said?: string }) => answer.said ?? JSON.stringify(answer);
				assert.match(said(theirs), each.refused[0]);
				assert.match(said(commands), each.refused[1]);
				assert.match(said(program), each.refused[1]);
				return;
			}
			const expected = each.as ?? administrator;
			assert.equal(theirs.user, expected, theirs.said);
			assert.equal(commands.user, expected, commands.said);
			const proxied = each.proxied ?? false;
			assert.deepEqual([theirs.proxied, commands.proxied], [proxied, proxied]);
			if (each.isRelative) {
				assert.match(program.said ?? "", /relative path/);
			} else {
				assert.equal(program.user, expected, program.said);
			}
		});
	}

	it("an address of IPv6 leads to the same cluster as the same identity", async function () {
		if (!forwarder) {
			this.skip(); // skipped: needs IPv6 on this machine
		}
		const port = portOf(forwarder as Server);
		const cluster = (c: ClusterEntry) => ({ ...c, server: `https://[::1]:${port}`, "tls-server-name": "kubernetes" });
		const file = write("IPv6", { cluster });
		assert.equal((await kubectl(file, {})).user, administrator);
		assert.equal((await ours(() => new ApiServer(openCluster({ kubeconfig: file })), {})).user, administrator);
	});

	it("of several files in KUBECONFIG the first counts, and one that is missing does not", async () => {
		const first = write("first", {});
		const second = write("second", { user: () => ({ token: "wrong" }) });
		const environment = { KUBECONFIG: [inFolder("gone.yaml"), first, second].join(path.delimiter) };
		assert.equal((await kubectl(undefined, environment)).user, administrator);
		assert.equal((await ours(() => new ApiServer(openCluster({})), environment)).user, administrator);
	});

	function write(what: string, { cluster, user, config, text }: Partial<KubeconfigCase>): string {
		const plain = {
			...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
			clusters: [{ name: "c", cluster: cluster?.(own.cluster) ?? own.cluster }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
			users: [{ name: "u", user: user?.(own.user) ?? own.user }],
		};
		const file = inFolder(`${what.replace(/\W+/g, "-")}.yaml`);
		const written = stringify(config?.(plain) ?? plain);
		writeFileSync(file, text?.(written) ?? written);
		return file;
	}

	interface Outcome {
		user?: string;
		said?: string;
	}

	/** From another folder than the kubeconfig's. */
	function kubectl(file: string | undefined, environment: NodeJS.ProcessEnv): Promise<Outcome> {
		const args = [...(file ? ["--kubeconfig", file] : []), "auth", "whoami", "-o", "json"];
		const env = { ...sandbox.adminEnvironment, ...environment };
		return new Promise((resolve) => {
			const child = execFile("kubectl", args, { env, cwd: "/", timeout: 60_000 }, (error, stdout, stderr) =>
				resolve(error ? { said: stderr || error.message } : { user: JSON.parse(stdout).status.userInfo.username }),
			);
			// Without credentials it would ask for a username.
			child.stdin?.end();
		});
	}

	async function ours(open: () => ApiServer, environment: NodeJS.ProcessEnv): Promise<Outcome> {
		const before = { ...process.env };
		try {
			for (const [name, value] of Object.entries(environment)) {
				if (value === undefined) {
					delete process.env[name];
				} else {
					process.env[name] = value;
				}
			}
			const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
			const review = await open().post<{ status: { userInfo: { username: string } } }>(
				"/apis/authentication.k8s.io/v1/selfsubjectreviews",
				body,
			);
			return { user: review.status.userInfo.username };
		} catch (error) {
			const { code, message } = error as Error & { code?: number };
			return { said: `${code}: ${message}` };
		} finally {
			process.env = before;
		}
	}

	async function counted(ask: () => Promise<Outcome>): Promise<Outcome & { proxied: boolean }> {
		const before = proxied;
		const outcome = await ask();
		return { ...outcome, proxied: proxied > before };
	}

	function writeScripts(): void {
		const answer = (version: string) =>
			`echo '{"apiVersion":"'${version}'","kind":"ExecCredential","status":{"token":"${own.user.token}"}}'`;
		// As the AWS CLI, in the version that KUBERNETES_EXEC_INFO asks for.
		const asked = `$(echo "$KUBERNETES_EXEC_INFO" | sed 's/.*"apiVersion":"\\([^"]*\\)".*/\\1/')`;
		const scripts = {
			"get-token": answer(`"${asked}"`),
			"get-old-token": answer("client.authentication.k8s.io/v1beta1"),
			fail: "echo the session has expired >&2; exit 3",
		};
		for (const [name, script] of Object.entries(scripts)) {
			writeFileSync(inFolder(name), `#!/bin/sh\n${script}\n`);
			chmodSync(inFolder(name), 0o755);
		}
	}

	/** A proxy that finds every host on this machine. */
	function startProxy(): Promise<Server> {
		return listen("127.0.0.1", (socket) => {
			socket.once("data", (head) => {
				const port = /^CONNECT \S+:(\d+) /.exec(head.toString())?.[1];
				proxied++;
				const upstream = connectTo(Number(port), "127.0.0.1", () => {
					socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
					socket.pipe(upstream).pipe(socket);
				});
				upstream.on("error", () => socket.destroy());
			});
		});
	}

	function startForwarder(): Promise<Server> {
		return listen("::1", (socket) => {
			const upstream = connectTo(Number(new URL(sandbox.endpoint).port), "127.0.0.1");
			upstream.on("error", () => socket.destroy());
			socket.pipe(upstream).pipe(socket);
		});
	}
});

function listen(host: string, serve: (socket: Socket) => void): Promise<Server> {
	const server = createServer((socket) => {
		socket.on("error", () => socket.destroy());
		serve(socket);
	});
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, host, () => resolve(server));
	});
}
