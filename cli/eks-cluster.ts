import type { ClusterMode } from "../components/authentication";
import { connectionOf } from "../components/aws-auth-client";
import type { AwsClients } from "./aws-clients";
import type { Cluster } from "./cluster";

/** What AWS says about a cluster. */
export interface EksCluster {
	name: string;
	endpoint: string;
	/** PEM, base64. */
	certificateAuthorityData?: string;
	mode?: ClusterMode;
}

/** Asks AWS, and rejects with what AWS says. */
export async function describeEksCluster(eks: AwsClients["eks"], name: string): Promise<EksCluster> {
	const { cluster } = await eks.describeCluster({ name });
	return {
		name,
		// A cluster that is being made has none yet.
		endpoint: cluster?.endpoint ?? "",
		certificateAuthorityData: cluster?.certificateAuthority?.data,
		mode: cluster?.accessConfig?.authenticationMode,
	};
}

/** The cluster of a kubeconfig's text. */
export function clusterOf(kubeconfig: string): Cluster {
	const connection = connectionOf(kubeconfig);
	return { server: connection.config.getCurrentCluster()?.server ?? "", ...connection };
}
