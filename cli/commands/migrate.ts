import type { Command } from "commander";
import { EXIT, Failure } from "../errors/failure";
import { type FormatOptions, formatOption, helpEnd, nonEmptyText } from "../options";
import { printAs } from "../output/formats";
import { print, say } from "../output/terminal";
import { projectIn } from "../project/project";
import { projectOf } from "../project/stack-values";

interface Options extends FormatOptions {
	cluster: string;
	region?: string;
	kubeconfig?: string;
	context?: string;
	plan?: boolean;
	config?: boolean;
	commands?: boolean;
	cwd: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access migrate --cluster prod-eks-cluster", "what becomes of each entry"],
	["eks-access migrate --cluster prod-eks-cluster --commands", "AWS CLI commands that create the access entries"],
	["eks-access migrate --cluster prod-eks-cluster --config", "the config of a stack that has both"],
];

export function registerMigrate(program: Command): void {
	const command = program
		.command("migrate")
		.summary("plan the move of everybody in aws-auth to access entries")
		.description(
			"Reads aws-auth, IAM and the access entries, and says of each entry of aws-auth, those of others too, which access entry does the " +
				"same, or why there is none: mapAccounts, groups that begin with system:, service-linked roles, templates, duplicates. Changes nothing.",
		)
		.requiredOption("--cluster <name>", "name of the EKS cluster", nonEmptyText)
		.option("--region <region>", "region of the cluster (default: AWS_REGION, or the profile's region)", nonEmptyText)
		.option(
			"--kubeconfig <file>",
			"an administrator's kubeconfig (default: one that runs aws eks get-token)",
			nonEmptyText,
		)
		.option("--context <name>", "context of the kubeconfig (default: the current context)", nonEmptyText)
		.option("--plan", "print the plan (the default)")
		.option("--config", "print the config of a stack with authentication: both, as import does")
		.option("--commands", "print AWS CLI commands")
		.option("-C, --cwd <folder>", "the folder with Pulumi.yaml, or a folder below it, for --config", ".");
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "nobody needs aws-auth once the access entries are there"],
				[EXIT.found, "somebody does; the plan says why"],
				[EXIT.usage, "wrong usage"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or rejects the credentials"],
			]),
		)
		.action(run);
}

async function run({ plan: isPlan, config, commands, cwd, format, ...request }: Options): Promise<void> {
	if ([isPlan, config, commands].filter(Boolean).length > 1) {
		throw new Failure("cli-usage", "--plan, --config and --commands exclude each other");
	}
	const { cluster } = request;
	if (config) {
		const prefix = projectOf(projectIn(cwd)).name;
		const { asItem, importFrom, stackFileOf } = await import("../import");
		const found = await importFrom(request);
		say(found.notes.map(asItem).join("\n"));
		print(stackFileOf(found, { cluster, region: found.region, prefix, authentication: "both" }));
		return;
	}
	const { planFor, reportJson, reportOf } = await import("../migrate");
	const plan = await planFor(request);
	if (commands) {
		print(plan.commands.join("\n"));
	} else {
		printAs(format, { report: () => reportOf(plan, cluster), json: () => reportJson(plan, cluster) });
	}
	process.exitCode = plan.moves.some((move) => "stays" in move) ? EXIT.found : EXIT.ok;
}
