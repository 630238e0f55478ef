import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import path from "node:path";
import { code } from "../../cli/markdown";
import { eksAccess, PROGRAM, PROJECT, run, stackFile, temporaryFolder, temporaryProject } from "./command";

const SIMPLE = { cluster: "prod-eks-cluster", namespaces: ["prod", "dev"], users: ["jane", "joe"] };
const HOSTILE = "<img/src=x/onerror=alert(1)>|`@octocat`";

/** Teams with everything that a row can hold. */
const TEAMS = {
	cluster: "prod-eks-cluster",
	teams: [
		{ name: "shop", namespaces: ["shop", { name: "pay", access: "view" }], users: ["jane"], groups: ["auditors"] },
		{ name: "ops", users: ["ann"], admin: true, trustedAccounts: [{ account: "123456789012" }] },
		{
			name: "watchers",
			access: "view",
			namespaceSelector: { matchLabels: { audited: "true" }, matchExpressions: [{ key: "tier", operator: "Exists" }] },
			users: ["jane"],
		},
		{
			name: "odd",
			namespaces: ["shop"],
			roleArns: ["arn:aws:iam::123456789012:role/ci"],
			access: { clusterRole: HOSTILE.replaceAll("/", "") },
		},
	],
};

describe("eks-access matrix", () => {
	it("shows a row for each team's access, of the only stack there is", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		const { stdout, stderr, code } = await eksAccess(["matrix"], { cwd });
		assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
		assert.deepEqual(stdout.split("\n"), [
			"stack prod, cluster prod-eks-cluster, authentication auto",
			"",
			"team      who                  where      access",
			"k8s-devs  user/jane, user/joe  prod, dev  full",
			"",
		]);
	});

	it("--by person shows each person once, with the access of all teams", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(TEAMS) });
		const { stdout } = await eksAccess(["matrix", "--by", "person"], { cwd });
		const rows = stdout.split("\n").slice(3);
		assert.equal(rows.filter((row) => row.startsWith("user/jane")).length, 1);
		const jane = rows.slice(rows.findIndex((row) => row.startsWith("user/jane")));
		assert.match(
			jane.join("\n"),
			/^user\/jane +shop +full +shop\n +pay +view +shop\n +wherever auditors is bound +group\/auditors +shop\n +namespaces with audited=true, a label tier +view +watchers\n/,
		);
	});

	it("--json has a version, names, and selectors and groups as such", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(TEAMS) });
		const { stdout } = await eksAccess(["matrix", "--json"], { cwd });
		const { version, stacks } = JSON.parse(stdout);
		assert.equal(version, 1);
		assert.deepEqual(
			{ ...stacks[0], rows: stacks[0].rows.slice(0, 3) },
			{
				stack: "prod",
				cluster: "prod-eks-cluster",
				authentication: "auto",
				rows: [
					{ team: "shop", principals: ["user/jane"], namespaces: ["shop"], access: "full" },
					{ team: "shop", principals: ["user/jane"], namespaces: ["pay"], access: "view" },
					{ team: "shop", principals: ["user/jane"], namespaces: [], access: "group/auditors", group: "auditors" },
				],
			},
		);
		const watchers = stacks[0].rows.find(({ team }: { team: string }) => team === "watchers");
		assert.deepEqual(watchers.namespaces, []);
		assert.deepEqual(watchers.selector, TEAMS.teams[2]?.namespaceSelector);
		const ops = stacks[0].rows.find(({ team }: { team: string }) => team === "ops");
		assert.deepEqual(ops, {
			team: "ops",
			principals: ["user/ann", "account/123456789012"],
			namespaces: ["*"],
			access: "admin",
		});
	});

	it("names the namespaces that this config itself labels for a selector", async () => {
		const teams = [
			{ name: "auditors", users: ["ann"], access: "view", namespaceSelector: { matchLabels: { audited: "true" } } },
			{ name: "shop", users: ["jane"], namespaces: [{ name: "shop", labels: { audited: "true" } }, "other"] },
		];
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams }) });
		const { stdout } = await eksAccess(["matrix"], { cwd });
		assert.match(stdout, /auditors +user\/ann +shop +view\nauditors +user\/ann +namespaces with audited=true +view/);
	});

	it("Markdown stays one table whatever a name holds: no markup, no mention, no further cell", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(TEAMS) });
		const { stdout } = await eksAccess(["matrix", "--format", "markdown"], { cwd });
		const rows = stdout.split("\n").filter((line) => line.startsWith("|"));
		assert.ok(
			rows.every((row) => row.split("|").length === 6),
			stdout,
		);
		const odd = rows.find((row) => row.includes("odd")) as string;
		assert.ok(!/<img|@octocat|[^`]`{2}/.test(odd), odd);
		assert.match(
			odd,
			/<code>clusterRole\/&#60;imgsrc=xonerror=alert&#40;1&#41;&#62;&#124;&#96;&#64;octocat&#96;<\/code>/,
		);
	});

	it("writes each name as code that ends where it ends", () => {
		const names = {
			plain: "`plain`",
			"a|b": "<code>a&#124;b</code>",
			"a`b": "<code>a&#96;b</code>",
			"a\\": "<code>a&#92;</code>",
		};
		assert.deepEqual(Object.keys(names).map(code), Object.values(names));
		assert.equal(code("a\n| b"), "<code>a&#92;u000a&#124; b</code>");
	});

	it("writes control characters out: a name cannot change the terminal", async () => {
		const clusterRole = "a\u001b[2J\u202eb";
		const teams = [{ name: "t", namespaces: ["n"], users: ["jane"], access: { clusterRole } }];
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams }) });
		const { stdout } = await eksAccess(["matrix"], { cwd });
		assert.ok(stdout.includes("clusterRole/a\\u001b[2J\\u202eb") && !stdout.includes("\u001b"), stdout);
	});

	it("keeps to the terminal's width", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(TEAMS) });
		for (const width of [60, 90]) {
			const { stdout } = await eksAccess(["matrix"], { cwd, env: { COLUMNS: String(width) } });
			const table = stdout.split("\n").slice(2);
			assert.ok(Math.max(...table.map((line) => line.length)) <= width, stdout);
		}
	});

	it("uses no colour where the output is no terminal", async () => {
		const { stdout } = await eksAccess(["matrix", "--stack", "example"], { env: { FORCE_COLOR: "1", TERM: "xterm" } });
		assert.ok(!stdout.includes("\u001b"));
	});

	it("is found through the link that npm makes, in any folder below the project's", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(SIMPLE), "src/deep/file.txt": "" });
		const bin = path.join(temporaryFolder(), "eks-access");
		symlinkSync(PROGRAM, bin);
		const { stdout, code } = await run(bin, ["matrix", "--json"], { cwd: path.join(cwd, "src", "deep") });
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
		const { stdout, stderr } = await eksAccess(["matrix", "--json"], { cwd });
		assert.equal(stderr, "");
		assert.deepEqual(JSON.parse(stdout).stacks[0], {
			stack: "prod",
			cluster: "shared",
			authentication: "both",
			rows: [{ team: "k8s-devs", principals: ["user/jane"], namespaces: ["one"], access: "full" }],
		});
	});

	it("chooses the stack: --stack, PULUMI_STACK, the only one; else lists them", async () => {
		const cwd = temporaryProject({
			"Pulumi.a.yaml": stackFile(SIMPLE),
			"Pulumi.b.yaml": stackFile({ ...SIMPLE, cluster: "other" }),
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
		const all = await eksAccess(["matrix", "--all-stacks", "--json"], { cwd });
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
		["no name of the project", { "Pulumi.yaml": "", "Pulumi.p.yaml": stackFile(SIMPLE) }, [], /has no name/],
		["no stack", {}, [], /has no stack's config/],
		["encrypted teams", { "Pulumi.p.yaml": stackFile({ teams: { secure: "v1:x" } }) }, [], /teams is encrypted/],
		["broken YAML", { "Pulumi.p.yaml": "config: [" }, [], /Pulumi\.p\.yaml of the working tree is no valid YAML/],
		["a wrong format", {}, ["--format", "pdf"], /Allowed choices are table, markdown, html, json/],
		["two formats", { "Pulumi.p.yaml": stackFile(SIMPLE) }, ["--json", "--format", "html"], /exclude each other/],
		["an unknown option", {}, ["--stak", "x"], /Did you mean --stack\?/],
	] as [string, Record<string, string>, string[], RegExp][]) {
		it(`ends with 2 and says so: ${what}`, async () => {
			const { stdout, stderr, code } = await eksAccess(["matrix", ...args], { cwd: temporaryProject(files) });
			assert.deepEqual([stdout, code], ["", 2]);
			assert.match(stderr, message);
		});
	}

	it("is no error to a reader that has seen enough", () => {
		const command = `"${process.execPath}" "${PROGRAM}" matrix --stack example | head -n 1`;
		const output = execFileSync("bash", ["-o", "pipefail", "-c", command], { cwd: PROJECT, encoding: "utf8" });
		assert.match(output, /^stack example/);
	});

	it("--help of everything has examples and exit codes", async () => {
		for (const command of ["matrix", "diff", "doctor"]) {
			const { stdout, code } = await eksAccess([command, "--help"]);
			assert.equal(code, 0);
			assert.match(stdout, /Examples:\n {2}\$ eks-access /);
			assert.match(stdout, /Exit codes:\n {2}0 {2}/);
		}
		const { stdout } = await eksAccess(["--help"]);
		assert.match(stdout, /matrix.*\n(.*\n)*.*diff.*\n(.*\n)*.*doctor/);
		const none = await eksAccess([]);
		assert.equal(none.code, 2);
		assert.equal((await eksAccess(["nonsense"])).code, 2);
	});
});
