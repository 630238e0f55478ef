import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries, toMapping } from "../../../core/aws-auth/map";
import { type LiveConfigMap, recordsOf } from "../../../core/aws-auth/ownership-record";
import { AWS_AUTH } from "../../../core/kubernetes/connection";
import { CLUSTER_ADMIN_GROUP } from "../../../core/rbac/policy-rules";
import { roleMapping, userMapping } from "../../../core/teams/principals";
import { about, type Finding, listed, REPAIR, sameIdentity, sameSet } from "../finding";
import type { KnownPrincipal } from "../principals";

interface Entry extends LiveEntry {
	key: MapKey;
}

export interface AwsAuthQuestion {
	/** The ConfigMap, or undefined where there is none. */
	live: LiveConfigMap | undefined;
	known: KnownPrincipal[];
	/** The teams' own Kubernetes groups: who else is in one has a team's access. */
	groups: readonly string[];
	/** Whether the stack lets people in by it; if not, nobody of the teams may be left in it. */
	isUsed: boolean;
	/** How the records of the stack end: `<project>/<stack>`. */
	stack: string;
	/** ARNs that have access entries. */
	inAccessEntries: readonly string[];
	/** Whom somebody meant to have in: the operator. */
	expected: readonly string[];
}

const EDIT = `kubectl edit -n ${AWS_AUTH.namespace} configmap/${AWS_AUTH.name}`;

/** The ConfigMap aws-auth against the config, and how many entries it has. */
export function compareAwsAuth(question: AwsAuthQuestion): { findings: Finding[]; arns: string[] } {
	const { live, known, isUsed, stack } = question;
	const ofMap = about("aws-auth", "kube-system/aws-auth");
	if (!live) {
		const message =
			"is not there: nobody comes in by it, nodes neither; EKS makes it with the first managed node group";
		return { findings: isUsed ? [ofMap.unmended("missing", message)] : [], arns: [] };
	}
	const findings: Finding[] = [];
	const unreadable = new Set<MapKey>();
	const entries = (["mapRoles", "mapUsers"] as const).flatMap((key): Entry[] => {
		try {
			return readEntries(live.data?.[key], key).map((entry) => ({ ...entry, key }));
		} catch (error) {
			if (!(error instanceof AwsAuthTextError)) {
				throw error;
			}
			findings.push(ofMap.drifted(`${error.problem} eks-access doctor says more`, EDIT));
			unreadable.add(key);
			return [];
		}
	});
	const wanted = known.map(({ principal, arn }) => {
		const key = principal.type === "role" ? "mapRoles" : "mapUsers";
		return {
			key,
			...toMapping(key === "mapRoles" ? roleMapping(principal, arn) : userMapping(principal, arn), key),
		} as const;
	});
	for (const entry of isUsed ? wanted.filter(({ key }) => !unreadable.has(key)) : []) {
		findings.push(
			...compareEntry(
				entry,
				entries.filter(({ arn }) => isSame(arn, entry.arn)),
				question,
			),
		);
	}
	const record = [...recordsOf(live).values()].filter((each) => each.stack.split("/").slice(-2).join("/") === stack);
	const own = record.flatMap(({ roles, users }) => [...roles, ...users]);
	for (const entry of entries.filter(({ arn }) => !isUsed || !wanted.some((each) => isSame(arn, each.arn)))) {
		const isOwn = own.some((arn) => isSame(entry.arn, arn));
		findings.push(...otherEntry(entry, isOwn, question));
	}
	return { findings, arns: entries.map(({ arn }) => arn ?? "") };
}

/** An entry of which the config says nothing. */
function otherEntry(entry: Entry, isOwn: boolean, { groups, expected, known }: AwsAuthQuestion): Finding[] {
	const { extra, foreign } = about("aws-auth", entry.arn ?? "an entry without an ARN");
	const where = `line ${entry.line} of ${entry.key}`;
	const isTeams = isOwn || known.some(({ arn }) => isSame(entry.arn, arn));
	const isExpected = expected.some((arn) => sameIdentity(entry.arn, arn));
	const telling = isTeams || isExpected ? groups : [...groups, CLUSTER_ADMIN_GROUP];
	const shared = entry.groups.filter((group) => telling.includes(group));
	if (isOwn) {
		const message = `is let in by ${where}, which this stack has written, and the config does not say so any more`;
		return [extra(message, REPAIR)];
	}
	const message = `is in ${listed(shared)} by ${where}, and the config does not say so`;
	return shared.length > 0 ? [foreign(message, EDIT)] : [];
}

function compareEntry(
	wanted: { arn: string; username: string; groups: readonly string[] },
	found: Entry[],
	{ inAccessEntries }: AwsAuthQuestion,
): Finding[] {
	const { missing, drifted } = about("aws-auth", wanted.arn);
	// The authenticator looks in mapRoles first, whatever the ARN, and reads the last one of a map.
	const last = found.findLast(({ key }) => key === "mapRoles") ?? found.at(-1);
	if (!last) {
		const isIn = inAccessEntries.some((arn) => sameIdentity(wanted.arn, arn));
		return [missing(`has no entry in aws-auth: it is ${isIn ? "let in by its access entry alone" : "not let in"}`)];
	}
	const where = `line ${last.line} of ${last.key}`;
	const findings: Finding[] = [];
	if (found.length > 1) {
		const which = found.every(({ key }) => key === last.key) ? "the last one" : `that in ${last.key}`;
		findings.push(drifted(`has ${found.length} entries; ${which} counts (${where})`, EDIT));
	}
	if (last.username !== wanted.username) {
		findings.push(drifted(`comes in as ${last.username ?? "nobody"}, not as ${wanted.username} (${where})`));
	}
	if (!sameSet(last.groups, wanted.groups)) {
		findings.push(drifted(`is in the groups ${listed(last.groups)}, not in ${listed(wanted.groups)} (${where})`));
	}
	return findings;
}

function isSame(one: string | undefined, other: string): boolean {
	return one?.toLowerCase() === other.toLowerCase();
}
