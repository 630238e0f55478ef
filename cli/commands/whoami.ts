import type { Command } from "commander";
import { EXIT } from "../failure";
import { helpEnd, nonEmptyText, type ProjectOptions, projectOptions } from "../options";
import { painterFor, print, printJson } from "../terminal";

interface Options extends ProjectOptions {
	cluster?: string;
	json?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access whoami", "in the project's folder"],
	["eks-access whoami --stack prod", "of several stacks"],
	["AWS_PROFILE=shop eks-access whoami", "with another profile"],
	["eks-access whoami --cluster prod-eks-cluster", "without the project: says less"],
];

export function registerWhoami(program: Command): void {
	projectOptions(program.command("whoami"))
		.summary("as a developer: who you are to the cluster, and why you do not get in")
		.description(
			"With your own AWS credentials: who AWS takes you for, which team that is by the stack's config, and what it gives you. Then it " +
				"goes the way that kubectl would go, says where it ends and why, and which command writes your kubeconfig. Changes nothing.\n\n" +
				"It needs the AWS CLI, and no more permissions than a developer has.",
		)
		.option("--cluster <name>", "the EKS cluster (default: that of the stack)", nonEmptyText)
		.option("--json", "for machines")
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "you get in, by every way that the config gives you"],
				[EXIT.found, "you do not get in, or not to all that the config gives you; it says why"],
				[EXIT.usage, "wrong usage, or a config with problems"],
				[EXIT.unreachable, "the cluster or AWS does not answer"],
			]),
		)
		.action(run);
}

async function run({ json, ...options }: Options): Promise<void> {
	const { whoami } = await import("../whoami");
	const { isIn, reportJson, reportText } = await import("../whoami/report");
	const found = await whoami(options);
	if (json) {
		printJson(reportJson(found));
	} else {
		print(reportText(found, painterFor(process.stdout)));
	}
	process.exitCode = isIn(found) ? EXIT.ok : EXIT.found;
}
