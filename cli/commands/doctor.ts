import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { ask } from "../../core/kubernetes/api-client";
import { type Cluster, openCluster } from "../clients/cluster";
import type { NamedConfigMap } from "../doctor/source";
import { EXIT, Failure } from "../errors/failure";
import { type FormatOptions, formatOption, helpEnd, nonEmptyText } from "../options";
import { printAs } from "../output/formats";

interface Options extends FormatOptions {
	file?: string;
	kubeconfig?: string;
	context?: string;
	offline?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access doctor", "the cluster of the current context"],
	["eks-access doctor --context prod --offline", "another cluster, without asking IAM"],
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
		.option("--offline", "do not ask AWS");
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

async function run({ file, format, offline, ...cluster }: Options): Promise<void> {
	// Two dozen files, which the other commands do without.
	const { diagnose, liveSource, reportJson, reportOf, sourceOf, summaryOf } = await import("../doctor");
	if (file !== undefined && (cluster.kubeconfig !== undefined || cluster.context !== undefined)) {
		throw new Failure("cli-usage", "--file excludes --kubeconfig and --context");
	}
	const live = file === undefined ? openCluster(cluster) : undefined;
	const source = live ? liveSource(...(await read(live))) : sourceOf(...textOf(file as string));
	const diagnosis = diagnose(source);
	if (live && !offline) {
		const [{ modeOf }, { accessEntriesOf }, { iamFindings }] = await Promise.all([
			import("../doctor/checks/mode"),
			import("../doctor/checks/access-entries"),
			import("../doctor/checks/iam"),
		]);
		const inAwsAuth = diagnosis.principals.map(({ arn }) => arn);
		const mode = await modeOf(
			live,
			Object.values(diagnosis.entries).every((count) => count === 0),
		);
		const entries = mode.readsEntries ? await accessEntriesOf(live, inAwsAuth) : undefined;
		diagnosis.accessEntries = entries?.principals.length;
		diagnosis.findings.unshift(...mode.observations.map((each) => diagnosis.findingOf(each)));
		diagnosis.findings.push(...(entries?.observations ?? []).map((each) => diagnosis.findingOf(each)));
		if (source.configMap || entries) {
			const found = await iamFindings([...diagnosis.principals, ...(entries?.principals ?? [])]);
			diagnosis.findings.push(...found.map(({ observation, key }) => diagnosis.findingOf(observation, key)));
		}
	}
	printAs(format, { report: () => reportOf(source, diagnosis), json: () => reportJson(source, diagnosis) });
	const { errors, warnings } = summaryOf(diagnosis.findings);
	process.exitCode = errors + warnings > 0 ? EXIT.found : EXIT.ok;
}

async function read(cluster: Cluster): Promise<[name: string, configMap: NamedConfigMap | undefined]> {
	const [namespace, name] = ["kube-system", "aws-auth"];
	const configMap = await ask(cluster, `the ConfigMap ${namespace}/${name}`, ({ core }) =>
		core.readNamespacedConfigMap({ namespace, name }),
	);
	return [`${namespace}/${name} of ${cluster.server}`, configMap];
}

function textOf(file: string): [text: string, name: string] {
	const name = file === "-" ? "stdin" : file;
	try {
		return [readFileSync(file === "-" ? 0 : file, "utf8"), name];
	} catch (error) {
		throw new Failure("cli-file-unreadable", `${name} cannot be read: ${(error as Error).message}`);
	}
}
