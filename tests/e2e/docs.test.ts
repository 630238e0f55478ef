import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stateUrl } from "../../sandbox/environment";
import { PROJECT } from "../../sandbox/project";
import type { Person, Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { type Block, commandsOf, isShell, type Page, readPages } from "../docs/pages";
import { DocsSession, isShown } from "./docs-session";
import { HandMadeAccess } from "./hand-made-access";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

/** What a checkout has that the pages speak of. */
const PROGRAM = ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts", "core", "components", "bin", "cli"];
const SETTINGS = ["Pulumi.prod.yaml"];

/** Commands that bring the reader here, so they cannot run here. */
const RUN_ELSEWHERE: Record<string, string> = {
	"npm ci": "CI begins with it",
	"npm ci && npm start": "CI runs it",
	"npm ci && npm test": "CI runs it, this test with it",
	"npm run sandbox": "this test runs in that sandbox",
	"npm run sandbox:build": "npm test begins with it",
	"npm run check": "npm test begins with it",
	"npm test": "CI runs it, this test with it",
	"npm test -- --grep doctor": "CI runs all of npm test",
	"npm run test:unit": "npm test runs the same tests",
	"npx mocha tests/core/iam/arn.test.ts": "npm test runs it",
	"npm run test:newest": "installs two versions of Node.js and everything else; a workflow runs it",
	"npm run test:newest -- 24 tests/core/iam/arn.test.ts": "as the one without a version",
	"npm run test:aws -- --cluster <name>": "needs a cluster; tests/e2e/pulumi-command.test.ts runs it in the sandbox",
	"npm run build": "tests/package/package.test.ts runs it, as npm pack does",
	"npm run bench": "takes minutes, and its figures are the machine's; bench/ is type-checked",
	"npm run screenshot": "needs a browser; tests/cli/html.test.ts makes the page in it",
	"npm install pulumi-eks-access @pulumi/pulumi @pulumi/aws @pulumi/kubernetes":
		"tests/package/package.test.ts installs the package as it would be published",
};

/** Namespaces. */
const OF_A_NEW_CLUSTER = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** They take a cluster without a stack for granted, and leave stacks of their own; the last one changes the cluster's mode. */
const ON_A_NEW_CLUSTER = [
	"docs/tutorial.md",
	"README.md",
	"docs/how-to/several-clusters.md",
	"docs/how-to/adopt-existing.md",
	"docs/how-to/migrate-to-access-entries.md",
];

describe("the documentation's commands, in the order of each page, in the sandbox", function () {
	this.timeout("60m");
	const pages = readPages()
		.filter(({ file, blocks }) => blocks.some(toRun) && !file.startsWith("examples"))
		.sort((one, other) => ON_A_NEW_CLUSTER.indexOf(one.file) - ON_A_NEW_CLUSTER.indexOf(other.file));
	let sandbox: Sandbox;
	let original: Record<string, string>;
	let folder: string;
	let handMade: HandMadeAccess | undefined;
	/** The config that the stack `prod` is at. */
	let applied: string | undefined;

	before(async () => {
		sandbox = await sharedSandbox();
		original = await awsAuth({ sandbox });
		folder = path.join(sandbox.directory, "docs");
		mkdirSync(path.join(folder, "state"), { recursive: true });
		for (const file of [...PROGRAM, ...SETTINGS]) {
			cpSync(path.join(PROJECT, file), path.join(folder, file), { recursive: true });
		}
		symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
		// `npm ci` has done it, unless scripts are switched off.
		execFileSync(process.execPath, [path.join(PROJECT, "scripts", "link-command.js")]);
		const git = (command: string) => execFileSync("git", command.split(" "), { cwd: folder });
		git("init -q -b main");
		git(`add ${[...PROGRAM, ...SETTINGS].join(" ")}`);
		git("-c user.name=docs -c user.email=docs@example.com commit -q -m config");
	});

	after(async () => {
		await clear();
		await sandbox.setAuthenticationMode("CONFIG_MAP");
		assert.deepEqual(await awsAuth({ sandbox }), original);
	});

	for (const page of pages) {
		it(page.file, async () => {
			const sessions = new Map<string, DocsSession>();
			const as = async (person: string) => {
				const environment = await sandbox.environmentOf(person as Person);
				const session = sessions.get(person) ?? new DocsSession(withState(environment), folder);
				sessions.set(person, session);
				return session;
			};
			if (ON_A_NEW_CLUSTER.includes(page.file)) await clear();
			for (const file of SETTINGS) {
				setFile(file, readFileSync(path.join(PROJECT, file), "utf8"));
			}
			try {
				await prepare(page, await as("operator"));
				for (const block of page.blocks) await follow(block, as);
			} finally {
				for (const session of sessions.values()) session.stop();
			}
		});
	}

	async function prepare({ file, before }: Page, operator: DocsSession): Promise<void> {
		if (file !== "docs/tutorial.md") await does(operator, file, "pulumi stack select --create prod");
		if (before === "access by hand") {
			handMade = new HandMadeAccess(sandbox.environment, sandbox.accountId);
			await handMade.make();
		} else if (before !== undefined && applied !== settings()) {
			await does(operator, file, before);
		}
	}

	/** The cluster is as new: no stack, and no namespace that a page or another test has made. */
	async function clear(): Promise<void> {
		const operator = new Shell(withState(sandbox.environment));
		for (const { name } of JSON.parse(await operator.does(`cd ${folder} && pulumi stack ls --json`)) as {
			name: string;
		}[]) {
			await operator.does(`cd ${folder} && pulumi destroy --yes --skip-preview --stack ${name}`);
			await operator.does(`cd ${folder} && pulumi stack rm --yes ${name}`);
		}
		await handMade?.remove();
		handMade = undefined;
		applied = undefined;
		const made = (await allNamespaces()).filter((name) => !OF_A_NEW_CLUSTER.includes(name));
		await Promise.all(made.map((name) => sandbox.core.deleteNamespace({ name })));
		while ((await allNamespaces()).length > OF_A_NEW_CLUSTER.length) await delay(200);
	}

	async function follow(block: Block, as: (person: string) => Promise<DocsSession>): Promise<void> {
		if (block.language === "yaml" && block.file?.startsWith("Pulumi.")) {
			setFile(block.file, block.text);
		} else if (toRun(block)) {
			await runBlock(block, await as(block.person ?? "operator"));
		}
	}

	async function runBlock(block: Block, session: DocsSession): Promise<void> {
		if (block.before !== undefined) await does(session, block.where, block.before);
		for (const { line, output } of commandsOf(block)) {
			if (!(line.replace(/ *# .*/, "") in RUN_ELSEWHERE)) {
				await does(session, block.where, line.replace(/^npm run sandbox -- /, ""), output);
			}
		}
	}

	async function does(session: DocsSession, where: string, line: string, shown?: string): Promise<void> {
		const ended = await session.run(line, isRight);
		assert.equal(ended.exitCode, 0, `${where}: ${line}\n${ended.output}`);
		if (/^pulumi (up|destroy)/.test(line)) applied = line === "pulumi up" ? settings() : undefined;
		if (shown !== undefined) {
			const message = `${where}: ${line}\n--- shown\n${shown}\n--- is\n${ended.output}`;
			assert.ok(isShown(shown, ended.output), message);
		}
		function isRight({ output, exitCode }: { output: string; exitCode: number }): boolean {
			return exitCode === 0 && (shown === undefined || isShown(shown, output));
		}
	}

	/** As an editor would: what Pulumi has written into the file of a stack stays. */
	function setFile(file: string, text: string): void {
		const target = path.join(folder, file);
		const salt = existsSync(target) ? /^encryptionsalt: .*\n/m.exec(readFileSync(target, "utf8"))?.[0] : "";
		writeFileSync(target, `${salt ?? ""}${text.trimEnd()}\n`);
	}

	function settings(): string {
		return readFileSync(path.join(folder, "Pulumi.prod.yaml"), "utf8");
	}

	async function allNamespaces(): Promise<string[]> {
		const { items } = await sandbox.core.listNamespace();
		return items.map(({ metadata }) => metadata?.name as string);
	}

	function withState(environment: Record<string, string>): Record<string, string> {
		return { ...environment, PULUMI_BACKEND_URL: stateUrl(`${folder}/state`) };
	}
});

function toRun(block: Block): boolean {
	return isShell(block) && block.notRun === undefined;
}
