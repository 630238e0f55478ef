import { awsMessageOf, awsProblemOf } from "../../core/aws/clients";
import type { AwsReader, EksCluster, Session } from "../../core/aws/reader";
import { ApiError, ApiServer } from "../../core/kubernetes/api-server";
import { clusterOf } from "../clients/cluster";
import { EXIT, Failure } from "../errors/failure";
import type { Caller } from "./caller";
import { type Cell, tryCells } from "./cells";
import { openTeams, type WayIn } from "./login-paths";
import { cannotDescribe, endedBy, forbidden, notInTeam, type Problem, refusalOf, unauthorized } from "./problem";
import { staleContexts } from "./stale";
import { tokenFor } from "./token";

/** A way in, and how far it leads. */
export interface Tried extends WayIn {
	/** Who the API server takes them for. */
	username?: string;
	groups?: string[];
	cells: Cell[];
	problem?: Problem;
}

export interface Attempt {
	aws: AwsReader;
	caller: Caller;
	cluster: string;
	region: string;
	/** Whose config it is; undefined where there is none. */
	stack?: string;
}

/** Somebody who is refused, or the answer. */
type Described = { found: EksCluster } | { problem: Problem };

/** Tries each way to its end, as `kubectl` would go it. @throws {Failure} where AWS or the cluster does not answer. */
export async function tryWays(attempt: Attempt, ways: WayIn[]): Promise<{ ways: Tried[]; stale: string[] }> {
	const described = await describe(attempt);
	const tried = await Promise.all(ways.map((way) => tryWay(attempt, way, described)));
	return { ways: tried, stale: "found" in described ? staleContexts(described.found) : [] };
}

async function describe(attempt: Attempt): Promise<Described> {
	const { aws, cluster, region } = attempt;
	let found: EksCluster | undefined;
	try {
		found = await aws.cluster(cluster);
	} catch (error) {
		if (awsProblemOf(error) === "denied") {
			return { problem: cannotDescribe(cluster, awsMessageOf(error)) };
		}
		throw error;
	}
	if (!found) {
		throw new Failure(
			"cluster-not-found",
			`AWS shows no cluster ${cluster} in ${region} of account ${attempt.caller.account}: correct the name, the region or the AWS account`,
			EXIT.unreachable,
		);
	}
	return { found };
}

async function tryWay(attempt: Attempt, way: WayIn, described: Described): Promise<Tried> {
	const { cluster, region } = attempt;
	const refused = (problem: Problem): Tried => ({ ...way, cells: [], problem });
	const assumed = await assume(attempt, way, "found" in described);
	if ("problem" in assumed) {
		return refused(assumed.problem);
	}
	if ("problem" in described) {
		return refused(strangerOr(described.problem, attempt, way));
	}
	let token: string;
	try {
		token = await tokenFor(cluster, region, assumed.session);
	} catch (error) {
		const message = `aws eks get-token fails: ${(error as Error).message}`;
		return refused({ code: "no-token", message, fix: "Run aws eks get-token yourself, and mend what it says" });
	}
	const connection = clusterOf(tokenKubeconfig(described.found, token));
	try {
		return await comeIn(new ApiServer(connection), way, attempt.caller);
	} catch (error) {
		if (!(error instanceof ApiError) || error.code !== 401) {
			throw new Failure(
				"api-server-unreachable",
				`cannot reach the API server ${connection.server}: ${(error as Error).message}. Check that the cluster is up and that ` +
					"this machine gets to its endpoint (VPN, private endpoint, proxy)",
				EXIT.unreachable,
			);
		}
		const who = way.roleArn ?? attempt.caller.roleArn ?? attempt.caller.arn;
		const problem = endedBy(way, attempt.caller) ?? unauthorized(who, way.teams.length > 0);
		return refused(strangerOr(problem, attempt, way));
	}
}

/** Who is in no team is told that; who is in one, what stands in their way. */
function strangerOr(problem: Problem, { caller, stack }: Attempt, { teams }: WayIn): Problem {
	return teams.length > 0 || stack === undefined ? problem : notInTeam(caller, stack);
}

async function comeIn(server: ApiServer, way: WayIn, caller: Caller): Promise<Tried> {
	const { username, groups } = await whoIs(server);
	const cells = await tryCells(server, openTeams(way, caller));
	const failing = cells.filter(({ works }) => works === false).map(placeOf);
	const working = cells.filter(({ works }) => works !== false).map(placeOf);
	const problem = failing.length > 0 ? forbidden([...new Set(failing)], [...new Set(working)]) : undefined;
	return { ...way, username, groups, cells, ...(problem ? { problem } : {}) };
}

async function assume(
	{ aws, caller }: Attempt,
	way: WayIn,
	mayDescribe: boolean,
): Promise<{ session?: Session } | { problem: Problem }> {
	if (!way.roleArn) {
		return {};
	}
	try {
		return { session: await aws.session(way.roleArn) };
	} catch (error) {
		if (awsProblemOf(error) !== "denied") {
			throw error;
		}
		const isSession = await aws.isSession();
		return { problem: refusalOf({ way, caller, isSession, mayDescribe }) };
	}
}

async function whoIs(server: ApiServer): Promise<{ username: string; groups: string[] }> {
	const { status } = await server.post<{ status?: { userInfo?: { username?: string; groups?: string[] } } }>(
		"/apis/authentication.k8s.io/v1/selfsubjectreviews",
		{ apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
	);
	return { username: status?.userInfo?.username ?? "", groups: status?.userInfo?.groups ?? [] };
}

function tokenKubeconfig({ name, endpoint, certificateAuthorityData }: EksCluster, token: string): string {
	return JSON.stringify({
		clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthorityData } }],
		users: [{ name, user: { token } }],
		contexts: [{ name, context: { cluster: name, user: name } }],
		"current-context": name,
	});
}

function placeOf({ namespace }: Cell): string {
	return namespace === "*" ? "the whole cluster" : namespace;
}
