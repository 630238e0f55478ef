import { awsMessageOf } from "../../../core/aws/clients";
import { awsReader } from "../../../core/aws/sdk-reader";
import type { Cluster } from "../../clients/cluster";
import type { Observation } from "../finding";

/** Whether the cluster reads aws-auth at all, by what AWS says; nothing where the kubeconfig does not name an EKS cluster. */
export async function modeObservations({ eks, server }: Cluster): Promise<Observation[]> {
	if (!eks) {
		return [];
	}
	const { name, region, profile } = eks;
	const found = await awsReader({ region, profile }).cluster(name).catch(awsMessageOf);
	if (typeof found !== "object") {
		const what = `not checked whether the cluster ${name} reads aws-auth: AWS does not describe it (${found ?? "there is none of this name"})`;
		return [{ code: "EKS503", what, fix: "Set AWS credentials that may eks:DescribeCluster, or pass --offline" }];
	}
	return found.mode === "API" && found.endpoint === server
		? [
				{
					code: "EKS012",
					what: `the cluster ${name} has the authentication mode API: it does not read aws-auth, whatever is in it`,
					fix: `Manage access entries instead: aws eks list-access-entries${region ? ` --region ${region}` : ""} --cluster-name ${name}`,
				},
			]
		: [];
}
