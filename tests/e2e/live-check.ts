import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectIn } from "../../cli/project/project";
import { verify } from "../../cli/verify";
import { type Finding, REPAIR } from "../../cli/verify/finding";
import { targetOf } from "../../cli/verify/target";
import { PROJECT, type SandboxProject } from "../../sandbox/project";
import type { Sandbox } from "../../sandbox/sandbox";
import { AWS_AUTH } from "./aws-auth-by-hand";
import type { Shell } from "./sandbox-shell";

/** What `verify` finds, in this process: many times, a new one would take most of the time. */
export async function liveFindings(sandbox: Sandbox, project: SandboxProject, stack: string): Promise<Finding[]> {
	const files = projectIn(project.directory);
	const target = await targetOf(files, stack, { kubeconfig: sandbox.adminKubeconfig });
	return (await verify(target)).findings;
}

/** The seed of a property's run, in the name of the test: the same each time, unless the variable says another. */
export function seedOf(variable: string, usual: number): number {
	const seed = Number(process.env[variable] ?? usual);
	assert.ok(Number.isInteger(seed), `${variable} is a number`);
	return seed;
}

/**
 * Runs what findings say that it mends them, each command once; the stack's own last. Whoever is told to edit aws-auth writes what it
 * was before.
 *
 * @returns The commands that were run.
 */
export async function mend(
	findings: Pick<Finding, "fix">[],
	{ admin, project, awsAuth }: { admin: Shell; project: SandboxProject; awsAuth: Record<string, string> },
): Promise<string[]> {
	// `… && pulumi up --refresh --run-program`: the stack's own command comes last.
	const fixes = [...new Set(findings.flatMap(({ fix }) => fix?.split(" && ") ?? [undefined]))];
	const commands = fixes.filter((fix) => fix !== REPAIR);
	for (const fix of commands) {
		assert.ok(fix, JSON.stringify(findings.find((finding) => finding.fix === undefined)));
		await admin.does(
			fix.startsWith("kubectl edit") ? `KUBE_EDITOR='${editor(project.directory, awsAuth)}' ${fix}` : fix,
		);
	}
	if (fixes.includes(REPAIR)) {
		await project.repair();
	}
	return fixes as string[];
}

/** A command that writes these data into the ConfigMap that kubectl has given it to edit. */
function editor(folder: string, data: Record<string, string>): string {
	const file = path.join(folder, "editor.js");
	writeFileSync(
		file,
		`const yaml = require(${JSON.stringify(require.resolve("yaml"))});
const fs = require("node:fs");
const [, , file] = process.argv;
const object = yaml.parse(fs.readFileSync(file, "utf8"));
fs.writeFileSync(file, yaml.stringify({ ...object, data: ${JSON.stringify(data)} }));`,
	);
	return `node ${file}`;
}

/** The data of aws-auth. */
export async function awsAuthData({ core }: Sandbox): Promise<Record<string, string>> {
	return (await core.readNamespacedConfigMap(AWS_AUTH)).data ?? {};
}

const COMMAND =
	/aws (?:iam|eks) (?!list-)[a-z-]+|kubectl (?:delete|label|annotate|edit)(?: [a-z]+)?|kubectl patch [a-z]+/g;

/** Every kind of command that `verify` can advise, as its source has it: `aws iam detach-role-policy`, `kubectl patch clusterrole`. */
export function advisedKinds(): string[] {
	const folder = path.join(PROJECT, "cli", "verify");
	const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
	const source = files.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
	const patched = [...source.matchAll(/patchOf\(\s*`([a-z]+)/g)].map(([, object]) => `kubectl patch ${object}`);
	return [...new Set([...kindsOf(source), ...patched])].sort();
}

/** The kinds of commands in a text. */
export function kindsOf(text: string): string[] {
	return text.match(COMMAND) ?? [];
}
