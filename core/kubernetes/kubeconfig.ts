import { existsSync, readFileSync } from "node:fs";
import { requireAbsolute } from "./credentials";
import { byName, type ClusterEntry, currentContextOf, parseKubeconfig } from "./kubeconfig-text";

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

/**
 * The command with which people get their kubeconfig.
 *
 * @param context Name of the context and its user, for people who have several for one cluster: each run would else replace the last one's.
 */
export function updateKubeconfigCommand({
	region,
	cluster,
	roleArn,
	context,
}: Pick<TokenRequest, "region" | "cluster" | "roleArn"> & { context?: string }): string {
	return [
		`aws eks --region ${region} update-kubeconfig --name ${cluster}`,
		...(roleArn ? [`--role-arn ${roleArn}`] : []),
		...(context ? [`--alias ${context} --user-alias ${context}`] : []),
	].join(" ");
}

/** The fields of a cluster entry that say how to get there and are no file of the operator's machine. */
const CARRIED_OVER = ["proxy-url", "tls-server-name"] as const;

/**
 * The API server that a kubeconfig's current context points to, without passwords in URLs. `readFile` is for kubeconfigs that name the
 * certificate authority's file instead of holding it.
 */
export function endpointOf(kubeconfig: string, readFile: (path: string) => Buffer): ClusterEndpoint {
	const { cluster } = currentContextOf(parseKubeconfig(kubeconfig));
	const file = cluster["certificate-authority"];
	const embedded = cluster["certificate-authority-data"];
	if (file && !embedded) {
		requireAbsolute("certificate-authority", file);
	}
	return {
		server: withoutPassword(cluster.server),
		certificateAuthorityData: embedded ?? (file ? readFile(file).toString("base64") : undefined),
		other: Object.fromEntries(
			CARRIED_OVER.filter((key) => cluster[key]).map((key) => [key, withoutPassword(cluster[key] as string)]),
		),
	};
}

/** A text whose URLs name no user and no password, which a proxy or an API server may take there. */
export function withoutPassword(text: string): string {
	return text.replace(/(:\/\/)[^/?#\s]*@/g, "$1");
}

/** Whether a kubeconfig holds a token, a password or a private key itself, instead of a command that gets one. */
export function holdsSecret(kubeconfig: string): boolean {
	const { users } = parseKubeconfig(kubeconfig);
	const secrets = ["token", "password", "client-key-data"] as const;
	return Array.isArray(users) && users.some((entry) => secrets.some((key) => entry?.user?.[key]));
}

/** What a kubernetes provider may choose of a kubeconfig. */
export interface KubeconfigChoice {
	/** Instead of its current-context. */
	context?: string;
	/** Instead of its context's. */
	cluster?: string;
}

/**
 * The cluster entry of a kubeconfig: everything about the way to the API server. Undefined where it
 * cannot be told; whoever uses the kubeconfig says what is wrong with it.
 */
export function clusterEntryOf(
	kubeconfig: unknown,
	choice: KubeconfigChoice = {},
): (ClusterEntry & { server: string }) | undefined {
	if (!kubeconfig) {
		return undefined;
	}
	try {
		const config = parseKubeconfig(textOf(kubeconfig));
		const context = byName(config.contexts, choice.context ?? config["current-context"])?.context;
		const cluster = byName(config.clusters, choice.cluster ?? context?.cluster)?.cluster;
		return cluster?.server ? { ...cluster, server: cluster.server } : undefined;
	} catch {
		return undefined;
	}
}

/** The kubeconfig whose current context is what was chosen. */
export function kubeconfigWith(kubeconfig: unknown, choice: KubeconfigChoice): string {
	const config = parseKubeconfig(textOf(kubeconfig));
	const current = choice.context ?? config["current-context"];
	const contexts = config.contexts?.map((each) =>
		each.name === current
			? { ...each, context: { ...each.context, cluster: choice.cluster ?? each.context?.cluster } }
			: each,
	);
	return JSON.stringify({ ...config, "current-context": current, contexts });
}

/** A provider takes a kubeconfig's text, its object or its file. */
function textOf(kubeconfig: unknown): string {
	const given = typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
	return !given.includes("\n") && existsSync(given) ? readFileSync(given, "utf8") : given;
}
