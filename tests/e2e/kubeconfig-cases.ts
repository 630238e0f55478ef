import { parse } from "yaml";
import type { ClusterEntry, UserEntry } from "../../core/kubernetes/kubeconfig-text";

/** A kubeconfig that is tried with kubectl and with us. */
export interface KubeconfigCase {
	what: string;
	cluster?: (own: ClusterEntry) => object;
	user?: (own: { token: string }) => UserEntry;
	/** Changes of the kubeconfig, and of its text. */
	config?: (config: Record<string, unknown>) => object;
	text?: (text: string) => string;
	environment?: NodeJS.ProcessEnv;
	/** Who comes in; default: the sandbox's administrator. */
	as?: string;
	/** What kubectl and we say instead. */
	refused?: [kubectl: RegExp, ours: RegExp];
	/** Paths relative to the kubeconfig's folder: what the program says, which has none. */
	isRelative?: boolean;
	/** Whether the proxy is used. */
	proxied?: boolean;
}

/** What a test has to have made: scripts and files in a folder, and a proxy. */
interface Given {
	inFolder(name: string): string;
	proxyUrl(): string;
}

export function kubeconfigCases({ inFolder, proxyUrl }: Given): KubeconfigCase[] {
	const withoutCa = ({ server }: ClusterEntry): ClusterEntry => ({ server });
	const exec = (command: string, more: object = {}) => ({
		exec: { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never", ...more },
	});
	const V1BETA1 = { apiVersion: "client.authentication.k8s.io/v1beta1" };
	const byName = ({ server, ...rest }: ClusterEntry): ClusterEntry => ({
		...rest,
		server: `https://k8s.test:${new URL(server as string).port}`,
		"tls-server-name": "kubernetes",
	});

	return [
		{ what: "everything embedded" },
		{ what: "JSON", text: (text) => JSON.stringify(parse(text)) },
		{ what: "JSON with tabs", text: (text) => JSON.stringify(parse(text), null, "\t") },
		{ what: "Windows line ends", text: (text) => text.replaceAll("\n", "\r\n") },
		{ what: "a byte order mark", text: (text) => `\uFEFF${text}` },
		{ what: "a CA file", cluster: (c) => ({ ...withoutCa(c), "certificate-authority": inFolder("ca.pem") }) },
		{
			what: "a CA file beside the kubeconfig",
			cluster: (c) => ({ ...withoutCa(c), "certificate-authority": "ca.pem" }),
			isRelative: true,
		},
		{
			what: "an embedded CA beside a CA file",
			cluster: (c) => ({ ...c, "certificate-authority": inFolder("ca.pem") }),
			refused: [/are both specified/, /are both given/],
		},
		{
			what: "a CA file that is missing",
			cluster: (c) => ({ ...withoutCa(c), "certificate-authority": inFolder("gone.pem") }),
			refused: [/unable to read certificate-authority/, /certificate-authority cannot be read: ENOENT/],
		},
		{
			what: "no CA",
			cluster: withoutCa,
			refused: [/certificate signed by unknown authority|failed to verify certificate/, /certificate/],
		},
		{ what: "a token file with a line end", user: () => ({ tokenFile: inFolder("token") }) },
		{ what: "a token file beside the kubeconfig", user: () => ({ tokenFile: "token" }), isRelative: true },
		{ what: "a token file beside a token", user: () => ({ token: "wrong", tokenFile: inFolder("token") }) },
		{
			what: "a wrong token",
			user: () => ({ token: "wrong" }),
			refused: [/Unauthorized|must be logged in/, /401/],
		},
		{
			what: "a token and a username",
			user: ({ token }) => ({ token, username: "jane", password: "x" }),
			refused: [/more than one authentication method/, /a token and a username/],
		},
		{ what: "exec v1", user: () => exec(inFolder("get-token")) },
		{ what: "exec v1beta1", user: () => exec(inFolder("get-token"), V1BETA1) },
		{ what: "a command beside the kubeconfig", user: () => exec("./get-token"), isRelative: true },
		{
			what: "a command with arguments and environment",
			user: () => exec("sh", { args: ["-c", '"$SCRIPT"'], env: [{ name: "SCRIPT", value: inFolder("get-token") }] }),
		},
		{
			what: "exec v1alpha1",
			user: () => exec(inFolder("get-token"), { apiVersion: "client.authentication.k8s.io/v1alpha1" }),
			refused: [/v1alpha1/, /v1alpha1; allowed is/],
		},
		{
			what: "exec v1 without interactiveMode",
			user: () => exec(inFolder("get-token"), { interactiveMode: undefined }),
			refused: [/interactiveMode must be specified/, /needs an interactiveMode/],
		},
		{
			what: "a command that answers another version",
			user: () => exec(inFolder("get-old-token")),
			refused: [/plugin returned version/, /answers in the version client.authentication.k8s.io\/v1beta1/],
		},
		{
			what: "a command that fails",
			user: () => exec(inFolder("fail")),
			refused: [/the session has expired/, /fails: the session has expired/],
		},
		{
			what: "a command that is not installed",
			user: () => exec("no-such-command-here", { installHint: "Install it first." }),
			refused: [/not found/, /is not installed, or not on the PATH\. Install it first/],
		},
		{
			what: "insecure-skip-tls-verify",
			cluster: (c) => ({ ...withoutCa(c), "insecure-skip-tls-verify": true }),
		},
		{
			what: "insecure-skip-tls-verify beside a CA",
			cluster: (c) => ({ ...c, "insecure-skip-tls-verify": true }),
			refused: [/insecure flag is not allowed/, /insecure-skip-tls-verify excludes/],
		},
		{
			what: "a context without its user",
			config: (config) => ({ ...config, users: [] }),
			refused: [/auth info "u" does not exist|EOF/, /has the user u, who is not among its users/],
		},
		{
			what: "a context of nobody",
			config: (config) => ({ ...config, contexts: [{ name: "c", context: { cluster: "c" } }] }),
			refused: [/EOF/, /403|401/],
		},
		{
			what: "a current context that is missing",
			config: (config) => ({ ...config, "current-context": "gone" }),
			refused: [/context was not found for specified context: gone|no configuration/, /"gone" leads to no cluster/],
		},
		{ what: "a TLS name", cluster: (c) => ({ ...c, "tls-server-name": "kubernetes" }) },
		{
			what: "a wrong TLS name",
			cluster: (c) => ({ ...c, "tls-server-name": "elsewhere.test" }),
			refused: [/not elsewhere\.test/, /elsewhere\.test/],
		},
		{ what: "a proxy", cluster: (c) => ({ ...c, "proxy-url": proxyUrl() }), proxied: true },
		{
			what: "a proxy of another kind",
			cluster: (c) => ({ ...c, "proxy-url": "ftp://127.0.0.1" }),
			refused: [/unsupported scheme/, /proxy-url ftp:/],
		},
		{ what: "HTTPS_PROXY and a server on this machine", environment: { HTTPS_PROXY: "http://127.0.0.1:1" } },
		{ what: "HTTPS_PROXY", cluster: byName, environment: { HTTPS_PROXY: "proxy" }, proxied: true },
		{
			what: "HTTPS_PROXY, and NO_PROXY with the server's domain",
			cluster: byName,
			environment: { HTTPS_PROXY: "proxy", NO_PROXY: ".test" },
			refused: [/no such host|lookup k8s\.test/, /ENOTFOUND|EAI_AGAIN/],
		},
		{
			what: "a server without https://",
			cluster: (c) => ({ ...c, server: (c.server as string).replace("https://", "") }),
			refused: [/BadRequest/, /not a URL that begins with https/],
		},
		{ what: "a server with a slash at its end", cluster: (c) => ({ ...c, server: `${c.server}/` }) },
		{
			what: "impersonation",
			user: ({ token }) => ({ token, as: "jane", "as-groups": ["system:masters"] }),
			as: "jane",
		},
	];
}
