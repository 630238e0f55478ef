import type { Command } from "commander";
import { EXIT } from "../failure";
import { helpEnd, nonEmptyText, type ProjectOptions, projectOptions } from "../options";
import { chooseStack, projectIn } from "../project";
import { painterFor, print, printJson, widthOf } from "../terminal";

interface Options extends ProjectOptions {
	kubeconfig?: string;
	context?: string;
	json?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access verify --stack prod", "as the operator of the stack"],
	["eks-access verify --kubeconfig admin.yaml", "where the stack's kubeconfig is encrypted"],
	["eks-access verify --json | jq '.findings[] | select(.kind == \"extra\")'", "who has more than they should"],
	["eks-access verify || notify-oncall", "for cron and CI"],
];

export function registerVerify(program: Command): void {
	projectOptions(program.command("verify"))
		.summary("whether the live cluster and AWS give the access that the config says")
		.description(
			"Compares IAM (roles, groups, members), aws-auth, access entries, namespaces with what bounds them, and RBAC with the stack's " +
				"config, and asks the API server about every cell of the matrix and about what must be refused. Changes nothing.\n\n" +
				"It needs AWS credentials that may read IAM and EKS, and a cluster administrator's kubeconfig (default: the one that the " +
				"program uses, with aws eks get-token). What it may not read is an error, never passed over.",
		)
		.option(
			"--kubeconfig <file>",
			"the operator's kubeconfig (with --context alone: KUBECONFIG, else ~/.kube/config)",
			nonEmptyText,
		)
		.option("--context <name>", "context of the kubeconfig (default: its current one)", nonEmptyText)
		.option("--json", "for machines")
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "access is as the config says"],
				[EXIT.found, "something is missing, extra or drifted"],
				[EXIT.usage, "wrong usage, or a config with problems"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or refuses the credentials"],
			]),
		)
		.action(run);
}

async function run({ cwd, stack, json, ...cluster }: Options): Promise<void> {
	// Two dozen files and three SDKs, which the other commands do without.
	const { targetOf } = await import("../verify/target");
	const { verify } = await import("../verify");
	const { reportJson, reportText } = await import("../verify/report");
	const files = projectIn(cwd);
	const target = await targetOf(files, chooseStack(files, stack), cluster);
	const verification = await verify(target);
	if (json) {
		printJson(reportJson(target, verification));
	} else {
		print(reportText(target, verification, painterFor(process.stdout), widthOf(process.stdout)));
	}
	process.exitCode = verification.findings.length > 0 ? EXIT.found : EXIT.ok;
}
