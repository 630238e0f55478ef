import { ApiServer } from "../../core/kubernetes/api-server";
import { COMPONENT_POLICIES } from "../../core/rbac/access-policies";
import { readCluster } from "../verify/live-cluster";
import { knownPrincipals } from "../verify/principals";
import { type Holder, holdersIn } from "../verify/questions/assumers";
import type { Target } from "../verify/target";
import { type Entrance, entrancesOf } from "./entrances";
import { foreignName, type Path, pathsTo } from "./paths";
import { type Asked, type Question, questionOf } from "./question";
import { type Cluster, type Found, type Grant, type Loose, waysTo } from "./ways";

/** What a question is answered by. */
export interface Facts {
	account: Target["account"];
	stack: string;
	holders: Holder[];
	entrances: Entrance[];
	cluster: Cluster;
	notes: string[];
	/** Whether somebody may come in who is not found. */
	isIncomplete: boolean;
}

/** From a person to the permission. */
export interface Line {
	path: Path;
	entrance: Entrance;
	grant: Grant;
}

export interface Answer extends Pick<Found, "components" | "unreached"> {
	question: Question;
	lines: Line[];
	/** What is given to everybody, and to service accounts. */
	general: Loose[];
	notes: string[];
	/** Whether somebody besides administrators of the whole cluster may be able to who is not found. */
	isIncomplete: boolean;
}

export async function whoCan(target: Target, asked: Asked): Promise<Answer> {
	const server = new ApiServer(target.cluster);
	const question = await questionOf(server, asked);
	return answerTo(question, await readFacts(target, server));
}

export async function readFacts(target: Target, server: ApiServer): Promise<Facts> {
	const { aws, account, config, mode, reads, ways, stack } = target;
	const isIncomplete = mode === undefined;
	const cluster = await readCluster(server);
	const [details, entries, { known }] = await Promise.all([
		aws.accountDetails(),
		reads.accessEntries ? aws.accessEntries(config.cluster) : [],
		knownPrincipals(aws, account, config.teams),
	]);
	const holders = holdersIn(details, true);
	const own = ways.accessEntries ? known.map(({ arn }) => arn) : [];
	const awsAuth = reads.awsAuth ? cluster.awsAuth : undefined;
	const { entrances, notes } = entrancesOf({ entries, awsAuth, holders, own, stack });
	const creator = "the identity that created the cluster administers it too; with the mode CONFIG_MAP nothing lists it";
	return {
		...{ account, stack, holders, entrances, cluster },
		isIncomplete,
		notes: [
			...target.notes,
			...notes,
			...(isIncomplete ? ["not known: whom access entries let in"] : []),
			...(reads.accessEntries ? [] : [creator]),
		],
	};
}

export function answerTo(question: Question, facts: Facts): Answer {
	const { entrances, cluster, stack, holders, account } = facts;
	const found = waysTo(question, entrances, cluster, stack);
	const paths = new Map<Entrance, Path[]>();
	const lines = found.ways.flatMap(({ entrance, grant }) => {
		const of = paths.get(entrance) ?? pathsOf(entrance, holders, account);
		paths.set(entrance, of);
		return of.map((path) => ({ path, entrance, grant }));
	});
	const lost = [...paths].filter(([, of]) => of.length === 0).map(([{ arn }]) => arn);
	const gone = lost.map((arn) => `${arn} is not in IAM: whoever makes an identity of this name comes in by its entry`);
	const { components, unreached, general } = found;
	// EKS makes entries with its components' policies for its own roles.
	const open = found.unknown.filter(
		({ entrance, policy }) =>
			!COMPONENT_POLICIES.includes(policy) || pathsOf(entrance, holders, account).some(({ who }) => who !== EKS),
	);
	const unknown = open.map(
		({ entrance, policy }) => `not known: what the access policy ${policy} of ${entrance.arn} allows`,
	);
	const isIncomplete = facts.isIncomplete || open.length > 0 || unreached.some(({ grant }) => !grant.isAdministrator);
	const notes = [...facts.notes, ...unknown, ...gone];
	return { question, lines, general, components, unreached, notes, isIncomplete };
}

const EKS = "AWS service eks.amazonaws.com";

function pathsOf({ arn }: Entrance, holders: readonly Holder[], account: Facts["account"]): Path[] {
	const [, , , , owner, resource = ""] = arn.split(":");
	if (owner !== account.accountId || !/^(?:role|user)\//i.test(resource)) {
		const isRoot = resource.toLowerCase() === "root";
		const own = isRoot ? "the account's root user" : resource;
		const foreign = isRoot ? `root user of account ${owner}` : foreignName(arn);
		return [{ who: owner === account.accountId ? own : foreign, roles: [] }];
	}
	// aws-auth tells no role's path.
	const plain = (each: string) => each.replace(/:role\/.*\//, ":role/").toLowerCase();
	const holder = holders.find((each) => plain(each.arn) === plain(arn));
	return holder ? pathsTo(holder.arn, holders, account) : [];
}

/** Whether anybody can besides administrators of the whole cluster and its own components. */
export function isSomebody({ lines, general }: Answer): boolean {
	return [...lines, ...general].some(({ grant }) => !grant.isAdministrator);
}
