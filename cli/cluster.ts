import { existsSync } from "node:fs";
import type { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { connectionOf } from "../components/aws-auth-client";
import type { ErrorCode } from "../components/error-codes";
import { EXIT, Failure } from "./failure";

/** How a command gets to the cluster: as kubectl does. */
export interface ClusterOptions {
	kubeconfig?: string;
	context?: string;
}

export interface Cluster {
	/** URL of the API server. */
	server: string;
	config: KubeConfig;
	core: CoreV1Api;
}

/** Longer than any API server that answers takes; shorter than a person waits. */
const TIMEOUT_SECONDS = 20;

/** The cluster of a kubeconfig: the given file, else KUBECONFIG, else ~/.kube/config. */
export function openCluster({ kubeconfig, context }: ClusterOptions): Cluster {
	// Loaded here: it takes a third of a second, and most commands need no cluster.
	const client = require("@kubernetes/client-node") as typeof import("@kubernetes/client-node");
	const files = new client.KubeConfig();
	if (kubeconfig !== undefined && !existsSync(kubeconfig)) {
		throw new Failure("kubeconfig-invalid", `--kubeconfig ${kubeconfig}: there is no such file`);
	}
	try {
		if (kubeconfig === undefined) {
			files.loadFromDefault();
		} else {
			files.loadFromFile(kubeconfig);
		}
	} catch {
		// The parser's own message quotes the text, which may hold a token.
		throw new Failure(
			"kubeconfig-invalid",
			`${kubeconfig ?? "KUBECONFIG"} is no kubeconfig that can be read; try kubectl config view`,
		);
	}
	if (context !== undefined) {
		const contexts = files.getContexts().map(({ name }) => name);
		if (!contexts.includes(context)) {
			throw new Failure(
				"kubeconfig-invalid",
				`--context ${context}: the kubeconfig has ${contexts.join(", ") || "no contexts"}`,
			);
		}
		files.setCurrentContext(context);
	}
	const server = files.getCurrentCluster()?.server;
	if (!server) {
		throw new Failure(
			"kubeconfig-invalid",
			"the kubeconfig's current context leads to no cluster; pass --context, or kubectl config use-context",
		);
	}
	return { server, ...connectionOf(files.exportConfig()) };
}

/**
 * Asks the cluster; undefined where it has no such thing.
 *
 * @param what For errors, for example `the ConfigMap kube-system/aws-auth`.
 * @throws {Failure} where the API server does not answer, or refuses the credentials; exit code 3.
 */
export async function ask<T>(
	cluster: Cluster,
	what: string,
	request: (cluster: Cluster) => Promise<T>,
): Promise<T | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_SECONDS} s`)), TIMEOUT_SECONDS * 1000);
	});
	try {
		return await Promise.race([request(cluster), timeout]);
	} catch (error) {
		const { code, message } = error as { code?: unknown; message: string };
		if (code === 404) {
			return undefined;
		}
		throw new Failure(...explain(code, message, cluster.server, what), EXIT.unreachable);
	} finally {
		clearTimeout(timer);
	}
}

function explain(code: unknown, message: string, server: string, what: string): [code: ErrorCode, message: string] {
	switch (code) {
		case 401:
			return [
				"api-server-unauthorized",
				`the API server ${server} does not accept these credentials (401 Unauthorized); renew them, or pass --context`,
			];
		case 403:
			return [
				"api-server-forbidden",
				`these credentials may not read ${what} (403 Forbidden); use those of a cluster administrator`,
			];
		default:
			return [
				"api-server-unreachable",
				`cannot reach the API server ${server}: ${message.split("\n")[0]}. Check that the cluster is up, that this machine gets ` +
					"to its endpoint (VPN, private endpoint, proxy), and that the kubeconfig's command for tokens works",
			];
	}
}
