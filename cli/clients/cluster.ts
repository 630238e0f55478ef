import { serverOf } from "../../core/kubernetes/api-client";
import { type Connection, connectionOf } from "../../core/kubernetes/connection";
import { byName, type Kubeconfig, parseKubeconfig } from "../../core/kubernetes/kubeconfig-text";
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
	/** What it is called in AWS, where the kubeconfig says so. */
	eks?: { name: string; region?: string; profile?: string };
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
	return { server: serverOf(connection), eks: eksOf(parseKubeconfig(kubeconfig)), ...connection };
}

/** As `aws eks update-kubeconfig` writes it: options of `aws eks get-token`, or the cluster's ARN as its name. */
function eksOf(config: Kubeconfig): Cluster["eks"] {
	const { cluster, user } = byName(config.contexts, config["current-context"] ?? "")?.context ?? {};
	const exec = byName(config.users, user ?? "")?.user?.exec;
	const option = (...names: string[]) => {
		const args = exec?.args ?? [];
		const at = args.findIndex((arg) => names.includes(arg));
		return at < 0 ? undefined : args[at + 1];
	};
	const [, , , ofArn, , resource] = (cluster ?? "").split(":");
	const name = option("--cluster-name", "--cluster-id", "-i") ?? /^cluster\/(.+)/.exec(resource ?? "")?.[1];
	const profile = exec?.env?.find((each) => each.name === "AWS_PROFILE")?.value ?? option("--profile");
	return name === undefined ? undefined : { name, region: option("--region") ?? ofArn, profile };
}
