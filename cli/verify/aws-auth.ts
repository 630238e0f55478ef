import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries, toMapping } from "../../components/aws-auth-map";
import { type LiveConfigMap, recordsOf } from "../../components/aws-auth-record";
import { roleMapping, userMapping } from "../../components/principal";
import { about, type Finding, listed, sameSet } from "./finding";
import type { KnownPrincipal } from "./principals";

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
}

/** The ConfigMap aws-auth against the config, and how many entries it has. */
export function compareAwsAuth({ live, known, groups, isUsed, stack }: AwsAuthQuestion): {
	findings: Finding[];
	entries: number;
} {
	const ofMap = about("aws-auth", "kube-system/aws-auth");
	if (!live) {
		const message = "is not there: nobody comes in by it, nodes neither";
		return { findings: isUsed ? [ofMap.missing(message)] : [], entries: 0 };
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
			findings.push(
				ofMap.drifted(`${error.explanation.replace(/\.? Nothing was written\.$/, "")}; eks-access doctor says more`),
			);
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
			),
		);
	}
	const record = [...recordsOf(live).values()].filter((each) => each.stack.split("/").slice(-2).join("/") === stack);
	const own = record.flatMap(({ roles, users }) => [...roles, ...users]);
	for (const entry of entries.filter(({ arn }) => !isUsed || !wanted.some((each) => isSame(arn, each.arn)))) {
		const { extra } = about("aws-auth", entry.arn ?? "an entry without an ARN");
		const shared = entry.groups.filter((group) => groups.includes(group));
		const where = `line ${entry.line} of ${entry.key}`;
		if (shared.length > 0) {
			findings.push(extra(`is in ${listed(shared)} by ${where}, and the config does not say so`));
		} else if (own.some((arn) => isSame(entry.arn, arn))) {
			findings.push(
				extra(`is let in by ${where}, which this stack has written, and the config does not say so any more`),
			);
		}
	}
	return { findings, entries: entries.length };
}

function compareEntry(wanted: { arn: string; username: string; groups: readonly string[] }, found: Entry[]): Finding[] {
	const { missing, drifted } = about("aws-auth", wanted.arn);
	// The authenticator reads the last one of an ARN.
	const last = found.at(-1);
	if (!last) {
		return [missing("has no entry in aws-auth: it is not let in")];
	}
	const where = `line ${last.line} of ${last.key}`;
	const findings: Finding[] = [];
	if (found.length > 1) {
		findings.push(drifted(`has ${found.length} entries; the last one counts (${where})`));
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
