import { readFileSync } from "node:fs";
import path from "node:path";
import type { InlineProgramArgs } from "@pulumi/pulumi/automation";
import * as yaml from "yaml";
import { AwsAuth, ClusterProvider, NamespaceAccess } from "../components";
import { SandboxProject } from "../sandbox/project";
import { terminalReport } from "../sandbox/report";
import { startSandbox } from "../sandbox/sandbox";

const ROUNDS = 7;
const teams = [{ name: "k8s-devs", namespaces: ["prod", "uat", "dev"] }];
const roles = [
	{ roleArn: "arn:aws:iam::293759796572:role/k8s-devs-role", username: "developer", groups: ["k8s-devs"] },
];

/** Time of a preview with nothing to change, of namespaces and RBAC alone and with aws-auth beside them, taken in turns. */
export async function benchPreview(): Promise<void> {
	const sandbox = await startSandbox({ report: terminalReport() });
	try {
		const kubeconfig = JSON.stringify(yaml.parse(readFileSync(sandbox.adminKubeconfig, "utf8")));
		const programs: Record<string, InlineProgramArgs["program"]> = {
			"without AwsAuth": async () => {
				const provider = new ClusterProvider("cluster", { kubeconfig, upsertExistingObjects: true });
				new NamespaceAccess("access", { teams }, { providers: { kubernetes: provider } });
			},
			"with AwsAuth": async () => {
				const provider = new ClusterProvider("cluster", { kubeconfig, upsertExistingObjects: true });
				new NamespaceAccess("access", { teams }, { providers: { kubernetes: provider } });
				new AwsAuth("aws-auth", { roles, kubeconfig, provider });
			},
		};
		const stacks = new Map<string, SandboxProject>();
		for (const [name, program] of Object.entries(programs)) {
			const directory = path.join(sandbox.directory, name.replaceAll(" ", "-"));
			const { environment } = sandbox;
			const project = await SandboxProject.open("prod", { directory, environment, onOutput: () => undefined, program });
			await project.up();
			stacks.set(name, project);
		}
		const best = new Map<string, number>();
		for (let round = 0; round < ROUNDS; round++) {
			for (const [name, project] of stacks) {
				const start = performance.now();
				await project.preview();
				best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, performance.now() - start));
			}
		}
		const reference = best.get("without AwsAuth") as number;
		console.log("Preview of a stack on the real engine (fastest of", ROUNDS, "rounds, in turns):");
		console.table(
			[...best].map(([stack, milliseconds]) => ({
				stack,
				milliseconds: Math.round(milliseconds),
				ratio: Number((milliseconds / reference).toFixed(2)),
			})),
		);
	} finally {
		await sandbox.stop();
	}
}
