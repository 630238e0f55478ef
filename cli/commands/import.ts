import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { EXIT, Failure } from "../errors/failure";
import { helpEnd, nonEmptyText } from "../options";
import { print, say } from "../output/terminal";
import { projectIn } from "../project/project";
import { projectOf } from "../project/stack-values";

interface Options {
	cluster: string;
	region?: string;
	kubeconfig?: string;
	context?: string;
	group?: string[];
	stack?: string;
	cwd: string;
	output?: string;
	force?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access import --cluster prod-eks-cluster --stack prod", "writes Pulumi.prod.yaml"],
	["eks-access import --cluster prod-eks-cluster --output -", "prints it"],
	["eks-access import --cluster prod-eks-cluster --stack prod --group k8s-devs", "one team only"],
];

export function registerImport(program: Command): void {
	program
		.command("import")
		.summary("write a stack's config from access that was set up by hand")
		.description(
			"Reads aws-auth (access entries if the cluster does not read it, or if it lets no people in), the bindings of their Kubernetes groups, and the roles, policies and groups in IAM, and writes the config of a stack " +
				"that adopts them: the next pulumi preview shows imports, and no other changes. Changes nothing itself.\n\n" +
				"What a config cannot express is written as a comment and reported on stderr. That includes administrators (system:masters), " +
				"which are not imported. Nodes are left alone.",
		)
		.requiredOption("--cluster <name>", "name of the EKS cluster", nonEmptyText)
		.option("--region <region>", "region of the cluster (default: AWS_REGION, or the profile's region)", nonEmptyText)
		.option(
			"--kubeconfig <file>",
			"an administrator's kubeconfig (default: one that runs aws eks get-token)",
			nonEmptyText,
		)
		.option("--context <name>", "context of the kubeconfig (default: the current context)", nonEmptyText)
		.option("-g, --group <names...>", "only entries with these Kubernetes groups")
		.option("-s, --stack <name>", "name of the stack (default: PULUMI_STACK)", nonEmptyText)
		.option("-C, --cwd <folder>", "the folder with Pulumi.yaml, or a folder below it", ".")
		.option(
			"-o, --output <file>",
			"the file to write (default: Pulumi.<stack>.yaml of the project); - is stdout",
			nonEmptyText,
		)
		.option("--force", "overwrite the config in an existing file")
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "the config was written"],
				[EXIT.found, "no access was found that a team could express; nothing was written"],
				[EXIT.usage, "wrong usage, or the file exists"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or rejects the credentials"],
			]),
		)
		.action(run);
}

async function run({
	stack = process.env.PULUMI_STACK || undefined,
	cwd,
	output,
	force,
	...request
}: Options): Promise<void> {
	const files = projectIn(cwd);
	const file = output ?? (stack && path.join(files.folder, `Pulumi.${stack.split("/").at(-1)}.yaml`));
	if (file === undefined) {
		throw new Failure("cli-usage", "say where to write it: --stack <name>, or --output <file>; - prints it");
	}
	const isThere = file !== "-" && existsSync(file);
	if (isThere && !force) {
		throw new Failure(
			"cli-file-not-written",
			`${file} is there already; --force overwrites its config, --output - prints the new one`,
		);
	}
	const { asItem, importFrom, stackFileOf } = await import("../import");
	const found = await importFrom(request);
	if (found.notes.length > 0) {
		say(found.notes.map(asItem).join("\n"));
	}
	if (found.teams.length === 0) {
		say(`eks-access: nothing on ${request.cluster} that a team could be made of; nothing was written`);
		process.exitCode = EXIT.found;
		return;
	}
	const text = stackFileOf(found, {
		cluster: request.cluster,
		region: found.region,
		authentication: found.authentication,
		prefix: projectOf(files).name,
		before: isThere ? readFileSync(file, "utf8") : undefined,
	});
	if (file === "-") {
		print(text);
		return;
	}
	try {
		writeFileSync(file, text);
	} catch (error) {
		throw new Failure("cli-file-not-written", `${file} cannot be written: ${(error as Error).message}`);
	}
	const teams = found.teams.map(({ name }) => name).join(", ");
	say(`eks-access: ${file} has the teams ${teams} now; see what a pulumi preview says`);
}
