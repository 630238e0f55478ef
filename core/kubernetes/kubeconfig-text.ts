import { AccessError } from "../errors/access-error";

/** A kubeconfig as it is written: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export interface Kubeconfig {
	"current-context"?: string;
	contexts?: { name: string; context?: { cluster?: string; user?: string } | null }[];
	clusters?: { name: string; cluster?: ClusterEntry | null }[];
	users?: { name: string; user?: UserEntry | null }[];
}

export interface ClusterEntry {
	server?: string;
	"certificate-authority"?: string;
	"certificate-authority-data"?: string;
	"insecure-skip-tls-verify"?: boolean;
	"tls-server-name"?: string;
	"proxy-url"?: string;
}

export interface UserEntry {
	token?: string;
	tokenFile?: string;
	"client-certificate"?: string;
	"client-certificate-data"?: string;
	"client-key"?: string;
	"client-key-data"?: string;
	username?: string;
	password?: string;
	as?: string;
	"as-uid"?: string;
	"as-groups"?: string[];
	exec?: ExecEntry | null;
	"auth-provider"?: { name: string; config?: object };
}

export interface ExecEntry {
	apiVersion?: string;
	command?: string;
	args?: string[] | null;
	env?: { name: string; value: string }[] | null;
	interactiveMode?: string;
	provideClusterInfo?: boolean;
	installHint?: string;
}

/** What a kubeconfig's current context leads to. */
export interface CurrentContext {
	cluster: ClusterEntry & { server: string };
	user: UserEntry;
}

/** The kubeconfig of a text, YAML or JSON. @throws {AccessError} */
export function parseKubeconfig(text: string): Kubeconfig {
	let parsed: unknown;
	try {
		parsed = parse(text.replace(/^\uFEFF/, ""));
	} catch {
		// The parser's own message quotes the text, which may hold a token.
		parsed = undefined;
	}
	if (typeof parsed !== "object" || parsed === null || !("clusters" in parsed)) {
		throw invalidKubeconfig(
			"this is no kubeconfig (YAML or JSON with clusters, users, contexts and current-context). " +
				"Set it from a file: pulumi config set --secret kubeconfig < kubeconfig.yaml",
		);
	}
	return parsed as Kubeconfig;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// Loaded where it is used: not every program has a kubeconfig to read.
		const yaml: typeof import("yaml") = require("yaml");
		return yaml.parse(text, { logLevel: "error" });
	}
}

/** What kubectl would use of it, with kubectl's refusals. @throws {AccessError} */
export function currentContextOf(config: Kubeconfig): CurrentContext {
	const name = config["current-context"];
	const context = byName(config.contexts, name)?.context;
	const cluster = byName(config.clusters, context?.cluster)?.cluster;
	if (!context || !cluster?.server) {
		throw invalidKubeconfig(
			`its current-context ${JSON.stringify(name ?? null)} leads to no cluster with a server. ` +
				"Set current-context to one of its contexts, for example with kubectl config use-context.",
		);
	}
	const user = context.user ? byName(config.users, context.user) : { name: "", user: {} };
	if (!user) {
		throw invalidKubeconfig(
			`its context ${name} has the user ${context.user}, who is not among its users. Add that user, or name another in the context`,
		);
	}
	const current = { cluster: { ...cluster, server: cluster.server }, user: user.user ?? {} };
	const problem = problemOf(current);
	if (problem) {
		throw invalidKubeconfig(`its context ${name}: ${problem}`);
	}
	return current;
}

export function invalidKubeconfig(problem: string): AccessError {
	return new AccessError("kubeconfig-invalid", `kubeconfig: ${problem}`);
}

function problemOf({ cluster, user }: CurrentContext): string | undefined {
	const has = (entry: object, key: string) => Boolean((entry as Record<string, unknown>)[key]);
	if (!/^https?:/i.test(cluster.server) || !URL.canParse(cluster.server)) {
		return `the server ${cluster.server} is not a URL that begins with https://. Write for example https://example.com:6443`;
	}
	const twice = [
		...["certificate-authority"].filter((key) => has(cluster, key) && has(cluster, `${key}-data`)),
		...["client-certificate", "client-key"].filter((key) => has(user, key) && has(user, `${key}-data`)),
	];
	if (twice.length > 0) {
		return `${twice[0]} and ${twice[0]}-data are both given. Remove one of the two`;
	}
	if (
		cluster["insecure-skip-tls-verify"] &&
		(has(cluster, "certificate-authority") || has(cluster, "certificate-authority-data"))
	) {
		return "insecure-skip-tls-verify excludes a certificate authority, which would not be looked at. Remove one of the two";
	}
	const proxy = cluster["proxy-url"];
	if (proxy && !/^(https?|socks5):\/\//.test(proxy)) {
		return `proxy-url ${proxy} is none of http://, https:// and socks5://`;
	}
	const [isCert, isKey] = ["client-certificate", "client-key"].map((key) => has(user, key) || has(user, `${key}-data`));
	if (isCert !== isKey) {
		return "client-certificate and client-key need each other";
	}
	if (user.token && user.username) {
		return "its user has a token and a username; Kubernetes allows one of the two";
	}
	if ((user["as-groups"]?.length ?? 0) > 1) {
		return "its user impersonates several groups (as-groups), which is not supported. Give one, or credentials of the user";
	}
	return user.exec ? execProblem(user.exec) : undefined;
}

const EXEC_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

function execProblem({ apiVersion, command, interactiveMode }: ExecEntry): string | undefined {
	if (!command) {
		return "exec of its user has no command";
	}
	if (!EXEC_VERSIONS.includes(apiVersion ?? "")) {
		return `exec of its user has the apiVersion ${apiVersion}; allowed is ${EXEC_VERSIONS.join(" and ")}. Renew it: aws eks update-kubeconfig`;
	}
	if (apiVersion === EXEC_VERSIONS[0] && !interactiveMode) {
		return `exec of its user needs an interactiveMode with ${apiVersion}, such as interactiveMode: Never`;
	}
	if (interactiveMode === "Always") {
		return "exec of its user asks for a terminal (interactiveMode: Always), and there is none. Use a command that asks nothing";
	}
	return undefined;
}

export function byName<T extends { name: string }>(list: T[] | undefined, name: string | undefined): T | undefined {
	return Array.isArray(list) ? list.find((entry) => entry?.name === name) : undefined;
}
