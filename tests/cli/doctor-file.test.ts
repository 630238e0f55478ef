import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { eksAccess, temporaryFolder, writeFiles } from "./command";
import { entry, NODE } from "./planted";

describe("eks-access doctor --file", () => {
	const BAD = NODE + entry("username: x\ngroups: [system:masters]", "arn:aws:iam::111122223333:role/a/b");
	let folder: string;

	before(() => {
		folder = temporaryFolder();
		writeFiles(folder, {
			"bad.yaml": BAD,
			"good.yaml": NODE,
			"broken.yaml": "apiVersion: v1\nkind: ConfigMap\ndata: [",
		});
	});

	it("prints each finding with its place and the fix, and ends with 1", async () => {
		const { stdout, stderr, code } = await eksAccess(["doctor", "--file", "bad.yaml"], { cwd: folder });
		assert.deepEqual([stderr, code], ["", 1]);
		assert.match(
			stdout,
			/^error EKS202 bad\.yaml:6:12 {2}mapRoles line 6, column 12\n {2}"arn:aws:iam::111122223333:role\/a\/b" has a path;.*\n {2}Fix: Write arn:aws:iam::111122223333:role\/b\.\n/,
		);
		assert.match(stdout, /\nbad\.yaml: 1 error, 1 warning; the authenticator reads 2 roles, 0 users, 0 accounts\.\n$/);
	});

	it("ends with 0 on a healthy one, from stdin too", async () => {
		const { stdout, code } = await eksAccess(["doctor", "--file", "-"], { input: NODE });
		assert.deepEqual(
			[stdout, code],
			["stdin: aws-auth is in order; the authenticator reads 1 role, 0 users, 0 accounts.\n", 0],
		);
	});

	it("--format json has a version, a summary and each finding's place", async () => {
		const { stdout, code } = await eksAccess(["doctor", "--file", "bad.yaml", "--format", "json"], { cwd: folder });
		assert.equal(code, 1);
		const { findings, ...rest } = JSON.parse(stdout);
		assert.deepEqual(rest, {
			version: 1,
			source: { kind: "file", name: "bad.yaml" },
			summary: { errors: 1, warnings: 1, infos: 0 },
			entries: { mapRoles: 2, mapUsers: 0, mapAccounts: 0 },
		});
		const { message, fix, ...first } = findings[0];
		assert.deepEqual(first, {
			...{ code: "EKS202", severity: "error", key: "mapRoles", line: 6, column: 12, file: { line: 6, column: 12 } },
			arn: "arn:aws:iam::111122223333:role/a/b",
		});
		assert.ok(message && fix);
	});

	it("names in the map cannot change the terminal", async () => {
		const { stdout } = await eksAccess(["doctor", "--file", "-"], { input: entry('username: "a\\e[2J"') });
		assert.ok(stdout.includes("\\u001b[2J") && !stdout.includes("\u001b"), stdout);
	});

	for (const [what, args, message] of [
		["a file that is not there", ["--file", "gone.yaml"], /gone\.yaml cannot be read/],
		["a broken ConfigMap", ["--file", "broken.yaml"], /looks like a ConfigMap .*\[cli-file-unreadable\]/],
		["a file and a context", ["--file", "good.yaml", "--context", "x"], /--file excludes/],
		["a kubeconfig that is not there", ["--kubeconfig", "gone"], /there is no such file/],
	] as const) {
		it(`ends with 2: ${what}`, async () => {
			const { stdout, stderr, code } = await eksAccess(["doctor", ...args], { cwd: folder });
			assert.deepEqual([stdout, code], ["", 2]);
			assert.match(stderr, message);
		});
	}

	it("changes nothing", () => {
		assert.equal(readFileSync(path.join(folder, "bad.yaml"), "utf8"), BAD);
	});
});
