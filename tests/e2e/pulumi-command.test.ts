import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stateUrl } from "../../sandbox/environment";
import { PROJECT } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { copySources } from "../../scripts/sources";
import { present } from "../support/present";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

/** What makes up the project; the rest is the sandbox and tests. */
const FILES = ["Pulumi.yaml", "Pulumi.prod.yaml", "package.json", "tsconfig.json", "index.ts", "core", "components"];
/** What the package's `main` names: the library, which is no program. */
const LIBRARY = "dist/components/index.js";

describe("the project with the pulumi command", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let folder: string;
	let shell: Shell;

	before(async () => {
		sandbox = await sharedSandbox();
		folder = path.join(sandbox.directory, "pulumi-command");
		mkdirSync(path.join(folder, "state"), { recursive: true });
		shell = new Shell({ ...sandbox.environment, PULUMI_BACKEND_URL: stateUrl(`${folder}/state`) }, folder);
		for (const file of FILES) {
			cpSync(path.join(PROJECT, file), path.join(folder, file), { recursive: true });
		}
		// A program that runs this instead has no resources, and `up` would delete everything.
		mkdirSync(path.dirname(path.join(folder, LIBRARY)), { recursive: true });
		writeFileSync(path.join(folder, LIBRARY), "throw new Error('the library was run as the program');");
		symlinkSync(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
		await pulumi("stack select --create prod");
	});

	async function pulumi(command: string): Promise<string> {
		const output = await shell.does(`pulumi ${command}`);
		assert.doesNotMatch(output, /from \$PATH|expected to have version/, "the engine says nothing about its plugins");
		return output;
	}

	it("up, an empty preview, also after a refresh, and destroy, with the kubeconfig as a secret", async () => {
		const before = await awsAuth({ sandbox });
		await pulumi(`config set --secret kubeconfig < "${sandbox.adminKubeconfig}"`);
		await pulumi("preview --non-interactive");
		await pulumi("up --yes --non-interactive");
		assert.match(present((await awsAuth({ sandbox })).mapRoles), /role\/k8s-devs-role/);
		await pulumi("preview --non-interactive --expect-no-changes");
		await pulumi("refresh --yes --non-interactive --expect-no-changes");
		await pulumi("preview --non-interactive --expect-no-changes");
		const token = /token: (\S+)/.exec(await pulumi("config get kubeconfig"))?.[1] as string;
		const exported = await pulumi("stack export");
		assert.ok(token.length > 8 && !exported.includes(token), "the state holds no kubeconfig in plain text");
		assert.ok(!(await pulumi("stack output --show-secrets --json")).includes(token), "nor does an output");
		await pulumi("destroy --yes --non-interactive");
		assert.deepEqual(await awsAuth({ sandbox }), before);
	});

	it("npm run test:aws runs the article with names of its own, here on the sandbox, and leaves nothing", async () => {
		const before = await awsAuth({ sandbox });
		const register = require.resolve("ts-node/register");
		const script = path.join(PROJECT, "scripts", "real-aws.ts");
		const said = await shell.does(`node -r ${register} ${script} --cluster ${sandbox.clusterName} --yes`);
		assert.match(said, /nodes is forbidden[\s\S]*all that was made is gone/);
		assert.deepEqual(await awsAuth({ sandbox }), before);
		assert.doesNotMatch(await shell.does("aws iam list-users && aws iam list-roles"), /eks-access-test-/);
	});

	it("a bad config is one error without a stack trace, and no file of the project changes", async () => {
		await pulumi("config set namespcaes dev");
		const said = /namespcaes: unknown key\. Did you mean namespaces\?/;
		const output = await shell.refused("pulumi preview --non-interactive", said);
		assert.doesNotMatch(output, /\n\s+at .*\(/);
		await pulumi("config rm namespcaes");
	});

	it("config as the command line sets it, element by element, is understood", async () => {
		await pulumi("config rm namespaces");
		await pulumi("config set --path 'namespaces[0]' dev");
		await pulumi("config set adoptExisting true");
		const output = await pulumi("preview --non-interactive");
		assert.match(output, /access-namespaces-dev/);
		assert.doesNotMatch(output, /access-namespaces-uat/);
		assert.ok(readdirSync(folder).includes("Pulumi.prod.yaml"));
	});

	it("pulumi new makes a project of another name, and comma-separated answers are its namespaces and users", async () => {
		const template = path.join(sandbox.directory, "pulumi-new", "template");
		const made = path.join(sandbox.directory, "pulumi-new", "acme");
		copySources(template);
		const answers = '-c cluster=prod-eks-cluster -c namespaces="dev, qa" -c users="jane, joe"';
		await shell.does(`pulumi new ${template} --dir ${made} --name acme-access --stack dev --yes --force ${answers}`);
		const output = await pulumi(`preview --non-interactive --cwd ${made} --stack dev`);
		for (const resource of ["access-namespaces-qa.k8s-devs", "access-k8s-devs/joe"]) {
			assert.ok(output.includes(resource), output);
		}
	});
});
