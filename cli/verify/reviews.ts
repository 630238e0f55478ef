import { atATime } from "../../core/aws/limit";
import { type ApiError, type ApiServer, AT_A_TIME } from "../../core/kubernetes/api-server";
import { covers } from "../../core/rbac/namespace-pattern";
import { inRbac } from "../../core/teams/bindings";
import type { Team } from "../../core/teams/team";
import { EXIT, Failure } from "../errors/failure";
import { about, type Finding, listed } from "./finding";
import type { KnownPrincipal } from "./principals";
import { type ClusterRoleRules, describeProbe, type Question, questionsIn, questionsInCluster } from "./probes";

/** So many are asked of a cluster, the most telling first: about ten seconds' worth. */
const MOST_REVIEWS = 3_000;

/** Someone whom the API server is asked about. */
export interface Reviewed {
	/** Keys of the principals that come in as this: `team/shop`. */
	keys: string[];
	username: string;
	groups: string[];
	teams: Team[];
}

export interface Asked extends Question {
	who: Reviewed;
}

export interface ReviewPlan {
	/** Everything that has a right answer: what the lists of bindings and rules are judged by. */
	questions: Asked[];
	/** What the API server is asked, in this order: a cell of the matrix each, and each refusal. */
	asked: Asked[];
	/** How many there would be without a limit. */
	possible: number;
	/** Cells of the matrix: someone with access in a namespace, or in the whole cluster. */
	cells: number;
}

/**
 * Whom to ask about: everyone but administrators, of whom the API server says what their group or access policy says. Groups that are
 * no team's are left out: where those are bound is not in the config.
 */
export function reviewed(known: readonly KnownPrincipal[], teams: Team[]): Reviewed[] {
	const all = new Map<string, Reviewed>();
	for (const { principal } of known.filter((each) => !each.principal.admin)) {
		const own = teams.filter(({ group }) => principal.groups.includes(group));
		const username = principal.username.replace(/\{\{\w+\}\}/g, "eks-access-verify");
		const groups = [...own.map(({ group }) => group), "system:authenticated"];
		const id = JSON.stringify([username, groups]);
		const keys = [...(all.get(id)?.keys ?? []), principal.key];
		all.set(id, { keys, username, groups, teams: own });
	}
	return [...all.values()];
}

/**
 * Every cell of the matrix and what must be refused: in the namespaces of the config and Kubernetes' own, in the whole cluster, and in
 * the namespaces of other people. The API server is asked where it could say something else than its bindings: of each person and
 * namespace of the config the most that is allowed and the least that is not, and every refusal in the whole cluster.
 */
export function planReviews(
	people: Reviewed[],
	namespaces: { ofConfig: readonly string[]; others: readonly string[] },
	live: ClusterRoleRules,
	most = MOST_REVIEWS,
): ReviewPlan {
	const hasAccess = ({ teams }: Reviewed, namespace: string) =>
		teams.some((team) => team.namespaces.some(({ name }) => covers(name, namespace)));
	// Of access policies the API server cannot be asked by username and groups: the access entries say them.
	const bound = ({ teams }: Reviewed) => teams.map(inRbac);
	const ask = (who: Reviewed, questions: Question[]) => questions.map((question) => ({ ...question, who }));
	const within = (names: readonly string[]) =>
		people.flatMap((who) => names.map((name) => ask(who, questionsIn(name, bound(who), live))));
	const inCluster = people.map((who) => ask(who, questionsInCluster(bound(who), live)));
	const ofConfig = within(namespaces.ofConfig);
	const mostAllowed = (questions: Asked[]) => questions.filter(({ allowed }) => allowed).slice(-1);
	const refused = (questions: Asked[]) => questions.filter(({ allowed }) => !allowed);
	const possible = [
		...[...ofConfig, ...inCluster].flatMap(mostAllowed),
		...inCluster.flatMap(refused),
		...ofConfig.flatMap((questions) => refused(questions).slice(0, 1)),
	];
	const cells = people.flatMap((who) => [
		...namespaces.ofConfig.filter((name) => hasAccess(who, name)),
		...(who.teams.some(({ clusterAccess }) => clusterAccess) ? ["*"] : []),
	]).length;
	return {
		questions: [...ofConfig, ...inCluster, ...within(namespaces.others)].flat(),
		asked: possible.slice(0, most),
		possible: possible.length,
		cells,
	};
}

/** A question with the answer that is found. */
export interface Answer extends Asked {
	is: boolean;
}

/** Asks the API server; the answers that are not as they should be. */
export async function review(
	server: ApiServer,
	{ asked }: ReviewPlan,
	onProgress: (done: number) => void,
): Promise<Answer[]> {
	const limit = atATime(AT_A_TIME);
	let done = 0;
	const answers = await Promise.all(
		asked.map((question) =>
			limit(async () => {
				const is = await answerTo(server, question);
				onProgress(++done);
				return { ...question, is };
			}),
		),
	);
	return answers.filter(({ is, allowed }) => is !== allowed);
}

interface Review {
	status?: { allowed?: boolean };
}

async function answerTo(server: ApiServer, { who, probe }: Asked): Promise<boolean> {
	const { username: user, groups } = who;
	const spec = { user, groups, resourceAttributes: probe };
	try {
		const kind = { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview" };
		const { status } = await server.post<Review>("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
			...kind,
			spec,
		});
		return status?.allowed ?? false;
	} catch (error) {
		const { code, message } = error as ApiError;
		const hint = code === 403 ? "; use the credentials of a cluster administrator" : "";
		throw new Failure(
			code === 403 ? "api-server-forbidden" : "api-server-unreachable",
			`cannot ask the API server what others may (SubjectAccessReview): ${message}${hint}`,
			EXIT.unreachable,
		);
	}
}

/** One finding for someone in a namespace, with all that differs there. */
export function findingsOf(answers: readonly Answer[]): Finding[] {
	const wrong = new Map<
		string,
		{ finding: (message: string) => Finding; where: string; may: boolean; what: string[] }
	>();
	for (const { who, probe, allowed, is } of answers.filter((each) => each.is !== each.allowed)) {
		const where = probe.namespace ? `in namespace ${probe.namespace}` : "in the whole cluster";
		const subject = who.keys.join(", ");
		const id = JSON.stringify([subject, where, is]);
		const { unmended } = about("access", subject);
		const finding = (message: string) => unmended(allowed ? "missing" : "extra", message);
		const entry = wrong.get(id) ?? { finding, where, may: is, what: [] };
		entry.what = [...new Set([...entry.what, describeProbe(probe)])];
		wrong.set(id, entry);
	}
	return [...wrong.values()].map(({ finding, where, may, what }) =>
		finding(`${may ? "may, and should not" : "may not, and should"}, ${where}: ${listed(what)}`),
	);
}
