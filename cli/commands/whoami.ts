import type { Command } from "commander";
import { EXIT } from "../errors/failure";
import {
	type FormatOptions,
	formatOption,
	helpEnd,
	nonEmptyText,
	type ProjectOptions,
	projectOptions,
} from "../options";
import { printAs } from "../output/formats";

interface Options extends ProjectOptions, FormatOptions {
	cluster?: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access whoami", "in the project's folder"],
	["eks-access whoami --stack prod", "if the project has several stacks"],
	["AWS_PROFILE=shop eks-access whoami", "with another profile"],
	["eks-access whoami --cluster prod-eks-cluster", "outside the project: shows less"],
];

export function registerWhoami(program: Command): void {
	const command = projectOptions(program.command("whoami"))
		.summary("show who you are to the cluster, and why you cannot get in")
		.description(
			"For developers, with their own AWS credentials. Shows your AWS identity, the team that it belongs to, and the access of that " +
				"team. Then it logs in the way kubectl does, reports where that fails and why, and shows the command that writes your " +
				"kubeconfig. Changes nothing.\n\n" +
				"It needs the AWS CLI, and only the permissions that a developer has.",
		)
		.option("--cluster <name>", "name of the EKS cluster (default: the stack's cluster)", nonEmptyText);
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "you have all the access that the config gives you"],
				[EXIT.found, "you have no access, or less than the config gives you; the output says why"],
				[EXIT.usage, "wrong usage, or a config with errors"],
				[EXIT.unreachable, "the cluster or AWS does not answer"],
			]),
		)
		.action(run);
}

async function run({ format, ...options }: Options): Promise<void> {
	const { whoami } = await import("../whoami");
	const { isIn, reportJson, reportOf } = await import("../whoami/report");
	const found = await whoami(options);
	printAs(format, { report: () => reportOf(found), json: () => reportJson(found) });
	process.exitCode = isIn(found) ? EXIT.ok : EXIT.found;
}
