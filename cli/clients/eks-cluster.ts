import type { AwsClients } from "../../core/aws/clients";
import type { ClusterMode } from "../../core/kubernetes/authentication-mode";

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
