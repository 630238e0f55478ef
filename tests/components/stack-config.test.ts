import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readStackConfig } from "../../components/stack-config";
import { temporaryFolder } from "../cli/command";
import { MockEngine } from "../support/mock-engine";

describe("the teams of a stack's file", () => {
	it("are read from the process's folder, where an inline program of the Automation API has no folder of its own", async () => {
		await MockEngine.start();
		const file = path.join(temporaryFolder(), "teams.yaml");
		writeFileSync(file, "teams: [{name: shop, namespaces: [shop], users: [jane]}]");
		const config = { cluster: "c", teamsFile: path.relative(process.cwd(), file) };
		const values = Object.entries(config).map(([key, value]) => [`eks-access:${key}`, value]);
		pulumi.runtime.setAllConfig(Object.fromEntries(values));
		assert.deepEqual(
			readStackConfig().teams.map(({ name }) => name),
			["shop"],
		);
	});
});

describe("the kubeconfig in a stack's config", () => {
	const kubeconfig = (user: object) =>
		JSON.stringify({
			...{ apiVersion: "v1", kind: "Config", "current-context": "c" },
			clusters: [{ name: "c", cluster: { server: "https://c" } }],
			users: [{ name: "u", user }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
		});

	async function said(user: object, secretKeys: string[] = []): Promise<string[]> {
		const engine = await MockEngine.start();
		const config = { cluster: "c", namespaces: '["dev"]', users: '["jane"]', kubeconfig: kubeconfig(user) };
		const values = Object.entries(config).map(([key, value]) => [`eks-access:${key}`, value]);
		pulumi.runtime.setAllConfig(Object.fromEntries(values), secretKeys);
		readStackConfig();
		return engine.said;
	}

	it("draws a warning where it holds a token as plain text, without quoting it", async () => {
		const [warning = "", ...more] = await said({ token: "s3cr3t" });
		assert.match(warning, /plain text.*pulumi config set --secret kubeconfig/);
		assert.doesNotMatch(warning, /s3cr3t/);
		assert.deepEqual(more, []);
	});

	it("draws none where it is encrypted, or runs a command for its token", async () => {
		assert.deepEqual(await said({ token: "s3cr3t" }, ["eks-access:kubeconfig"]), []);
		assert.deepEqual(await said({ exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws" } }), []);
	});
});
