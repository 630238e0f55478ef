import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Credentials } from "../../../core/kubernetes/credentials";
import type { UserEntry } from "../../../core/kubernetes/kubeconfig-text";

const V1 = "client.authentication.k8s.io/v1";

describe("the credentials of a kubeconfig", () => {
	let folder: string;

	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), "credentials-"));
	});
	after(() => rmSync(folder, { recursive: true }));

	function credentials(user: UserEntry, seconds?: number): Credentials {
		return new Credentials({ cluster: { server: "https://prod" }, user }, seconds);
	}

	const script = (text: string): UserEntry => ({
		exec: { apiVersion: V1, command: "sh", args: ["-c", text], interactiveMode: "Never" },
	});

	const answer = (status: object) => JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status });

	it("a command that hangs is ended by a deadline, with all that it has started", async () => {
		const file = path.join(folder, "pid");
		const hangs = credentials(script(`sleep 600 & echo $! > ${file}; wait`), 1);
		await assert.rejects(hangs.applyTo({}), /sh, gave no answer in 1 s and was ended.*\[api-server-unreachable\]/);
		const pid = Number(readFileSync(file, "utf8"));
		const deadline = Date.now() + 10_000;
		while (isRunning(pid)) {
			assert.ok(Date.now() < deadline, "it still runs");
			await delay(50);
		}
	});

	it("a command is asked once, until its answer expires, and again after it has failed", async () => {
		const counter = path.join(folder, "count");
		const asked = (expires: string) =>
			credentials(script(`echo x >> ${counter}; echo '${answer({ token: "t", expirationTimestamp: expires })}'`));
		const count = () => readFileSync(counter, "utf8").split("\n").length - 1;
		const fresh = asked("2999-01-01T00:00:00Z");
		await fresh.applyTo({});
		await fresh.applyTo({});
		assert.equal(count(), 1);
		const expired = asked("2001-01-01T00:00:00Z");
		await expired.applyTo({});
		await expired.applyTo({});
		assert.equal(count(), 3);
		const once = path.join(folder, "once");
		const failing = credentials(
			script(`test -e ${once} || { touch ${once}; exit 1; }; echo '${answer({ token: "t" })}'`),
		);
		await assert.rejects(failing.applyTo({}), /it ends with code 1/);
		await failing.applyTo({});
	});

	it("a command may answer a certificate, and a token of the kubeconfig counts before it", async () => {
		const options: RequestOptions = {};
		await credentials(script(`echo '${answer({ clientCertificateData: "C", clientKeyData: "K" })}'`)).applyTo(options);
		assert.deepEqual([options.cert, options.key], ["C", "K"]);
		const withToken: RequestOptions = {};
		await credentials({ ...script("exit 1"), token: "t" }).applyTo(withToken);
		assert.deepEqual(withToken.headers, { Authorization: "Bearer t" });
	});

	it("a relative path is refused: a stack's config is in no folder", async () => {
		await assert.rejects(credentials({ tokenFile: "token" }).applyTo({}), /relative path token.*--flatten/);
		const exec = { apiVersion: V1, command: "./get-token", interactiveMode: "Never" };
		await assert.rejects(credentials({ exec }).applyTo({}), /relative path \.\/get-token/);
	});
});

function isRunning(pid: number): boolean {
	try {
		// A process that has ended and that nobody has asked for yet is still there, as a zombie.
		return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
	} catch {
		return false;
	}
}
