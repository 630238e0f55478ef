import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { eksAccess, run } from "../cli/command";
import { present } from "../support/present";
import { AWS_AUTH, editAwsAuth } from "./aws-auth-by-hand";
import { sharedSandbox } from "./shared-sandbox";

interface Found {
	code: string;
	line?: number;
	arn?: string;
}

describe("eks-access doctor on the live cluster", function () {
	this.timeout("10m");
	let sandbox: Sandbox;
	/** How many lines the map has by itself: what is added stands behind them. */
	let lines: number;
	const arnOf = (role: string) => `arn:aws:iam::${sandbox.accountId}:role/${role}`;
	const entryOf = (role: string) => `- groups:\n  - shop\n  rolearn: ${arnOf(role)}\n  username: shop\n`;

	before(async () => {
		sandbox = await sharedSandbox();
		lines = present((await awsAuth({ sandbox })).mapRoles).split("\n").length - 1;
	});

	function doctor(env: Record<string, string> = {}) {
		return eksAccess(["doctor", "--format", "json"], {
			cwd: sandbox.directory,
			env: { ...sandbox.environment, ...env },
		});
	}

	/** What it finds once `added` stands behind the map, and that nothing of the map has changed by its look. */
	async function finds(added: string): Promise<Found[]> {
		const restore = await editAwsAuth(sandbox, (text) => text + added);
		try {
			const before = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
			const { stdout, stderr, code } = await doctor();
			assert.equal(code, 1, stderr);
			const after = await sandbox.core.readNamespacedConfigMap(AWS_AUTH);
			assert.equal(after.metadata?.resourceVersion, before.metadata?.resourceVersion, "it writes nothing");
			return JSON.parse(stdout).findings;
		} finally {
			await restore();
		}
	}

	it("says nothing of a cluster in order, whose node role IAM knows", async () => {
		const { stdout, code } = await doctor();
		assert.deepEqual([code, JSON.parse(stdout).findings], [0, []]);
	});

	it("finds an entry of a role that IAM knows no more, by asking IAM", async () => {
		const [found, ...others] = await finds(entryOf("gone"));
		assert.deepEqual(others, []);
		assert.equal(found?.arn, arnOf("gone"));
	});

	it("finds a path that never matches, with its line", async () => {
		const [found, ...others] = await finds(entryOf("ci/github-deploy"));
		assert.deepEqual([others, found?.line], [[], lines + 3]);
	});

	it("says the line that kubectl edit shows", async () => {
		const restore = await editAwsAuth(sandbox, (text) => text + entryOf("ci/github-deploy"));
		try {
			const [{ file }] = JSON.parse((await doctor()).stdout).findings;
			const { stdout } = await run("kubectl", ["edit", "-n", "kube-system", "configmap/aws-auth"], {
				env: { ...sandbox.environment, KUBE_EDITOR: "cat" },
			});
			const line = stdout.split("\n")[file.line - 1] ?? "";
			assert.match(line, /^ +rolearn: .*ci\/github-deploy$/);
			assert.equal(line.indexOf("arn:aws"), file.column - 1);
		} finally {
			await restore();
		}
	});

	it("finds a template without quotes, for which the authenticator drops the whole map", async () => {
		const [found] = await finds("- rolearn: x\n  username: {{SessionName}}\n");
		assert.equal(found?.line, lines + 2);
	});

	it("a cluster that does not answer is an error of its own, and no finding", async () => {
		const kubeconfig = path.join(sandbox.directory, "dead.kubeconfig");
		writeFileSync(
			kubeconfig,
			readFileSync(sandbox.adminKubeconfig, "utf8").replace(sandbox.endpoint, "https://127.0.0.1:1"),
		);
		const { stdout, stderr, code } = await doctor({ KUBECONFIG: kubeconfig });
		assert.deepEqual([code, stdout], [3, ""]);
		assert.match(stderr, /127\.0\.0\.1:1/);
	});
});
