import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import type { TeamInCluster } from "./clusters";

type Named = Record<"clusters" | "users" | "contexts", object[]>;

/** A kubeconfig (JSON, which is YAML) with a context `<cluster>.<team>` for each; it holds no secret. */
export function kubeconfigOf(teams: readonly TeamInCluster[]): string {
	const single = teams.map(({ team, cluster, region, roleArn }) => {
		const { endpoint: server, certificateAuthorityData } = cluster;
		// Where the role wants a second factor, a profile asks for it and assumes the role.
		const identity = team.role.mfa && roleArn ? { profile: team.name } : { roleArn };
		const request = { cluster: cluster.name, region, ...identity };
		return JSON.parse(
			execKubeconfig(`${cluster.name}.${team.name}`, { server, certificateAuthorityData }, request),
		) as Named;
	});
	const all = (key: keyof Named) => single.flatMap((each) => each[key]);
	return JSON.stringify(
		{ ...single[0], clusters: all("clusters"), users: all("users"), contexts: all("contexts") },
		undefined,
		2,
	);
}
