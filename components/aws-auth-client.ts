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
	const proxy = cluster && !cluster.proxyUrl ? getProxyForUrl(cluster.server) : "";
	if (cluster && proxy) {
		// The client reads no HTTPS_PROXY, and its clusters are read-only.
		config.clusters = config.clusters.map((each) => (each === cluster ? { ...each, proxyUrl: proxy } : each));
	}
	return { config, core: config.makeApiClient(client.CoreV1Api) };
}
