import { AccessError } from "./access-error";

/** Where a cluster's API server is, and how to know it. */
export interface ClusterEndpoint {
	/** URL of the API server. */
	server: string;
	/** PEM, base64; absent where the server's certificate is signed by a public authority. */
	certificateAuthorityData?: string;
	/** Other fields of a kubeconfig's cluster entry that name the way there, such as `proxy-url`. */
	other?: Record<string, string>;
}

/** What `aws eks get-token` needs to know. */
export interface TokenRequest {
	cluster: string;
	region: string;
	/** Role to assume for the token; default: none, the caller's own identity. */
	roleArn?: string;
	/** AWS profile; default: the environment's credentials. */
	profile?: string;
}

/** A kubeconfig (JSON, which is YAML) that gets a fresh token from `aws eks get-token`; it holds no secret. */
export function execKubeconfig(name: string, endpoint: ClusterEndpoint, request: TokenRequest): string {
	const { cluster, region, roleArn, profile } = request;
	const exec = {
		apiVersion: "client.authentication.k8s.io/v1beta1",
		command: "aws",
		args: [
			...["--region", region, "eks", "get-token", "--cluster-name", cluster, "--output", "json"],
			...(roleArn ? ["--role-arn", roleArn] : []),
		],
		...(profile ? { env: [{ name: "AWS_PROFILE", value: profile }] } : {}),
		interactiveMode: "Never",
	};
	return JSON.stringify(
		{
			apiVersion: "v1",
			kind: "Config",
			clusters: [
				{
					name,
					cluster: {
						server: endpoint.server,
						...(endpoint.certificateAuthorityData
							? {
									"certificate-authority-data": endpoint.certificateAuthorityData,
								}
							: {}),
						...endpoint.other,
					},
				},
			],
			users: [{ name, user: { exec } }],
			contexts: [{ name, context: { cluster: name, user: name } }],
			"current-context": name,
		},
		null,
		2,
	);
}

/** The fields of a cluster entry that say how to get there and are no file of the operator's machine. */
const CARRIED_OVER = ["proxy-url", "tls-server-name"];

/**
 * The API server that a kubeconfig's current context points to. `readFile` is for kubeconfigs that name the
 * certificate authority's file instead of holding it.
 */
export function endpointOf(kubeconfig: string, readFile: (path: string) => Buffer): ClusterEndpoint {
	const config = parseKubeconfig(kubeconfig);
	const current = config["current-context"];
	const context = byName(config.contexts, current)?.context;
	const cluster = byName(config.clusters, context?.cluster)?.cluster;
	if (!cluster?.server) {
		throw new AccessError(
			"kubeconfig-invalid",
			`kubeconfig: its current-context ${JSON.stringify(current ?? null)} leads to no cluster with a server. ` +
				"Set current-context to one of its contexts, for example with kubectl config use-context.",
		);
	}
	const file = cluster["certificate-authority"];
	return {
		server: cluster.server,
		certificateAuthorityData:
			cluster["certificate-authority-data"] ?? (file ? readFile(file).toString("base64") : undefined),
		other: Object.fromEntries(CARRIED_OVER.filter((key) => cluster[key]).map((key) => [key, cluster[key]])),
	};
}

interface Kubeconfig {
	"current-context"?: string;
	contexts?: { name: string; context?: { cluster?: string } }[];
	clusters?: { name: string; cluster?: Record<string, string> }[];
}

function parseKubeconfig(text: string): Kubeconfig {
	// Loaded where it is used: not every program has a kubeconfig to read.
	const yaml: typeof import("yaml") = require("yaml");
	let parsed: unknown;
	try {
		parsed = yaml.parse(text, { logLevel: "error" });
	} catch {
		// The parser's own message quotes the text, which may hold a token.
		parsed = undefined;
	}
	if (typeof parsed !== "object" || parsed === null || !("clusters" in parsed)) {
		throw new AccessError(
			"kubeconfig-invalid",
			"kubeconfig: this is no kubeconfig (YAML or JSON with clusters, users, contexts and current-context). " +
				"Set it from a file: pulumi config set --secret kubeconfig < kubeconfig.yaml",
		);
	}
	return parsed as Kubeconfig;
}

function byName<T extends { name: string }>(list: T[] | undefined, name: string | undefined): T | undefined {
	return Array.isArray(list) ? list.find((entry) => entry?.name === name) : undefined;
}
