import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { code } from "../../cli/output/markdown";
import { ARTICLE, eksAccess, PROGRAM, PROJECT, stackFile, temporaryProject } from "./command";

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
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(ARTICLE) });
		const { stdout, stderr, code } = await eksAccess(["matrix"], { cwd });
		assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
		assert.deepEqual(stdout.split("\n"), [
			"stack prod, cluster prod-eks-cluster, authentication auto, from the stack's config",
			"",
			"team      who                  where      access",
			"k8s-devs  user/jane, user/joe  prod, dev  full",
			"",
			"Whoever in the account has an IAM policy with sts:AssumeRole on k8s-devs-role (or on *) can assume it too; " +
				"role: {trust: users} lets in the listed users only.",
			"",
		]);
	});

	it("says nothing of others where every role trusts its users alone", async () => {
		const teams = [{ name: "shop", namespaces: ["shop"], users: ["jane"], role: { trust: "users" } }];
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams }) });
		for (const format of ["text", "markdown", "html"]) {
			const { stdout } = await eksAccess(["matrix", "--format", format], { cwd });
			assert.doesNotMatch(stdout, /AssumeRole/, format);
		}
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

	it("--format json has a version, names, and selectors and groups as such", async () => {
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile(TEAMS) });
		const { stdout } = await eksAccess(["matrix", "--format", "json"], { cwd });
		const { version, stacks } = JSON.parse(stdout);
		assert.equal(version, 1);
		assert.deepEqual(
			{ ...stacks[0], rows: stacks[0].rows.slice(0, 3) },
			{
				stack: "prod",
				cluster: "prod-eks-cluster",
				authentication: "auto",
				source: "config",
				rows: [
					{ team: "shop", principals: ["user/jane"], namespaces: ["shop"], access: "full" },
					{ team: "shop", principals: ["user/jane"], namespaces: ["pay"], access: "view" },
					{ team: "shop", principals: ["user/jane"], namespaces: [], access: "group/auditors", group: "auditors" },
				],
				rolesOpenToAccount: ["shop-role", "ops-role", "watchers-role"],
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
