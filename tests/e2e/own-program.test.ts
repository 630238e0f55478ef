import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EksAccess } from "../../components";
import type { TeamArgs } from "../../core/config/team-args";
import { stateUrl } from "../../sandbox/environment";
import type { SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { eksAccess } from "../cli/command";
import { Shell } from "./sandbox-shell";
import { openProject, sharedSandbox } from "./shared-sandbox";

const TEAM: TeamArgs = { name: "owners", namespaces: ["owned"], users: ["jane"] };

describe("the commands on a program of one's own, whose teams stand in its code", function () {
	this.timeout("60m");
	let sandbox: Sandbox;
	let project: SandboxProject;
	let admin: Shell;
	let team = TEAM;

	before(async () => {
		sandbox = await sharedSandbox();
		admin = new Shell({ ...sandbox.adminEnvironment, HOME: sandbox.directory });
		const program = async () => {
			const access = await EksAccess.create("access", { cluster: "prod-eks-cluster", teams: [team] });
			return { accessMatrix: access.accessMatrix };
		};
		project = await openProject(sandbox, () => undefined, { program, stack: "own" });
		writeFileSync(path.join(project.directory, "Pulumi.own.yaml"), "config:\n  aws:region: eu-west-1\n");
		await project.up();
	});

	after(async () => {
		await admin?.does("aws iam remove-user-from-group --group-name owners --user-name joe || true");
		await project?.destroy();
		await admin?.does("kubectl delete namespace owned owned-too --ignore-not-found");
	});

	function command(args: string[], env: Record<string, string> = {}) {
		const state = { PULUMI_BACKEND_URL: stateUrl(path.join(project.directory, "state")) };
		return eksAccess([...args, "--stack", "own"], {
			cwd: project.directory,
			env: { ...sandbox.environment, ...env, ...state },
		});
	}

	it("matrix and verify say the same of it as of a config, and that they read the output", async () => {
		const matrix = await command(["matrix"]);
		assert.match(matrix.stdout, /from the stack's output accessMatrix\n/, matrix.stderr);
		assert.match(matrix.stdout, /^owners +user\/jane +owned +full$/m);
		const verify = await command(["verify"]);
		assert.match(verify.stdout, /compared with the stack's output accessMatrix\.$/m, verify.stderr);
		assert.equal(verify.code, 0, verify.stdout + verify.stderr);
	});

	it("whoami tells jane that she has her access", async () => {
		const { stdout, stderr, code } = await command(["whoami"], await sandbox.environmentOf("jane"));
		assert.equal(code, 0, stdout + stderr);
		assert.match(stdout, /Teams: from the stack's output accessMatrix own\./);
		assert.match(stdout, /Team owners, by the role owners-role: full in owned\nAccess OK: /);
	});

	it("a review records who has what, and later exactly what has changed, by hand and in the program", async () => {
		const file = (name: string) => path.join(project.directory, name);
		const first = await command(["review", "--format", "json", "-o", file("before.json")]);
		assert.deepEqual(JSON.parse(readFileSync(file("before.json"), "utf8")).findings, [], first.stderr);
		assert.deepEqual([first.code, first.stdout], [0, ""], first.stderr);
		await admin.does("aws iam add-user-to-group --group-name owners --user-name joe");
		team = { ...TEAM, namespaces: ["owned", { name: "owned-too", access: "view" }] };
		await project.up();
		const second = await command(["review", "--format", "json", "--since", file("before.json")]);
		assert.equal(second.code, 1, second.stderr);
		const { since, findings, access } = JSON.parse(second.stdout);
		assert.deepEqual(
			{ ...since, newFindings: since.newFindings.map(({ subject }: { subject: string }) => subject) },
			{
				date: JSON.parse(readFileSync(file("before.json"), "utf8")).date,
				granted: [{ who: "user/jane", team: "owners", where: "owned-too", access: "view" }],
				...{ removed: [], changed: [], newFindings: ["user/joe"], goneFindings: [] },
			},
		);
		assert.deepEqual([access.length, findings.length], [2, 1]);
		const page = await command([
			"review",
			"--since",
			file("before.json"),
			"--format",
			"html",
			"-o",
			file("review.html"),
		]);
		assert.equal(page.code, 1, page.stderr);
		const cells = readFileSync(file("review.html"), "utf8").replaceAll("<wbr>", "");
		assert.match(cells, />granted<.*>user\/jane<.*>owned-too<.*>view</);
	});
});
