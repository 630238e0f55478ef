import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { AwsAuth, EksAccess } from "../../components";
import { kubeconfigOf } from "../support/error-worlds";
import { ACCOUNT, MockEngine } from "../support/mock-engine";

describe("a cluster that does not answer", () => {
	const kubeconfig = kubeconfigOf("http://127.0.0.1:1");
	const teams = [{ name: "shop", namespaces: ["dev", { name: "web", quota: { pods: "9" } }], users: ["jane"] }];
	const args = { cluster: "prod", region: "eu-west-1", account: ACCOUNT, kubeconfig, teams };
	/** The SDK reports a registration that fails as a rejection that nobody handles. */
	const told: Error[] = [];
	const tell = (error: Error) => told.push(error);
	let others: NodeJS.UnhandledRejectionListener[];

	before(() => {
		others = process.listeners("unhandledRejection");
		process.removeAllListeners("unhandledRejection").on("unhandledRejection", tell);
	});
	after(() => {
		process.removeListener("unhandledRejection", tell);
		for (const other of others) {
			process.on("unhandledRejection", other);
		}
	});

	for (const [what, make] of [
		["AwsAuth", () => new AwsAuth("access", { roles: [], kubeconfig })],
		["EksAccess", () => new EksAccess("access", args)],
		["EksAccess with access entries", () => new EksAccess("access", { ...args, authentication: "access-entries" })],
	] as const) {
		it(`ends new ${what}, and the program, with one clear error`, async () => {
			told.length = 0;
			const engine = await MockEngine.start();
			make();
			await engine.settled();
			await setImmediate();
			assert.ok(told.length > 0);
			for (const { message } of told) {
				assert.match(
					message,
					/^kubeconfig: cannot reach the API server http:\/\/127\.0\.0\.1:1.*api-server-unreachable/,
				);
			}
			assert.deepEqual(
				engine.registered.filter(({ type }) => /kubernetes|dynamic/.test(type)),
				[],
			);
		});
	}
});
