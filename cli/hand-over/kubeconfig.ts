import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import { hasEnded, principalNames } from "../../core/teams/principal-kinds";
import { Failure } from "../errors/failure";
import type { TeamInCluster } from "./clusters";

type Named = Record<"clusters" | "users" | "contexts", object[]>;

/** A kubeconfig (JSON, which is YAML) with a context `<cluster>.<team>` for each where somebody has access; it holds no secret. */
export function kubeconfigOf(teams: readonly TeamInCluster[], now: Date): string {
	const open = teams.filter(({ team }) => principalNames(team).some((name) => !hasEnded(team, name, now)));
	if (open.length === 0) {
		const ended = [...new Set(teams.map(({ team }) => team.name))].join(", ");
		throw new Failure("cli-teams-not-found", `the access of everyone in ${ended} has ended (until)`);
	}
	const single = open.map(({ team, cluster, region, roleArn }) => {
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
