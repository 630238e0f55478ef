import type { ApiServer } from "../../core/kubernetes/api-server";
import { describeLevel } from "../../core/rbac/access-levels";
import type { Team } from "../../core/teams/team";
import { type Probe, type Question, questionsIn, questionsInCluster } from "../verify/probes";

/** What somebody has in a namespace (`*`: in the whole cluster) by the config, and whether the API server says the same. */
export interface Cell {
	team: string;
	namespace: string;
	access: string;
	/** Undefined where the config does not say what to ask: a ClusterRole of the cluster's. */
	works?: boolean;
}

/** Of each cell so many of the things it allows are tried: enough to tell the levels apart. */
const TRIED = 6;

export async function tryCells(server: ApiServer, teams: readonly Team[]): Promise<Cell[]> {
	const cells = teams.flatMap((team) => cellsOf(team));
	return Promise.all(
		cells.map(async ({ probes, ...cell }) => {
			const answers = await Promise.all(probes.map((probe) => may(server, probe)));
			return answers.length > 0 ? { ...cell, works: answers.every(Boolean) } : cell;
		}),
	);
}

function cellsOf(team: Team): (Cell & { probes: Probe[] })[] {
	const none = new Map();
	const cell = (namespace: string, access: string, questions: Question[]) => ({
		team: team.name,
		namespace,
		access,
		probes: questions
			.filter(({ allowed }) => allowed)
			.slice(0, TRIED)
			.map(({ probe }) => probe),
	});
	const everything: Question = { probe: { verb: "*", group: "*", resource: "*" }, allowed: true };
	return [
		...(team.admin ? [cell("*", "admin", [everything])] : []),
		...team.namespaces.map(({ name, access }) =>
			cell(
				name,
				describeLevel(access),
				// Of a pattern, a namespace that may come.
				questionsIn(name.replaceAll("*", "x"), [{ ...team, clusterAccess: undefined }], none),
			),
		),
		...(team.clusterAccess ? [cell("*", describeLevel(team.clusterAccess), questionsInCluster([team], none))] : []),
	];
}

async function may(server: ApiServer, resourceAttributes: Probe): Promise<boolean> {
	const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview" };
	const { status } = await server.post<{ status?: { allowed?: boolean } }>(
		"/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
		{ ...kind, spec: { resourceAttributes } },
	);
	return status?.allowed ?? false;
}
