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
import { chooseStack, projectIn } from "../project/project";
import { clusterOptions } from "./verify";

interface Options extends ProjectOptions, FormatOptions {
	namespace?: string;
	byWay?: boolean;
	none?: boolean;
	kubeconfig?: string;
	context?: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access who-can delete pods -n prod", "who can delete pods, and by which way"],
	["eks-access who-can get secrets db-password -n prod", "one object"],
	["eks-access who-can create pods/exec -n prod --by-way", "a row for each way, with all who come by it"],
	["eks-access who-can '*' '*'", "administrators of the cluster"],
	["eks-access who-can get secrets --none", "for CI: exit code 1 if anybody else can"],
];

export function registerWhoCan(program: Command): void {
	const command = clusterOptions(projectOptions(program.command("who-can")))
		.summary("show who can do something in the live cluster, and by which way")
		.description(
			"Shows everybody who can do something, from the person to the permission: the IAM user, service or permission set, the roles that " +
				"it assumes, the access entry or the line of aws-auth, the group, binding or access policy, and the rule. Of this stack, of other " +
				"stacks and made by hand. Changes nothing.\n\n" +
				"It needs the credentials that verify needs. Not evaluated: SCPs, who can change IAM or RBAC first, and who can act as " +
				"others (impersonate, tokens and pods of service accounts). Conditions that only AWS can judge are shown.",
		)
		.argument("<verb>", "for example get, delete, '*'", nonEmptyText)
		.argument(
			"<resource>",
			"as kubectl takes it: pods, deploy, deployments.apps, pods/exec, /metrics, '*'",
			nonEmptyText,
		)
		.argument("[name]", "name of one object (default: some or all)", nonEmptyText)
		.option("-n, --namespace <name>", "the namespace (default: in the whole cluster)", nonEmptyText)
		.option("--by-way", "a row for each way, with all who come by it")
		.option(
			"--none",
			"exit with code 1 if anybody can besides administrators of the whole cluster and components of Kubernetes and EKS, or if that is not known",
		);
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "success, whether or not anybody can"],
				[EXIT.found, "somebody can, or that is not known (with --none)"],
				[EXIT.usage, "wrong usage, an unknown resource, or a config with errors"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or rejects the credentials"],
			]),
		)
		.action(run);
}

async function run(verb: string, resource: string, name: string | undefined, options: Options): Promise<void> {
	const { cwd, stack, format, byWay, none, namespace, ...cluster } = options;
	const { targetOf } = await import("../verify/target");
	const { isSomebody, whoCan } = await import("../who-can");
	const { reportJson, reportOf } = await import("../who-can/report");
	const files = projectIn(cwd);
	const target = await targetOf(files, chooseStack(files, stack), cluster);
	const answer = await whoCan(target, { verb, resource, name, namespace });
	const heading = { stack: target.stack, cluster: target.config.cluster };
	printAs(format, {
		report: () => reportOf(answer, heading, byWay),
		json: () => reportJson(answer, heading),
	});
	process.exitCode = none && (isSomebody(answer) || answer.isIncomplete) ? EXIT.found : EXIT.ok;
}
