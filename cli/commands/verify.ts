import type { Command } from "commander";
import { EXIT } from "../errors/failure";
import { helpEnd, nonEmptyText, type ProjectOptions, projectOptions } from "../options";
import { painterFor, print, printJson, widthOf } from "../output/terminal";
import { chooseStack, projectIn } from "../project/project";

interface Options extends ProjectOptions {
	kubeconfig?: string;
	context?: string;
	json?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access verify --stack prod", "as the operator of the stack"],
	["eks-access verify --kubeconfig admin.yaml", "if the stack's kubeconfig is encrypted"],
	["eks-access verify --json | jq '.findings[] | select(.kind == \"extra\")'", "who has more than they should"],
	["eks-access verify || notify-oncall", "for cron and CI"],
];

export function registerVerify(program: Command): void {
	projectOptions(program.command("verify"))
		.summary("check that the live cluster and AWS give the access that the config lists")
		.description(
			"Compares IAM (roles, groups, members), aws-auth, access entries, namespaces with their quotas and policies, and RBAC with the " +
				"stack's config, and asks the API server about every cell of the matrix and about requests that must be refused. Changes nothing.\n\n" +
				"It needs AWS credentials that can read IAM and EKS, and a cluster administrator's kubeconfig (default: the one that the " +
				"program uses, with aws eks get-token). If it cannot read something, that is an error; nothing is skipped silently.",
		)
		.option(
			"--kubeconfig <file>",
			"the operator's kubeconfig (with --context alone: KUBECONFIG, or ~/.kube/config)",
			nonEmptyText,
		)
		.option("--context <name>", "context of the kubeconfig (default: the current context)", nonEmptyText)
		.option("--json", "output as JSON")
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "access is exactly what the config lists"],
				[EXIT.found, "something is missing, extra or drifted"],
				[EXIT.usage, "wrong usage, or a config with errors"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or rejects the credentials"],
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
	const verification = await verify(target, progress).finally(() => progress());
	if (json) {
		printJson(reportJson(target, verification));
	} else {
		print(reportText(target, verification, painterFor(process.stdout), widthOf(process.stdout)));
	}
	process.exitCode = verification.findings.length > 0 ? EXIT.found : EXIT.ok;
}

/** What is being asked, in one line that goes with the result; only for people at a terminal. */
function progress(what = ""): void {
	if (process.stderr.isTTY) {
		process.stderr.write(`\r\x1b[K${what && `${what} …`}`);
	}
}
