import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { ask, openCluster } from "../cluster";
import type { Source } from "../doctor/source";
import { EXIT, Failure } from "../failure";
import { helpEnd, nonEmptyText } from "../options";
import { painterFor, print, printJson } from "../terminal";

interface Options {
	file?: string;
	kubeconfig?: string;
	context?: string;
	offline?: boolean;
	json?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access doctor", "the cluster of the current context"],
	["eks-access doctor --context prod --offline", "another one, without asking IAM"],
	["eks-access doctor --file aws-auth.yaml", "a file, before kubectl apply"],
	["kubectl get cm -n kube-system aws-auth -o yaml | eks-access doctor --file -", "no kubeconfig needed"],
	["eks-access doctor --json | jq '.findings[] | select(.severity == \"error\")'", "for machines"],
];

export function registerDoctor(program: Command): void {
	program
		.command("doctor")
		.summary("what the cluster's authenticator would drop or never match in aws-auth")
		.description(
			"Reads aws-auth as aws-iam-authenticator does, and reports what it would drop, what never matches, and what gives more " +
				"than was meant, each with its line and the fix. Changes nothing.\n\n" +
				"An administrator (system:masters) is a warning, unless a stack of this project says admin: true for it; then it is a note. " +
				"On a live cluster, with AWS credentials, it also asks IAM whether the roles and users of that account still exist.",
		)
		.option(
			"-f, --file <file>",
			"instead of the cluster: a ConfigMap in YAML or JSON, or the text of mapRoles; - is stdin",
			nonEmptyText,
		)
		.option("--kubeconfig <file>", "the kubeconfig (default: KUBECONFIG, else ~/.kube/config)", nonEmptyText)
		.option("--context <name>", "context of the kubeconfig (default: its current one)", nonEmptyText)
		.option("--offline", "ask nobody but the cluster: no look-up in IAM")
		.option("--json", "for machines")
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "in order: no errors, no warnings"],
				[EXIT.found, "errors or warnings"],
				[EXIT.usage, "wrong usage, or a file that cannot be read"],
				[EXIT.unreachable, "the cluster does not answer, or refuses the credentials"],
			]),
		)
		.action(run);
}

async function run({ file, json, offline, ...cluster }: Options): Promise<void> {
	// Two dozen files, which the other commands do without.
	const { diagnose, reportJson, reportText, sourceOf, summaryOf } = await import("../doctor");
	if (file !== undefined && (cluster.kubeconfig !== undefined || cluster.context !== undefined)) {
		throw new Failure("cli-usage", "--file excludes --kubeconfig and --context");
	}
	const source = file === undefined ? await liveSource(cluster) : sourceOf(...textOf(file));
	const diagnosis = diagnose(source);
	if (source.kind === "cluster" && source.configMap && !offline) {
		const { iamFindings } = await import("../doctor/iam-check");
		const found = await iamFindings(diagnosis.principals);
		diagnosis.findings.push(...found.map(({ observation, key }) => diagnosis.findingOf(observation, key)));
	}
	if (json) {
		printJson(reportJson(source, diagnosis));
	} else {
		print(reportText(source, diagnosis, painterFor(process.stdout)));
	}
	const { errors, warnings } = summaryOf(diagnosis.findings);
	process.exitCode = errors + warnings > 0 ? EXIT.found : EXIT.ok;
}

async function liveSource(options: { kubeconfig?: string; context?: string }): Promise<Source> {
	const cluster = openCluster(options);
	const [namespace, name] = ["kube-system", "aws-auth"];
	const configMap = await ask(cluster, `the ConfigMap ${namespace}/${name}`, ({ core }) =>
		core.readNamespacedConfigMap({ namespace, name }),
	);
	return { kind: "cluster", name: `${namespace}/${name} of ${cluster.server}`, configMap };
}

function textOf(file: string): [text: string, name: string] {
	const name = file === "-" ? "stdin" : file;
	try {
		return [readFileSync(file === "-" ? 0 : file, "utf8"), name];
	} catch (error) {
		throw new Failure("cli-file-unreadable", `${name} cannot be read: ${(error as Error).message}`);
	}
}
