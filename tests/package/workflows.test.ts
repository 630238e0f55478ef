import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import * as yaml from "yaml";
import { goProgram } from "../support/go-program";

const FOLDER = path.join(__dirname, "..", "..", ".github", "workflows");
const files = readdirSync(FOLDER);

interface Job {
	if?: string;
	environment?: string;
	permissions?: Record<string, string>;
	steps: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

for (const file of files) {
	describe(`the workflow ${file}`, () => {
		const workflow = yaml.parse(readFileSync(path.join(FOLDER, file), "utf8")) as {
			on: Record<string, unknown>;
			permissions: Record<string, string>;
			jobs: Record<string, Job>;
		};
		const jobs = Object.entries(workflow.jobs);
		const steps = jobs.flatMap(([, job]) => job.steps);

		it("has nothing that actionlint finds", async function () {
			this.timeout("10m");
			const actionlint = await goProgram(
				"actionlint",
				path.join(__dirname, "..", "support", "actionlint"),
				"github.com/rhysd/actionlint/cmd/actionlint",
			);
			// What it says is on stdout, and in the error's message.
			await promisify(execFile)(actionlint, ["-no-color", path.join(FOLDER, file)]);
		});

		it("pins every action to a commit", () => {
			for (const { uses } of steps.filter(({ uses }) => uses)) {
				assert.match(uses as string, /^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/);
			}
		});

		it("has no permission that a job has not asked for, and none to write but comments and the token for AWS", () => {
			assert.deepEqual(workflow.permissions, {});
			for (const [name, { permissions }] of jobs) {
				const writes = Object.entries(permissions ?? {}).flatMap(([scope, level]) =>
					level === "write" ? [scope] : [],
				);
				assert.ok(
					writes.every((scope) => ["pull-requests", "id-token"].includes(scope)),
					`${name} may write ${writes}`,
				);
			}
		});

		it("gives no credentials to code of a fork", () => {
			assert.ok(!("pull_request_target" in workflow.on));
			// A fork's tags start nothing here.
			const withToken = "pull_request" in workflow.on ? jobs.filter(([, job]) => job.permissions?.["id-token"]) : [];
			for (const [name, job] of withToken) {
				const isOurs = /head\.repo\.full_name == github\.repository/.test(job.if ?? "");
				assert.ok(isOurs || /event_name != 'pull_request'/.test(job.if ?? ""), name);
			}
			for (const { uses, with: inputs } of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
				assert.equal(inputs?.["persist-credentials"], false, uses);
			}
		});

		it("runs a pull request's code with credentials only in a protected environment", () => {
			for (const [name, job] of "pull_request" in workflow.on ? jobs : []) {
				const isForOthers = /event_name != 'pull_request'/.test(job.if ?? "");
				assert.ok(isForOthers || !job.permissions?.["id-token"] || job.environment, name);
			}
		});

		it("runs no script of a dependency where it may comment or publish, and judges a change by the base branch's copy", () => {
			for (const [name, { permissions, environment, steps: own }] of jobs) {
				const runs = own.map(({ run = "" }) => run);
				if (name === "publish" || (permissions?.["pull-requests"] && !environment)) {
					assert.ok(runs.some((run) => run === "npm ci --ignore-scripts") && !runs.includes("npm ci"), name);
				}
				for (const run of runs.filter((each) => each.includes("eks-access.js diff"))) {
					assert.match(run, /^node \.base\/bin\/eks-access\.js diff/);
				}
			}
		});

		it("puts nothing that others write into a script's text", () => {
			for (const { run } of steps.filter(({ run }) => run)) {
				assert.doesNotMatch(run as string, /\$\{\{/, "hand it over as an environment variable");
			}
		});
	});
}
