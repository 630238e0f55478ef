import { accessSync, constants, readdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { ask } from "./command";
import { OWN_ENVIRONMENT } from "./own-environment";
import type { Program } from "./parts";

/** A program and where it came from. */
export interface Tool {
	path: string;
	version: string;
	origin: string;
}

/** The Automation API's own package: an older CLI lacks what it asks for. */
const MINIMUM_PULUMI = "3.248.0";
/** The first with client.authentication.k8s.io/v1beta1 as `aws eks get-token` and today's kubeconfigs write it. */
const MINIMUM_KUBECTL = "1.24.0";
const MINIMUM_AWS = { 1: "1.24.0", 2: "2.7.0" } as Record<string, string>;

/** What this machine has already. A program that does not run, or is too old, is not used. */
export async function findTools(): Promise<Partial<Record<Program | "aws" | "pulumi-resource-aws", Tool>>> {
	const [pulumi, kubectl, aws, etcd, apiServer] = await Promise.all([
		answering(which("pulumi"), ["version"], (text) => {
			const version = /^v?(3\.\d+\.\d+)/m.exec(text)?.[1];
			return version && atLeast(version, MINIMUM_PULUMI) ? version : undefined;
		}),
		answering(which("kubectl"), ["version", "--client"], (text) => {
			const version = /v(1\.\d+\.\d+)/.exec(text)?.[1];
			return version && atLeast(version, MINIMUM_KUBECTL) ? version : undefined;
		}),
		answering(which("aws"), ["--version"], (text) => {
			const [, version = "", major = ""] = /aws-cli\/((\d+)\.\d+\.\d+)/.exec(text) ?? [];
			const minimum = MINIMUM_AWS[major];
			return minimum && atLeast(version, minimum) ? version : undefined;
		}),
		answering(asset("etcd"), ["--version"], (text) => {
			return /etcd Version: (\d+\.\d+\.\d+)/.exec(text)?.[1];
		}),
		answering(asset("kube-apiserver"), ["--version"], (text) => {
			return /v(1\.\d+\.\d+)/.exec(text)?.[1];
		}),
	]);
	return {
		pulumi,
		kubectl,
		aws,
		etcd,
		"kube-apiserver": apiServer,
		// Part of the whole CLI.
		"pulumi-language-yaml": onPath("pulumi-language-yaml"),
		"pulumi-resource-kubernetes": plugin("kubernetes", 4),
		"pulumi-resource-aws": plugin("aws", 7),
	};
}

/** The first executable of that name on the PATH. */
export function which(name: string): string | undefined {
	return (OWN_ENVIRONMENT.PATH ?? "")
		.split(delimiter)
		.filter(Boolean)
		.map((folder) => join(folder, name))
		.find(isExecutable);
}

/** a >= b, both numbers with dots between. */
export function atLeast(a: string, b: string): boolean {
	return a.localeCompare(b, "en", { numeric: true }) >= 0;
}

async function answering(
	path: string | undefined,
	question: string[],
	versionIn: (answer: string) => string | undefined,
): Promise<Tool | undefined> {
	if (!path) return undefined;
	// The sandbox's people have homes of their own: what hangs on the developer's (a `pip install --user`) is no use to them.
	const env = { ...OWN_ENVIRONMENT, HOME: tmpdir(), PULUMI_SKIP_UPDATE_CHECK: "true" };
	const answer = await ask(path, question, { env });
	const version = answer === undefined ? undefined : versionIn(answer);
	return version ? { path, version, origin: path } : undefined;
}

/** A program of the test binaries that controller developers have (setup-envtest). */
function asset(name: string): string | undefined {
	const folder = OWN_ENVIRONMENT.KUBEBUILDER_ASSETS;
	const path = folder && join(folder, name);
	return path && isExecutable(path) ? path : undefined;
}

/** What does not say its version when asked. */
function onPath(name: string): Tool | undefined {
	const path = which(name);
	return path ? { path, version: "", origin: path } : undefined;
}

/** A provider plugin on the PATH, or the newest of that major version that `pulumi plugin ls` would list. */
function plugin(name: string, major: number): Tool | undefined {
	const program = `pulumi-resource-${name}`;
	const ambient = onPath(program);
	if (ambient) return ambient;
	const folder = join(OWN_ENVIRONMENT.PULUMI_HOME || join(homedir(), ".pulumi"), "plugins");
	const pattern = new RegExp(`^resource-${name}-v(${major}\\.\\d+\\.\\d+)$`);
	return entries(folder)
		.flatMap((entry) => pattern.exec(entry)?.[1] ?? [])
		.sort((a, b) => (atLeast(a, b) ? -1 : 1))
		.map((version) => {
			const path = join(folder, `resource-${name}-v${version}`, program);
			return { path, version, origin: path };
		})
		.find(({ path }) => isExecutable(path));
}

function entries(folder: string): string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
