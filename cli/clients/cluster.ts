import { serverOf } from "../../core/kubernetes/api-client";
import { type Connection, connectionOf } from "../../core/kubernetes/connection";
import { Failure } from "../errors/failure";
import { readKubeconfigFiles } from "./kubeconfig-files";

/** How a command gets to the cluster: as kubectl does. */
export interface ClusterOptions {
	kubeconfig?: string;
	context?: string;
}

export interface Cluster extends Connection {
	/** URL of the API server. */
	server: string;
}

/** The cluster of a kubeconfig: the given file, else KUBECONFIG, else ~/.kube/config. */
export function openCluster({ kubeconfig, context }: ClusterOptions): Cluster {
	const config = readKubeconfigFiles(kubeconfig);
	const contexts = (config.contexts ?? []).map(({ name }) => name);
	if (context !== undefined && !contexts.includes(context)) {
		throw new Failure(
			"kubeconfig-invalid",
			`--context ${context}: the kubeconfig has ${contexts.join(", ") || "no contexts"}`,
		);
	}
	const current = context ?? config["current-context"];
	return clusterOf(JSON.stringify({ ...config, "current-context": current }));
}

/** The cluster of a kubeconfig's text. */
export function clusterOf(kubeconfig: string): Cluster {
	const connection = connectionOf(kubeconfig);
	return { server: serverOf(connection), ...connection };
}
