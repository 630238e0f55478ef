import type { CoreV1Api, KubeConfig } from "@kubernetes/client-node";

/** The ConfigMap that aws-iam-authenticator reads. */
export const AWS_AUTH = { namespace: "kube-system", name: "aws-auth" };

/**
 * The cluster of a kubeconfig's current context. Also part of the clean destroy's bundle. Libraries
 * are loaded where they are used: the client takes a third of a second.
 */
export function connectionOf(kubeconfig: string): { config: KubeConfig; core: CoreV1Api } {
	const client = require("@kubernetes/client-node");
	const { getProxyForUrl } = require("proxy-from-env");
	const config: KubeConfig = new client.KubeConfig();
	config.loadFromString(kubeconfig);
	const cluster = config.getCurrentCluster();
	if (cluster) {
		// What kubectl does and this client does not: HTTPS_PROXY counts, and a plain http:// server needs no TLS setting.
		const proxyUrl = cluster.proxyUrl ?? (getProxyForUrl(cluster.server) || undefined);
		const skipTLSVerify = cluster.skipTLSVerify || cluster.server.startsWith("http:");
		const adapted = { ...cluster, proxyUrl, skipTLSVerify };
		config.clusters = config.clusters.map((each) => (each === cluster ? adapted : each));
	}
	return { config, core: config.makeApiClient(client.CoreV1Api) };
}
