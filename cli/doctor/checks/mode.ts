import { awsMessageOf } from "../../../core/aws/clients";
import { awsReader } from "../../../core/aws/sdk-reader";
import { quoted } from "../../../core/errors/escape";
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
	const where = region ? ` --region ${quoted(region)}` : "";
	if (found.endpoint !== server) {
		// A tunnel, or another cluster of that name.
		const what = `not checked whether the cluster ${name} reads aws-auth: the kubeconfig goes to ${server}, and not to EKS' address, ${found.endpoint || "which is not known yet"}`;
		const fix = `Use a kubeconfig with EKS' address; or, if this is a tunnel to it, look yourself: aws eks describe-cluster${where} --name ${quoted(name)} --query cluster.accessConfig.authenticationMode`;
		return { observations: [{ code: "EKS503", what, fix }], readsEntries: false };
	}
	const unread: Observation = {
		code: "EKS012",
		what: `the cluster ${name} has the authentication mode API: it does not read aws-auth, whatever is in it`,
		fix: `Manage access entries instead: aws eks list-access-entries${where} --cluster-name ${quoted(name)}`,
	};
	return {
		observations: found.mode === "API" && !isEmpty ? [unread] : [],
		readsEntries: found.mode !== undefined && found.mode !== "CONFIG_MAP",
	};
}
