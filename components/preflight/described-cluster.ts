import { setTimeout } from "node:timers/promises";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import type * as pulumi from "@pulumi/pulumi";
import { credentialsFailure } from "../../core/aws/clients";
import { providerWords } from "../../core/aws/provider-errors";
import { AccessError } from "../../core/errors/access-error";
import { type ClusterMode, modeProblem, type Ways } from "../../core/kubernetes/authentication-mode";
import { log } from "../log";

/** What AWS says about a cluster. */
export interface DescribedCluster {
	name: string;
	region: string;
	endpoint: string;
	certificateAuthorityData?: string;
	mode?: ClusterMode;
	/** What AWS does with it; while it is `UPDATING`, the mode may be an old one. */
	status?: string;
}

/** @throws {AccessError} where AWS shows no such cluster. */
export async function describeCluster(
	name: string,
	region: string,
	opts: pulumi.InvokeOptions,
): Promise<DescribedCluster> {
	const found = await getCluster({ name, region }, opts).catch(async (error: Error) => {
		const refused = credentialsFailure(`describe the cluster ${name}`, { message: providerWords(error) });
		if (refused) {
			throw refused;
		}
		const account = await getCallerIdentity({}, opts).then(
			({ accountId }) => (accountId ? `; these credentials are of account ${accountId}` : ""),
			() => "",
		);
		throw new AccessError(
			"cluster-not-found",
			`cluster: AWS does not show ${name} in ${region} (${providerWords(error)})${account}. Nothing was changed. ` +
				`See what is there: aws eks list-clusters --region ${region}; ` +
				"then set cluster, aws:region or the credentials that you use",
		);
	});
	return {
		name,
		region,
		endpoint: found.endpoint,
		certificateAuthorityData: found.certificateAuthorities[0]?.data,
		mode: found.accessConfigs?.[0]?.authenticationMode,
		status: found.status,
	};
}

/** How often a cluster that is being updated is looked at. */
const UPDATING_MS = 15_000;

/**
 * Waits for a cluster whose mode does not fit as long as it is being updated, which a change of the mode does. What AWS says of it then
 * may still not fit.
 */
export async function whenUpdated(
	found: DescribedCluster,
	ways: Ways,
	opts: pulumi.InvokeOptions,
	pause = UPDATING_MS,
): Promise<DescribedCluster> {
	const { name, region } = found;
	let cluster = found;
	while (cluster.status === "UPDATING" && modeProblem(ways, { mode: cluster.mode, cluster: name, region })) {
		await log.info(
			`cluster: waiting until ${name} is ACTIVE; it is UPDATING, and has the mode ${cluster.mode} that long`,
		);
		await setTimeout(pause);
		cluster = await describeCluster(name, region, opts);
	}
	return cluster;
}

/** @throws {AccessError} where the cluster does not take a way in that the stack makes. */
export function requireMode(
	{ name, region, mode }: Pick<DescribedCluster, "name" | "region" | "mode">,
	ways: Ways,
): void {
	const problem = modeProblem(ways, { mode, cluster: name, region });
	if (problem) {
		throw new AccessError("cluster-mode-mismatch", problem);
	}
}
