import { awsClients } from "../../../core/aws/clients";
import type { Cluster } from "../../clients/cluster";
import { describeEksCluster } from "../../clients/eks-cluster";
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
	try {
		const found = await describeEksCluster(awsClients({ region, profile }).eks, name);
		const isThis = found.endpoint === server;
		const options = `${region ? ` --region ${region}` : ""} --cluster-name ${name}`;
		const unread: Observation = {
			code: "EKS012",
			what: `the cluster ${name} has the authentication mode API: it does not read aws-auth, whatever is in it`,
			fix: `Manage access entries instead: aws eks list-access-entries${options}`,
		};
		return {
			observations: isThis && found.mode === "API" && !isEmpty ? [unread] : [],
			readsEntries: isThis && found.mode !== undefined && found.mode !== "CONFIG_MAP",
		};
	} catch (error) {
		const why = `${(error as Error).name}: ${(error as Error).message}`.split("\n")[0];
		const what = `not checked whether the cluster ${name} reads aws-auth: AWS does not describe it (${why})`;
		const fix = "Set AWS credentials that may eks:DescribeCluster, or pass --offline";
		return { observations: [{ code: "EKS503", what, fix }], readsEntries: false };
	}
}
