import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { ask } from "../../../core/kubernetes/api-client";
import { connectionOf } from "../../../core/kubernetes/connection";
import { kubeconfigOf } from "../../support/error-worlds";

describe("a question to an API server", () => {
	it("that is never answered ends by its deadline, and its connection with it", async () => {
		const sockets: Socket[] = [];
		const server = createServer((socket) => sockets.push(socket.on("error", () => undefined).resume()));
		await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
		const connection = connectionOf(kubeconfigOf(`http://127.0.0.1:${(server.address() as { port: number }).port}`));
		const asked = ask(connection, "namespaces", ({ core }) => core.listNamespace(), 1);
		await assert.rejects(asked, /no answer in 1 s.*\[api-server-unreachable\]/);
		// Ends once all connections have: that they do is the test.
		await new Promise((closed) => server.close(closed));
		assert.equal(sockets.length, 1);
	});

	it("whose certificate authority cannot be read is refused at once", async () => {
		const config = JSON.parse(kubeconfigOf("https://127.0.0.1:1"));
		config.clusters[0].cluster["certificate-authority"] = "/no/such/ca.pem";
		const asked = ask(connectionOf(JSON.stringify(config)), "namespaces", ({ core }) => core.listNamespace());
		await assert.rejects(asked, /certificate-authority cannot be read: ENOENT.*\[kubeconfig-invalid\]/);
	});
});
