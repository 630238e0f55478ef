import assert from "node:assert/strict";
import path from "node:path";
import { SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { type Ended, eksAccess } from "../cli/command";
import { editAwsAuth } from "./aws-auth-by-hand";
import type { Drift } from "./drift";
import { advisedKinds, awsAuthData, kindsOf, mend } from "./live-check";
import { Shell } from "./sandbox-shell";
import { sharedSandbox } from "./shared-sandbox";

/** What `verify --format json` says. */
export interface Report {
	version: number;
	asIntended: boolean;
	checked: Record<string, number>;
	findings: { kind: string; layer: string; subject: string; message: string; fix?: string }[];
}

/** The stack of Pulumi.example.yaml on the sandbox's cluster, and the command that verifies it, as its operator runs it. */
export class Verifying {
	/** The kinds of commands that have mended something. */
	private readonly ran = new Set<string>();

	private constructor(
		readonly sandbox: Sandbox,
		readonly project: SandboxProject,
		readonly admin: Shell,
		private readonly folder: string,
	) {}

	static async start(name: string): Promise<Verifying> {
		const sandbox = await sharedSandbox();
		const folder = path.join(sandbox.directory, `project-${name}`);
		const { environment } = sandbox;
		const project = await SandboxProject.open("example", { directory: folder, environment, onOutput: () => undefined });
		await project.up();
		const admin = new Shell({ ...sandbox.adminEnvironment, HOME: sandbox.directory });
		return new Verifying(sandbox, project, admin, folder);
	}

	async end(): Promise<void> {
		await this.project.destroy();
		await this.sandbox.setAuthenticationMode("CONFIG_MAP");
		await this.admin.does("kubectl delete namespace shop shop-dev pay pay-dev --ignore-not-found");
		// Rules that kubectl has put back are kubectl's.
		await this.admin.does("kubectl delete clusterrole dev-full-access --ignore-not-found");
	}

	run(args: string[] = [], env: Record<string, string> = {}): Promise<Ended> {
		const all = ["verify", "--stack", "example", ...args];
		return eksAccess(all, { cwd: this.folder, env: { ...this.sandbox.environment, ...env } });
	}

	async findings(): Promise<Report["findings"]> {
		const { stdout, stderr, code } = await this.run(["--format", "json"]);
		assert.ok(code === 0 || code === 1, stderr);
		const report: Report = JSON.parse(stdout);
		assert.equal(report.asIntended, code === 0);
		return report.findings;
	}

	/** Runs what findings say that it mends them. */
	async mend(findings: Report["findings"], awsAuth?: Record<string, string>): Promise<void> {
		const { admin, project, sandbox } = this;
		const ran = await mend(findings, { admin, project, awsAuth: awsAuth ?? (await awsAuthData(sandbox)) });
		for (const kind of ran.flatMap(kindsOf)) {
			this.ran.add(kind);
		}
	}

	/** Fails unless every kind of command that `verify` can advise, of those that match, has been run. */
	hasRunAll(kinds: RegExp): void {
		const advised = advisedKinds().filter((kind) => kinds.test(kind));
		assert.deepEqual(
			advised.filter((kind) => ![...this.ran].some((each) => each.startsWith(kind))),
			[],
		);
	}

	/** Fails unless these are the findings, `<kind> <layer> <subject>`, and no others. */
	async finds(expected: string[], says: RegExp): Promise<void> {
		const found = await this.findings();
		const subjects = found.map(({ kind, layer, subject }) => `${kind} ${layer} ${subject}`);
		assert.deepEqual([...new Set(subjects)].sort(), [...expected].sort(), JSON.stringify(found, null, 2));
		assert.match(found.map(({ message }) => message).join("\n"), says);
	}

	async findsNothing(): Promise<void> {
		assert.deepEqual(await this.findings(), []);
	}
}

/** A test of each drift: planted, found alone, and undone. */
export function findsEach(drifts: Drift[], verifying: () => Verifying): void {
	for (const { what, plant, undo, finds, says } of drifts) {
		it(`${what}: found, and nothing else`, async () => {
			const { sandbox, admin } = verifying();
			const restore = typeof plant === "string" ? () => admin.does(undo as string) : await editAwsAuth(sandbox, plant);
			if (typeof plant === "string") {
				await admin.does(plant);
			}
			try {
				await verifying().finds(finds, says);
			} finally {
				await restore();
			}
		});
	}
}
