import { awsMessageOf } from "../../../core/aws/clients";
import { awsReader } from "../../../core/aws/sdk-reader";
import type { Cluster } from "../../clients/cluster";
import type { Observation } from "../finding";

export interface Mode {
	observations: Observation[];
	readsEntries: boolean;
}

/**
 * Whether the cluster reads aws-auth at all, and access entries, by what AWS says; nothing where the kubeconfig does not name an EKS
 * cluster.
 *
 * @param isEmpty Whether aws-auth lets nobody in anyway.
 */
export async function modeOf({ eks, server }: Cluster, isEmpty: boolean): Promise<Mode> {
	if (!eks) {
		return { observations: [], readsEntries: false };
	}
	const { name, region, profile } = eks;
	const found = await awsReader({ region, profile }).cluster(name).catch(awsMessageOf);
	if (typeof found !== "object") {
		const what = `not checked whether the cluster ${name} reads aws-auth: AWS does not describe it (${found ?? "there is none of this name"})`;
		const fix = "Set AWS credentials that may eks:DescribeCluster, or pass --offline";
		return { observations: [{ code: "EKS503", what, fix }], readsEntries: false };
	}
	const isThis = found.endpoint === server;
	const unread: Observation = {
		code: "EKS012",
		what: `the cluster ${name} has the authentication mode API: it does not read aws-auth, whatever is in it`,
		fix: `Manage access entries instead: aws eks list-access-entries${region ? ` --region ${region}` : ""} --cluster-name ${name}`,
	};
	return {
		observations: isThis && found.mode === "API" && !isEmpty ? [unread] : [],
		readsEntries: isThis && found.mode !== undefined && found.mode !== "CONFIG_MAP",
	};
}
