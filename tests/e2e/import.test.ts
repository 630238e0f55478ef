import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { isEmpty, PROJECT, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { awsAuth } from "../../sandbox/story/steps";
import { eksAccess } from "../cli/command";
import { writeAwsAuth } from "./aws-auth-by-hand";
import { type HandMade, HandMadeAccess, NAMESPACES, READ_ONLY } from "./hand-made-access";
import { SignedIn } from "./person";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const ARTICLE: HandMade = {};
const WITH_OPTIONS: HandMade = {
	path: "/teams/",
	roleOptions:
		"--path /teams/ --description 'Developers of the shop' --max-session-duration 7200 --tags Key=owner,Value=shop Key=cost,Value=7",
};
/**
 * What a preview shows. Imported are the role, the group and two memberships. What is created is: the stack, five components and a
 * provider; the attachment of the policy; three patches of namespaces and three RoleBindings; the patch of aws-auth and its release. Each
 * says again what is there.
 */
const FIRST = { import: 4, create: 15 };

describe("eks-access import of what the article's commands have made", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let operator: Shell;
	let original: Record<string, string>;

	before(async () => {
		sandbox = await sharedSandbox();
		operator = new Shell(sandbox.environment);
		original = await awsAuth({ sandbox });
	});

	for (const [what, handMade] of [
		["as the article has it", ARTICLE],
		["with a role that has a path, a description, tags and a session time", WITH_OPTIONS],
	] as const) {
		describe(what, () => {
			let access: HandMadeAccess;
			let project: SandboxProject;
			let found: object;
			/** Of the config that is written. */
			let folder: string;
			let output = "";

			before(async () => {
				access = new HandMadeAccess(sandbox.environment, sandbox.accountId);
				await access.make(handMade);
				found = await access.snapshot();
				project = await openProject(sandbox, (text) => {
					output += text;
				});
			});

			after(async () => {
				await project?.destroy();
				await access?.remove();
				await writeAwsAuth(sandbox, original);
			});

			const commandLine = (command: string) =>
				`node ${path.join(PROJECT, "bin", "eks-access.js")} ${command} --cwd ${folder}`;

			async function janeGetsIn(): Promise<void> {
				const jane = await SignedIn.as(sandbox, "jane", `${(handMade.path ?? "/").slice(1)}k8s-devs-role`);
				assert.equal((await jane.whoAmI()).username, "developer");
				assert.ok(await jane.may({ verb: "create", resource: "pods", namespace: "dev" }));
			}

			it("writes a config that says it, and changes nothing", async () => {
				folder = mkdtempSync(path.join(sandbox.directory, "imported-"));
				copyFileSync(path.join(PROJECT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
				const command = commandLine(`import --cluster ${sandbox.clusterName} --region ${sandbox.region} --stack prod`);
				await operator.does(command);
				await operator.refused(command, /Pulumi\.prod\.yaml is there already; --force overwrites/);
				const { config } = parse(readFileSync(path.join(folder, "Pulumi.prod.yaml"), "utf8"));
				assert.deepEqual(config["eks-access:teams"], [
					{
						name: "k8s-devs",
						username: "developer",
						namespaces: [...NAMESPACES].sort().map((name) => ({ name, binding: `devs-in-${name}` })),
						access: { clusterRole: "dev-full-access" },
						users: ["jane", "joe"],
						assumeRolePolicyArn: access.policyArn,
						...(handMade.path
							? { role: { path: "/teams/", maxSessionDuration: 7200, tags: { owner: "shop", cost: "7" } } }
							: {}),
					},
				]);
				assert.deepEqual(await access.snapshot(), found);
				project.configure({ "eks-access:namespaces": undefined, "eks-access:users": undefined, ...config });
			});

			it("without adoptExisting, nothing is taken over", async () => {
				project.configure({ "eks-access:adoptExisting": undefined });
				await assert.rejects(project.preview());
				assert.match(output, /that this stack has not written|this stack has not made what is there already/);
				project.configure({ "eks-access:adoptExisting": true });
			});

			it("the preview imports what is in IAM, and neither updates, replaces nor deletes anything", async () => {
				assert.deepEqual(await project.preview(), FIRST);
				await janeGetsIn();
			});

			it("the up changes nothing but bookkeeping", async () => {
				assert.deepEqual(await project.up(), FIRST);
				assert.deepEqual(await access.snapshot(), found);
				await janeGetsIn();
			});

			it("the next preview is empty, also after a refresh", async () => {
				assert.ok(isEmpty(await project.preview()));
				await project.refresh();
				assert.ok(isEmpty(await project.preview()));
				assert.deepEqual(await access.snapshot(), found);
				await janeGetsIn();
			});

			it("passes verify", async () => {
				const { findings } = JSON.parse(
					await operator.does(`${commandLine("verify --stack prod --format json")} || true`),
				);
				assert.deepEqual(findings, []);
			});

			it("from then on the stack manages it", async () => {
				const teams = project.config("eks-access:teams") as { users: string[] }[];
				project.configure({ "eks-access:teams": [{ ...teams[0], users: ["jane"] }] });
				const { same: _, ...changes } = await project.up();
				assert.deepEqual(changes, { delete: 1 });
				assert.ok(isEmpty(await project.preview()));
				await janeGetsIn();
				await assert.rejects(
					SignedIn.as(sandbox, "joe", `${(handMade.path ?? "/").slice(1)}k8s-devs-role`),
					/AccessDenied/,
				);
			});

			it("a destroy ends in one run and leaves the role and the group that were there, with what others have put on them", async () => {
				await access.share();
				output = "";
				await project.destroy();
				assert.deepEqual(await project.resources(), []);
				assert.deepEqual(await access.shared(), ["mallory", READ_ONLY, READ_ONLY]);
				assert.match(output, /retain/);
			});
		});
	}

	it("a cluster that does not answer ends with 3, and no config is written", async () => {
		const folder = mkdtempSync(path.join(sandbox.directory, "unreachable-"));
		copyFileSync(path.join(PROJECT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
		const kubeconfig = path.join(folder, "dead.kubeconfig");
		const live = readFileSync(sandbox.adminKubeconfig, "utf8");
		writeFileSync(kubeconfig, live.replace(sandbox.endpoint, "https://127.0.0.1:1"));
		const args = ["import", "--cluster", sandbox.clusterName, "--stack", "prod", "--kubeconfig", kubeconfig];
		const { code, stderr } = await eksAccess(args, { cwd: folder, env: sandbox.environment });
		assert.equal(code, 3);
		assert.match(stderr, /127\.0\.0\.1:1/);
		assert.ok(!existsSync(path.join(folder, "Pulumi.prod.yaml")));
	});
});
