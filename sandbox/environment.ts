import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { quoted } from "../core/errors/escape";
import { writeAwsPluginLauncher } from "./aws-plugin/launcher";
import { LANGUAGE_HOST, tsNode, writeLanguageHostLauncher } from "./language-host/launcher";
import { OWN_ENVIRONMENT } from "./own-environment";
import type { Toolchain } from "./toolchain";

export type Environment = Record<string, string>;

/** What the people of the sandbox find on their PATH. */
const COMMANDS = ["pulumi", "kubectl", "generate-sdk"] as const;
/** The developer's own accounts, clusters and proxies must not leak into the sandbox. */
const FOREIGN = /^(AWS_|PULUMI_|KUBECONFIG$|KUBERNETES_|(https?|all|no)_proxy$)/i;

/** The whole Pulumi CLI brings its own. */
const HAS_LANGUAGE_HOST = (OWN_ENVIRONMENT.PATH ?? "")
	.split(delimiter)
	.some((folder) => existsSync(join(folder, LANGUAGE_HOST)));

/** A folder with the sandbox's commands, first on everybody's PATH. */
export function writeCommands(directory: string, { programs }: Toolchain): string {
	const bin = join(directory, "bin");
	mkdirSync(bin, { recursive: true });
	for (const command of COMMANDS) place(command, programs[command], bin);
	const aws = getTokenFast(programs.aws.path, programs["aws-iam-authenticator"].path);
	writeFileSync(join(bin, "aws"), aws, { mode: 0o755 });
	return bin;
}

/**
 * The engine's plugins, where `pulumi plugin install` would put them: of one on the PATH the engine speaks in every run. Providers have the
 * version that the SDK of this checkout asks for.
 */
function writePlugins(home: string, { programs, awsProvider }: Toolchain): void {
	const folder = (name: string, version = "0.0.0") => {
		const path = join(home, "plugins", `${name}-v${version}`);
		mkdirSync(path, { recursive: true });
		return path;
	};
	const aws = folder("resource-aws", versionOf("@pulumi/aws"));
	if (awsProvider) place("pulumi-resource-aws", awsProvider, aws);
	else writeAwsPluginLauncher(aws);
	const kubernetes = folder("resource-kubernetes", versionOf("@pulumi/kubernetes"));
	place("pulumi-resource-kubernetes", programs["pulumi-resource-kubernetes"], kubernetes);
	place("pulumi-language-yaml", programs["pulumi-language-yaml"], folder("language-yaml"));
	if (!HAS_LANGUAGE_HOST) writeLanguageHostLauncher(folder("language-nodejs"));
	// Of Pulumi's dynamic resources.
	const dynamic = join(dirname(require.resolve("@pulumi/pulumi/package.json")), "pulumi-resource-pulumi-nodejs");
	place("pulumi-resource-pulumi-nodejs", { path: dynamic }, folder("resource-pulumi-nodejs"));
}

function versionOf(sdk: string): string {
	return (require(`${sdk}/package.json`) as { version: string }).version;
}

/** A program in a folder, under its name; one that is not built yet as what builds it. */
function place(command: string, { path }: { path: string }, folder: string): void {
	if (existsSync(path)) symlinkSync(path, join(folder, command));
	else writeFileSync(join(folder, command), builtFirst(command, path), { mode: 0o700 });
}

/** A command that is built when it is first run, as the developer who has started the sandbox would build it. */
function builtFirst(command: string, path: string): string {
	const own = Object.entries(OWN_ENVIRONMENT).filter(([name]) => /^(HOME|PATH)$|_proxy$/i.test(name));
	const variables = own.map(([name, value]) => quoted(`${name}=${value}`)).join(" ");
	return `#!/bin/sh
[ -x ${quoted(path)} ] || env ${variables} ${tsNode(join(__dirname, "build.ts"))} ${command} >&2 || exit 1
exec ${quoted(path)} "$@"
`;
}

/**
 * The AWS CLI, but for the call that every connection to the cluster begins with. aws-iam-authenticator signs the same request in a tenth
 * of the time. What it refuses, and options that it does not know, are for the AWS CLI.
 */
function getTokenFast(aws: string, authenticator: string): string {
	return `#!/bin/sh
token() {
	region=$AWS_REGION cluster= role=
	while [ $# -gt 0 ]; do
		case "$1 $2" in
		"eks get-token") ;;
		--region\\ *) region=$2 ;;
		--cluster-name\\ *) cluster=$2 ;;
		--role\\ * | --role-arn\\ *) role=$2 ;;
		"--output json") ;;
		*) return 1 ;;
		esac
		shift 2 || return 1
	done
	[ "$cluster" ] && [ "$AWS_ACCESS_KEY_ID" ] && [ -z "$AWS_PROFILE" ] &&
		'${authenticator}' token --region "$region" --cluster-id "$cluster" \${role:+--role "$role" --session-name EKSGetTokenAuth} 2>/dev/null
}
case " $* " in *" eks get-token "*) token "$@" && exit ;; esac
exec '${aws}' "$@"
`;
}

/** What everybody in the sandbox has: the PATH, and nothing of the developer's accounts. */
export function commonEnvironment(bin: string): Environment {
	const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
	return {
		...(Object.fromEntries(own) as Environment),
		PATH: [bin, process.env.PATH].join(delimiter),
	};
}

/** The engine's settings: a backend, plugins and secrets of the sandbox only. */
export function pulumiEnvironment(directory: string, toolchain: Toolchain): Environment {
	const home = join(directory, "pulumi-home");
	const state = join(directory, "pulumi-state");
	mkdirSync(state, { recursive: true });
	writePlugins(home, toolchain);
	return {
		PULUMI_HOME: home,
		PULUMI_BACKEND_URL: stateUrl(state),
		// The state goes with the sandbox; the passphrase guards nothing.
		PULUMI_CONFIG_PASSPHRASE: "sandbox",
		PULUMI_SKIP_UPDATE_CHECK: "true",
		// The plugins are there.
		PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
		// A program with an older SDK finds them too.
		PULUMI_ENABLE_LEGACY_PLUGIN_SEARCH: "true",
		// Else the engine says in every run that the provider is older than its SDK.
		PULUMI_DEV: "true",
	};
}

/** A home of one's own: kubectl and the AWS CLI keep kubeconfigs and caches there. */
export function writeHome(directory: string, name: string, kubeconfig?: string): Environment {
	const home = join(directory, "homes", name);
	mkdirSync(join(home, ".kube"), { recursive: true, mode: 0o700 });
	if (kubeconfig) writeFileSync(join(home, ".kube", "config"), kubeconfig, { mode: 0o600 });
	return { HOME: home };
}

/** The operator keeps the developer's home, with its shell and language settings, but not its kubeconfig. */
export function writeOperatorKubeconfig(directory: string, kubeconfig: string): Environment {
	const file = join(directory, "operator.kubeconfig");
	writeFileSync(file, kubeconfig, { mode: 0o600 });
	return { KUBECONFIG: file, KUBECACHEDIR: join(directory, "kube-cache") };
}

/** The first with the others laid over it; what is undefined in them is removed. */
export function layered(...layers: NodeJS.ProcessEnv[]): Environment {
	const entries = Object.entries(Object.assign({}, ...layers) as NodeJS.ProcessEnv);
	return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** A folder as the engine's backend. Without `metadata=skip` an engine that is killed may leave half a file, and its stack cannot be read. */
export function stateUrl(folder: string): string {
	return `file://${folder}?metadata=skip`;
}
