import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { openCluster } from "../clients/cluster";
import type { Source } from "../doctor/source";
import { EXIT, Failure } from "../errors/failure";
import { type FormatOptions, formatOption, helpEnd, nonEmptyText } from "../options";
import { printAs } from "../output/formats";

interface Options extends FormatOptions {
	file?: string;
	kubeconfig?: string;
	context?: string;
	offline?: boolean;
	allStacks?: boolean;
	cwd: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access doctor", "the cluster of the current context"],
	["eks-access doctor --context prod --offline", "another cluster, without asking IAM"],
	["eks-access doctor --all-stacks", "the clusters of all stacks, one after the other"],
	["eks-access doctor --file aws-auth.yaml", "a file, before kubectl apply"],
	["kubectl get cm -n kube-system aws-auth -o yaml | eks-access doctor --file -", "no kubeconfig needed"],
	["eks-access doctor --format json | jq '.findings[] | select(.severity == \"error\")'", "for scripts"],
];

export function registerDoctor(program: Command): void {
	const command = program
		.command("doctor")
		.summary("find entries in aws-auth and access entries that let nobody in, or give more than intended")
		.description(
			"Reads aws-auth the way aws-iam-authenticator does, and reports entries that it would drop, entries that never match, and " +
				"entries that give more access than intended, each with its line and a fix. Changes nothing.\n\n" +
				"An administrator (system:masters) is a warning, or a note if a stack of this project sets admin: true for it. " +
				"On a live cluster, with AWS credentials, it also asks AWS whether the cluster reads aws-auth, whether the roles and users of that account still exist, " +
				"and checks the access entries: principals that are gone, groups that nothing binds, entries in both places, administrators, and policies that reach too far or have no effect.",
		)
		.option(
			"-f, --file <file>",
			"read a ConfigMap in YAML or JSON, or the text of mapRoles, instead of the cluster; - is stdin",
			nonEmptyText,
		)
		.option("--kubeconfig <file>", "the kubeconfig (default: KUBECONFIG, or ~/.kube/config)", nonEmptyText)
		.option("--context <name>", "context of the kubeconfig (default: the current context)", nonEmptyText)
		.option("--offline", "do not ask AWS")
		.option("-a, --all-stacks", "the clusters of all stacks of the project, as the program reaches them")
		.option("-C, --cwd <folder>", "with --all-stacks: the folder with Pulumi.yaml, or a folder below it", ".");
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "no errors and no warnings"],
				[EXIT.found, "errors or warnings"],
				[EXIT.usage, "wrong usage, or a file that cannot be read"],
				[EXIT.unreachable, "the cluster does not answer, or rejects the credentials"],
			]),
		)
		.action(run);
}

async function run({ file, format, offline, allStacks, cwd, ...cluster }: Options): Promise<void> {
	// Two dozen files, which the other commands do without.
	const { diagnose, examine, examineStacks, exitCodeOfAll, jsonOf, reportOfAll, sourceOf } = await import("../doctor");
	const isElsewhere = cluster.kubeconfig !== undefined || cluster.context !== undefined;
	if ([file !== undefined, isElsewhere, allStacks].filter((each) => each).length > 1) {
		throw new Failure(
			"cli-usage",
			"--file excludes --all-stacks, --kubeconfig and --context, and --all-stacks those two",
		);
	}
	const ofFile = (source: Source) => ({ source, diagnosis: diagnose(source) });
	const ofOne = async () =>
		file === undefined ? examine(openCluster(cluster), offline) : ofFile(sourceOf(...textOf(file)));
	const examined = allStacks ? await examineStacks(cwd, offline) : [await ofOne()];
	printAs(format, {
		report: () => reportOfAll(examined),
		json: () => {
			const all = examined.map(jsonOf);
			return allStacks ? { version: 1, clusters: all } : (all[0] as object);
		},
	});
	process.exitCode = exitCodeOfAll(examined);
}

function textOf(file: string): [text: string, name: string] {
	const name = file === "-" ? "stdin" : file;
	try {
		return [readFileSync(file === "-" ? 0 : file, "utf8"), name];
	} catch (error) {
		throw new Failure("cli-file-unreadable", `${name} cannot be read: ${(error as Error).message}`);
	}
}
