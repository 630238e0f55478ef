import assert from "node:assert/strict";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { ARTICLE, eksAccess, PROGRAM, run, stackFile, temporaryFolder, temporaryProject } from "./command";

describe("eks-access on a Pulumi project", () => {
	it("is found through the link that npm makes, in any folder below the project's", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(ARTICLE), "src/deep/file.txt": "" });
		const bin = path.join(temporaryFolder(), "eks-access");
		symlinkSync(PROGRAM, bin);
		const { stdout, code } = await run(bin, ["matrix", "--format", "json"], { cwd: path.join(cwd, "src", "deep") });
		assert.equal(code, 0);
		assert.equal(JSON.parse(stdout).stacks[0].stack, "prod");
	});

	it("fills in the defaults of Pulumi.yaml, and leaves encrypted values and other namespaces out", async () => {
		const cwd = temporaryProject({
			"Pulumi.yaml": `
name: own
runtime: nodejs
config:
  cluster: { description: name, default: shared }
  users: [root-default]
  own:namespaces: { value: [one] }
  aws:region: { value: us-east-1 }
  kubeconfig: { default: "" }
`,
			"Pulumi.prod.yaml": `
config:
  own:users: [jane]
  own:kubeconfig: { secure: v1:abc }
  other:teams: [{ name: x }]
  own:authentication: both
`,
		});
		const { stdout, stderr } = await eksAccess(["matrix", "--format", "json"], { cwd });
		assert.equal(stderr, "");
		assert.deepEqual(JSON.parse(stdout).stacks[0], {
			stack: "prod",
			cluster: "shared",
			authentication: "both",
			source: "config",
			rolesOpenToAccount: ["k8s-devs-role"],
			rows: [{ team: "k8s-devs", principals: ["user/jane"], namespaces: ["one"], access: "full" }],
		});
	});

	it("chooses the stack: --stack, PULUMI_STACK, the only one; else lists them", async () => {
		const cwd = temporaryProject({
			"Pulumi.a.yaml": stackFile(ARTICLE),
			"Pulumi.b.yaml": stackFile({ ...ARTICLE, cluster: "other" }),
		});
		const open = await eksAccess(["matrix"], { cwd });
		assert.deepEqual([open.code, open.stdout], [2, ""]);
		assert.match(open.stderr, /several stacks: a, b\. Say which: --stack <name>/);
		const chosen = await eksAccess(["matrix"], { cwd, env: { PULUMI_STACK: "acme/eks-access/b" } });
		assert.match(chosen.stdout, /^stack b, cluster other/);
		const given = await eksAccess(["matrix", "--stack", "a"], { cwd, env: { PULUMI_STACK: "b" } });
		assert.match(given.stdout, /^stack a,/);
		const wrong = await eksAccess(["matrix", "--stack", "c"], { cwd });
		assert.match(wrong.stderr, /--stack: the working tree has no Pulumi\.c\.yaml\. Stacks there: a, b/);
		const all = await eksAccess(["matrix", "--all-stacks", "--format", "json"], { cwd });
		assert.deepEqual(
			JSON.parse(all.stdout).stacks.map(({ stack }: { stack: string }) => stack),
			["a", "b"],
		);
	});

	it("lists every problem of a config, as pulumi does, and ends with 2", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", namespcaes: ["x"], users: [1] }) });
		const { stdout, stderr, code } = await eksAccess(["matrix"], { cwd });
		assert.deepEqual([stdout, code], ["", 2]);
		assert.match(stderr, /^eks-access: The config of stack prod has \d problems; nothing was changed:\n/);
		assert.match(stderr, /namespcaes: unknown key\. Did you mean namespaces\?/);
		assert.match(stderr, /users\[0\]: found 1/);
	});

	for (const [what, files, args, message] of [
		["no name of the project", { "Pulumi.yaml": "", "Pulumi.p.yaml": stackFile(ARTICLE) }, [], /has no name/],
		["no stack", {}, [], /has no stack's config/],
		["encrypted teams", { "Pulumi.p.yaml": stackFile({ teams: { secure: "v1:x" } }) }, [], /teams is encrypted/],
		["broken YAML", { "Pulumi.p.yaml": "config: [" }, [], /Pulumi\.p\.yaml of the working tree is no valid YAML/],
		["a wrong format", {}, ["--format", "pdf"], /Allowed choices are text, markdown, json, html/],
		["the option of older versions", { "Pulumi.p.yaml": stackFile(ARTICLE) }, ["--json"], /unknown option '--json'/],
		[
			"a value that is none of the choices, whatever it holds",
			{},
			["--format", "\u001b[2J"],
			/'\\u001b\[2J' is invalid/,
		],
		["an unknown option", {}, ["--stak", "x"], /Did you mean --stack\?/],
	] as [string, Record<string, string>, string[], RegExp][]) {
		it(`ends with 2 and says so: ${what}`, async () => {
			const { stdout, stderr, code } = await eksAccess(["matrix", ...args], { cwd: temporaryProject(files) });
			assert.deepEqual([stdout, code], ["", 2]);
			assert.match(stderr, message);
		});
	}

	it("an unknown command is not written to the terminal as it came", async () => {
		const { stderr, code } = await eksAccess(["\u001b]0;x\u0007\u001b[2Jmatrx"]);
		assert.equal(code, 2);
		assert.match(stderr, /unknown command '\\u001b\]0;x\\u0007\\u001b\[2Jmatrx'/);
	});
});
