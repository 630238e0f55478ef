import assert from "node:assert/strict";
import { eksAccess, stackFile, writeFiles } from "./command";
import { json, repository, SIMPLE } from "./repository";

describe("eks-access diff, for a reviewer", function () {
	// Each test runs the command several times.
	this.timeout("2m");

	it("points out first what is dangerous", async () => {
		const team = { name: "ops", namespaces: ["ops"], users: ["ann"] };
		const account = { account: "123456789012", externalId: "one" };
		const before = [
			{ ...team, role: { mfa: true }, trustedAccounts: [account] },
			{ ...team, name: "dev", users: ["joe"] },
		];
		const after = [
			{ ...team, admin: true, trustedAccounts: [{ account: "123456789012" }, { account: "210987654321" }] },
			{ ...team, name: "dev", users: ["joe"], namespaces: ["ops", "kube-system"], allow: ["kube-system"] },
		];
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: before }) });
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: after }) });
		const { stdout } = await eksAccess(["diff"], { cwd: folder });
		const lines = stdout.split("\n").slice(3);
		assert.deepEqual(
			lines.filter((line) => line.startsWith("!")),
			[
				"! team ops administers the whole cluster: user/ann, account/123456789012, account/210987654321",
				"! team dev is allowed what is refused otherwise: kube-system",
				"! team ops lets another AWS account in: 210987654321",
				"! team ops lets another AWS account in under other conditions (externalId, principals): 123456789012",
				"! team ops needs no second factor any more: role.mfa",
			],
		);
		assert.ok(lines.findIndex((line) => line.startsWith("+")) >= 5, "the changes come behind");
		assert.ok(lines.includes("* teams.ops.role.mfa: true → none"), stdout);
		const { stacks } = await json(folder);
		assert.deepEqual(stacks[0].dangers[0], {
			kind: "admin",
			team: "ops",
			what: "administers the whole cluster",
			names: ["user/ann", "account/123456789012", "account/210987654321"],
		});
		const markdown = (await eksAccess(["diff", "--format", "markdown"], { cwd: folder })).stdout;
		assert.ok(markdown.indexOf("> [!CAUTION]") > 0 && markdown.indexOf("> [!CAUTION]") < markdown.indexOf("### Stack"));
		assert.match(markdown, /> - stack `prod`: team `ops` administers the whole cluster: `user\/ann`, /);
		assert.match(markdown, /\| gained \| `user\/ann`, .* \| \*\*the whole cluster\*\* \| none \| `admin` \|/);
	});

	it("who administers the cluster already is no danger, whatever else changes", async () => {
		const team = { name: "ops", admin: true, users: ["ann"] };
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: [team] }) });
		const moved = [
			{ ...team, users: ["ann", "bob"] },
			{ ...team, name: "new" },
		];
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: moved }) });
		const { stacks } = await json(folder);
		assert.deepEqual(
			stacks[0].dangers.map(({ team, names }: { team: string; names: string[] }) => [team, names]),
			[["ops", ["user/bob"]]],
		);
	});

	it("a weaker guard alone is a change too", async () => {
		const team = { name: "ops", namespaces: ["ops"], users: ["ann"] };
		const { folder } = repository({
			"Pulumi.prod.yaml": stackFile({ cluster: "c", teams: [{ ...team, role: { mfa: true } }] }),
		});
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: [team] }) });
		const { stdout, code } = await eksAccess(["diff", "--exit-code", "--format", "markdown"], { cwd: folder });
		assert.equal(code, 1);
		assert.match(stdout, /needs no second factor any more/);
	});

	it("Markdown fits into a comment of GitHub, however many changes there are, and says how many are left out", async () => {
		const teams = Array.from({ length: 900 }, (_, at) => ({
			name: `team-${at}`,
			namespaces: [`a-namespace-of-team-${at}-with-a-long-name`],
			users: [`somebody-with-a-long-name-${at}`],
			allow: ["kube-system"],
		}));
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile({ cluster: "c", teams }) });
		const { stdout } = await eksAccess(["diff", "--format", "markdown"], { cwd: folder });
		assert.ok(stdout.length < 65_536, `${stdout.length} characters`);
		assert.ok(stdout.length > 40_000, `${stdout.length} characters`);
		assert.match(stdout, /… and \d+ more changes: run `eks-access diff`\./);
		assert.match(stdout, /> - … and \d+ more\n/);
	});

	it("reads keys with and without the project's prefix alike, and tells what else a stack's file says", async () => {
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		const config = { ...SIMPLE, "eks-access:config:users": ["jane"], "aws:region": "us-east-1" };
		const { users: _, ...bare } = config;
		writeFiles(folder, { "Pulumi.prod.yaml": JSON.stringify({ config: bare }) });
		const { stdout } = await eksAccess(["diff"], { cwd: folder });
		assert.deepEqual(stdout.trimEnd().split("\n").slice(3), [
			"! in another cluster or as another operator: aws:region: eu-west-1 → us-east-1",
			"- user/joe loses full in prod, dev",
		]);
	});

	it("another encrypted value and another kubeconfig are changes, of which nothing secret is shown", async () => {
		const kubeconfig = (token: string) => ({
			clusters: [{ name: "c", cluster: { server: "https://c.example" } }],
			users: [{ name: "u", user: { token } }],
			contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
			"current-context": "c",
		});
		const of = (token: string) => ({ ...SIMPLE, kubeconfig: JSON.stringify(kubeconfig(token)) });
		const { folder, commit } = repository({ "Pulumi.prod.yaml": stackFile(of("secret-one")) });
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile(of("secret-two")) });
		const { stdout } = await eksAccess(["diff"], { cwd: folder });
		assert.match(stdout, /kubeconfig: for https:\/\/c\.example \(sha256 \w{8}\) → for https:\/\/c\.example \(sha256/);
		assert.doesNotMatch(stdout, /secret-/);
		const encrypted = (secure: string) => stackFile({ ...SIMPLE, kubeconfig: { secure } });
		commit({ "Pulumi.prod.yaml": encrypted("v1:one") });
		writeFiles(folder, { "Pulumi.prod.yaml": encrypted("v1:two") });
		const { dangers } = (await json(folder)).stacks[0];
		assert.match(dangers[0].names[0], /^kubeconfig: encrypted \(sha256 \w{8}\) → encrypted \(sha256 \w{8}\)$/);
	});

	it("shows the rules of access by rules, and marks those that are new", async () => {
		const rules = (...verbs: string[]) => {
			const team = { name: "ops", users: ["ann"], namespaces: ["ops"] };
			const access = { rules: [{ apiGroups: ["apps"], resources: ["deployments"], verbs }] };
			return stackFile({ cluster: "c", teams: [{ ...team, access }] });
		};
		const { folder } = repository({ "Pulumi.prod.yaml": rules("get") });
		writeFiles(folder, { "Pulumi.prod.yaml": rules("get", "patch") });
		const { stdout } = await eksAccess(["diff"], { cwd: folder });
		assert.deepEqual(stdout.trimEnd().split("\n").slice(3), [
			"! team ops may do more by its rules: get, patch of apps/deployments",
			"~ user/ann goes from rules to rules in ops",
			"    + get, patch of apps/deployments",
			"    - get of apps/deployments",
		]);
		const markdown = (await eksAccess(["diff", "--format", "markdown"], { cwd: folder })).stdout;
		assert.match(markdown, /\| `rules`<br>`get of apps\/deployments` \| `rules`<br>\*\*\+\*\* `get, patch of/);
	});
});
