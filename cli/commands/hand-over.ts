import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { EXIT, Failure } from "../errors/failure";
import {
	type FormatOptions,
	formatOption,
	helpEnd,
	nonEmptyText,
	type ProjectOptions,
	projectOptions,
} from "../options";
import { printAs } from "../output/formats";
import { print } from "../output/terminal";
import { chooseStacks, projectIn } from "../project/project";

interface Options extends ProjectOptions {
	allStacks?: boolean;
}

const EXIT_CODES: [number, string][] = [
	[EXIT.ok, "success"],
	[EXIT.usage, "wrong usage, a config with errors, or a file that cannot be written"],
	[EXIT.unreachable, "AWS does not answer, or rejects the credentials"],
];

const KUBECONFIG_EXAMPLES: [string, string][] = [
	["eks-access kubeconfig --team shop -o shop.yaml", "the team in the only stack"],
	["eks-access kubeconfig --all-stacks -o ~/.kube/config", "your own teams, in every cluster"],
];

const HAND_OVER_EXAMPLES: [string, string][] = [
	["eks-access hand-over --team shop", "what to send to each developer"],
	[
		"eks-access hand-over --team shop --all-stacks --format html > shop.html",
		"the same for every cluster, as a web page",
	],
];

export function registerKubeconfig(program: Command): void {
	teamOptions(program.command("kubeconfig"))
		.summary("write a kubeconfig with a context for each cluster and team")
		.description(
			"Writes a kubeconfig with a context <cluster>.<team> for each, which gets its tokens from aws eks get-token and contains no secret. " +
				"It needs AWS credentials that can describe the cluster.",
		)
		.option("--team <name>", "name of the team (default: your own teams)", nonEmptyText)
		.option("-o, --output <file>", "write to this file (default: stdout)", nonEmptyText)
		.addHelpText("after", helpEnd(KUBECONFIG_EXAMPLES, EXIT_CODES))
		.action(async ({ team, output, ...options }: Options & { team?: string; output?: string }) => {
			const { kubeconfigOf } = await import("../hand-over/kubeconfig");
			const text = kubeconfigOf(await teamsOf(options, team), new Date());
			if (output === undefined) {
				print(text);
				return;
			}
			try {
				writeFileSync(output, `${text}\n`, { mode: 0o600 });
			} catch (error) {
				throw new Failure("cli-file-not-written", `${output} cannot be written: ${(error as Error).message}`);
			}
		});
}

export function registerHandOver(program: Command): void {
	formatOption(teamOptions(program.command("hand-over")))
		.summary("write what each developer of a team has to know")
		.description(
			"Writes for each member of a team what they can do where, the profile and the command for their kubeconfig, and how to check it. " +
				"It needs AWS credentials that can describe the cluster.",
		)
		.requiredOption("--team <name>", "name of the team", nonEmptyText)
		.addHelpText("after", helpEnd(HAND_OVER_EXAMPLES, EXIT_CODES))
		.action(async ({ team, format, ...options }: Options & FormatOptions & { team: string }) => {
			const { handOvers, reportOf } = await import("../hand-over/report");
			const now = new Date();
			const people = handOvers(await teamsOf(options, team), now);
			printAs(format, {
				report: () => reportOf(team, people, now),
				json: () => ({ version: 1, team, people }),
			});
		});
}

function teamOptions(command: Command): Command {
	return projectOptions(command).option("-a, --all-stacks", "all stacks of the project");
}

async function teamsOf({ cwd, ...which }: Options, team: string | undefined) {
	const { teamsInClusters } = await import("../hand-over/clusters");
	const files = projectIn(cwd);
	return teamsInClusters(files, chooseStacks(files, which), team);
}
