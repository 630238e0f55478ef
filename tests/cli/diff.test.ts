import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { eksAccess, stackFile, temporaryFolder, temporaryProject, writeFiles } from "./command";
import { json, repository, SIMPLE } from "./repository";

describe("eks-access diff", () => {
	it("compares the working tree with where the branch left main, and names each change", async () => {
		const { folder, git, commit } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) }, "infra/access");
		git("checkout", "--quiet", "-b", "feature");
		commit({ "Pulumi.prod.yaml": stackFile({ ...SIMPLE, users: ["jane", "ann"] }) });
		// What main does meanwhile is none of the branch's.
		git("checkout", "--quiet", "main");
		commit({ "Pulumi.prod.yaml": stackFile({ ...SIMPLE, users: ["jane", "joe", "bob"] }) });
		git("checkout", "--quiet", "feature");
		writeFiles(folder, {
			"Pulumi.prod.yaml": stackFile({
				...{ ...SIMPLE, users: ["jane", "ann"] },
				namespaces: ["dev", { name: "prod", access: "view" }, { name: "uat", access: "edit" }],
			}),
		});
		const { stdout, code } = await eksAccess(["diff"], { cwd: folder });
		assert.equal(code, 0);
		const base = git("merge-base", "HEAD", "main").slice(0, 12);
		assert.deepEqual(stdout.trimEnd().split("\n"), [
			`Access changes, merge base with main (${base}) → the working tree`,
			"",
			"stack prod, cluster c",
			"+ user/ann gains full in dev",
			"+ user/ann gains view in prod",
			"+ user/jane, user/ann gain edit in uat",
			"v user/jane goes from full to view in prod",
			"- user/joe loses full in prod, dev",
		]);
	});

	it("prefers origin/main to main", async () => {
		const { folder, git, commit } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		git("update-ref", "refs/remotes/origin/main", "HEAD");
		commit({ "Pulumi.prod.yaml": stackFile({ ...SIMPLE, users: ["jane"] }) });
		const { from, changed } = await json(folder);
		assert.match(from.label, /^merge base with origin\/main \([0-9a-f]{12}\)$/);
		assert.equal(changed, true);
	});

	it("says that nothing changes, and ends with 0 also with --exit-code", async () => {
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		const { stdout, code } = await eksAccess(["diff", "--exit-code"], { cwd: folder });
		assert.match(stdout, /^No access changes \(merge base with main \(/);
		assert.equal(code, 0);
		const markdown = await eksAccess(["diff", "--format", "markdown"], { cwd: folder });
		assert.match(markdown.stdout, /^<!-- eks-access diff -->\n## Access changes\n\nNo access changes\.\n/);
	});

	it("ends with 1 if something changes, where --exit-code asks for it", async () => {
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		writeFiles(folder, { "Pulumi.prod.yaml": stackFile({ ...SIMPLE, users: ["jane"] }) });
		assert.equal((await eksAccess(["diff"], { cwd: folder })).code, 0);
		assert.equal((await eksAccess(["diff", "--exit-code"], { cwd: folder })).code, 1);
		assert.equal((await eksAccess(["diff", "--exit-code", "--format", "json"], { cwd: folder })).code, 1);
	});

	it("a stack that one side lacks is no access there", async () => {
		const { folder } = repository({ "Pulumi.old.yaml": stackFile(SIMPLE) });
		rmSync(path.join(folder, "Pulumi.old.yaml"));
		writeFiles(folder, {
			"Pulumi.new.yaml": stackFile({ ...SIMPLE, cluster: "d", users: ["ann"] }),
			"Pulumi.fresh.yaml": "config:\n  aws:region: eu-west-1\n",
		});
		const { stacks } = await json(folder);
		assert.deepEqual(
			stacks.map(({ stack, only, changes }: { stack: string; only?: string; changes: { kind: string }[] }) => [
				...[stack, only, changes.map(({ kind }) => kind).join()],
			]),
			[
				["fresh", undefined, ""],
				["new", "to", "gained"],
				["old", "from", "lost"],
			],
		);
	});

	it("works before the project was in the repository, and where its name changed", async () => {
		const { folder, git, commit } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		const start = git("rev-parse", "HEAD").trim();
		git("rm", "--quiet", "Pulumi.yaml");
		git("commit", "--quiet", "-m", "gone");
		const gone = git("rev-parse", "HEAD").trim();
		commit({
			"Pulumi.yaml": "name: other\nruntime: nodejs\n",
			"Pulumi.prod.yaml": stackFile(SIMPLE).replaceAll("eks-access:", "other:"),
		});
		assert.deepEqual((await json(folder, "--from", gone)).stacks[0].only, "to");
		assert.equal((await json(folder, "--from", start)).changed, false);
	});

	it("takes refs on both sides, and stacks' files", async () => {
		const { folder, git, commit } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		git("tag", "v1");
		commit({ "Pulumi.prod.yaml": stackFile({ ...SIMPLE, users: ["jane"] }) });
		const refs = await json(folder, "--from", "v1", "--to", "HEAD");
		assert.deepEqual(refs.stacks[0].changes, [
			{ kind: "lost", principals: ["user/joe"], namespaces: ["prod", "dev"], before: ["full"], after: [] },
		]);
		assert.equal(refs.from.commit, git("rev-parse", "v1").trim());
		assert.equal((await json(folder, "--from", "HEAD", "--to", "v1")).stacks[0].changes[0].kind, "gained");

		const file = path.join(temporaryFolder(), "before.yaml");
		writeFiles(path.dirname(file), { "before.yaml": stackFile({ ...SIMPLE, users: ["zoe"] }) });
		const files = await json(folder, "--from", file, "--stack", "prod");
		assert.deepEqual(
			files.stacks[0].changes.map(({ kind }: { kind: string }) => kind),
			["gained", "lost"],
		);
		const same = await json(folder, "--from", path.join(folder, "Pulumi.prod.yaml"));
		assert.deepEqual([same.changed, same.stacks[0].stack], [false, "prod"]);
	});

	it("a label that a selector chooses is a change of access", async () => {
		const auditors = {
			name: "auditors",
			users: ["ann"],
			access: "view",
			namespaceSelector: { matchLabels: { a: "1" } },
		};
		const config = (labels: object) =>
			stackFile({
				cluster: "c",
				teams: [auditors, { name: "shop", users: ["jane"], namespaces: [{ name: "shop", ...labels }] }],
			});
		const { folder } = repository({ "Pulumi.prod.yaml": config({}) });
		writeFiles(folder, { "Pulumi.prod.yaml": config({ labels: { a: "1" } }) });
		const { stacks } = await json(folder);
		assert.deepEqual(stacks[0].changes, [
			{ kind: "gained", principals: ["user/ann"], namespaces: ["shop"], before: [], after: ["view"] },
		]);
	});

	it("reads a repository without running what it configures", async () => {
		const { folder, git, commit } = repository({ "Pulumi.prod.yaml": stackFile(SIMPLE) });
		const proof = path.join(folder, "ran");
		commit({ ".gitattributes": "* diff=evil filter=evil\n" });
		git("config", "diff.evil.textconv", `sh -c 'touch ${proof}; cat "$0"'`);
		git("config", "core.pager", `touch ${proof}`);
		await json(folder);
		assert.throws(() => execFileSync("test", ["-e", proof]));
	});

	describe("ends with 2 and says what to do", () => {
		const cases: [what: string, make: () => string, args: string[], message: RegExp][] = [
			[
				"no git",
				() => temporaryProject({ "Pulumi.p.yaml": stackFile(SIMPLE) }),
				[],
				/is in no git repository.*--from <ref> or --from <file>/,
			],
			[
				"no main",
				() => {
					const { folder, git } = repository({ "Pulumi.p.yaml": stackFile(SIMPLE) });
					git("branch", "-m", "trunk");
					return folder;
				},
				[],
				/neither a branch origin\/main nor main.*--from origin\/master.*fetch-depth: 0/s,
			],
			[
				"nothing in common",
				() => {
					const { folder, git, commit } = repository({ "Pulumi.p.yaml": stackFile(SIMPLE) });
					git("checkout", "--quiet", "--orphan", "other");
					commit({ x: "y" });
					return folder;
				},
				[],
				/no commit in common: the clone is shallow/,
			],
			[
				"an unknown ref",
				() => repository({}).folder,
				["--from", "nonsense"],
				/"nonsense" is neither a file .* nor a commit/,
			],
			["a ref like an option", () => repository({}).folder, ["--from=--help"], /"--help" is neither/],
			["an unknown file", () => repository({}).folder, ["--from", "gone.yaml"], /gone\.yaml: there is no such file/],
			["an unknown stack", () => repository({}).folder, ["--stack", "x"], /neither side has a Pulumi\.x\.yaml/],
			[
				"a bad config of old",
				() => {
					const { folder } = repository({ "Pulumi.p.yaml": stackFile({ ...SIMPLE, usres: [] }) });
					writeFiles(folder, { "Pulumi.p.yaml": stackFile(SIMPLE) });
					return folder;
				},
				[],
				/The config of stack p in merge base with main \([0-9a-f]{12}\) has a problem.*usres: unknown key/s,
			],
		];
		for (const [what, make, args, message] of cases) {
			it(what, async () => {
				const { stdout, stderr, code } = await eksAccess(["diff", ...args], { cwd: make() });
				assert.deepEqual([stdout, code], ["", 2]);
				assert.match(stderr, message);
			});
		}
	});
});
