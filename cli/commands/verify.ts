import type { Command } from "commander";
import { EXIT, type ExitCode, exitCodeOf, Failure } from "../errors/failure";
import {
	type FormatOptions,
	formatOption,
	helpEnd,
	nonEmptyText,
	type ProjectOptions,
	projectOptions,
} from "../options";
import { printAs } from "../output/formats";
import { ofEachStack } from "../project/each-stack";
import { chooseStacks, projectIn } from "../project/project";
import type { Verified } from "../verify/report";

interface Options extends ProjectOptions, FormatOptions {
	allStacks?: boolean;
	kubeconfig?: string;
	context?: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access verify --stack prod", "as the operator of the stack"],
	["eks-access verify --all-stacks --format html > verify.html", "every stack, as a web page"],
	["eks-access verify --kubeconfig admin.yaml", "if the stack's kubeconfig is encrypted"],
	["eks-access verify --format json | jq '.findings[] | select(.kind == \"extra\")'", "who has more than they should"],
	["eks-access verify || notify-oncall", "for cron and CI"],
];

export function registerVerify(program: Command): void {
	const command = clusterOptions(projectOptions(program.command("verify")))
		.summary("check that the live cluster and AWS give the access that the config lists")
		.description(
			"Compares IAM (roles, groups, members), aws-auth, access entries, namespaces with their quotas and policies, and RBAC with the " +
				"stack's config, and asks the API server about every cell of the matrix and about requests that must be refused. Changes nothing.\n\n" +
				"It needs AWS credentials that can read IAM and EKS, and a cluster administrator's kubeconfig (default: the one that the " +
				"program uses, with aws eks get-token). If it cannot read something, that is an error; nothing is skipped silently.",
		)
		.option("-a, --all-stacks", "all stacks of the project, one after the other");
	formatOption(command)
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

export function clusterOptions(command: Command): Command {
	return command
		.option(
			"--kubeconfig <file>",
			"the operator's kubeconfig (with --context alone: KUBECONFIG, or ~/.kube/config)",
			nonEmptyText,
		)
		.option("--context <name>", "context of the kubeconfig (default: the current context)", nonEmptyText);
}

async function run({ cwd, stack, allStacks, format, ...cluster }: Options): Promise<void> {
	// Two dozen files and three SDKs, which the other commands do without.
	const { targetOf } = await import("../verify/target");
	const { verify } = await import("../verify");
	const { reportJson, reportOf } = await import("../verify/report");
	if (allStacks && (cluster.kubeconfig !== undefined || cluster.context !== undefined)) {
		throw new Failure("cli-usage", "--kubeconfig and --context lead to one cluster; --all-stacks excludes them");
	}
	const files = projectIn(cwd);
	const verified = async (name: string): Promise<Verified> => {
		const target = await targetOf(files, name, cluster);
		return { stack: name, target, verification: await verify(target, progress).finally(() => progress()) };
	};
	const names = chooseStacks(files, { stack, allStacks });
	const stacks = allStacks ? await ofEachStack(names, verified) : await Promise.all(names.map(verified));
	printAs(format, { report: () => reportOf(stacks), json: () => reportJson(stacks, !allStacks) });
	process.exitCode = Math.max(...stacks.map(exitCodeOfStack));
}

function exitCodeOfStack(verified: Verified): ExitCode {
	if ("error" in verified) {
		return exitCodeOf(verified.error);
	}
	return verified.verification.findings.length > 0 ? EXIT.found : EXIT.ok;
}

/** What is being asked, in one line that goes with the result; only for people at a terminal. */
function progress(what = ""): void {
	if (process.stderr.isTTY) {
		process.stderr.write(`\r\x1b[K${what && `${what} …`}`);
	}
}
