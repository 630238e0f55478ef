import type { MapKey } from "../../../core/aws-auth/map";
import { type Observation, placesIn, type ReadEntry } from "../finding";
import { readMap } from "../map-reader";
import type { Verdict } from "../refusal";
import { partitionOf } from "./arn";
import { checkEntry } from "./entry";

/** A map as the authenticator holds it, and all that is wrong with it by itself. */
export interface CheckedMap {
	verdict: Verdict;
	entries: ReadEntry[];
	observations: Observation[];
}

export function checkMap(text: string, key: MapKey): CheckedMap {
	const { verdict, entries, observations } = readMap(text, key);
	const checked = entries.map((entry) => checkEntry(entry, key));
	const read = checked.map(({ read }) => read);
	return {
		verdict,
		entries: read,
		observations: [...observations, ...checked.flatMap((each) => each.observations), ...twinObservations(read, text)],
	};
}

/** Of several entries of an ARN the authenticator keeps the last; it ignores case. */
function twinObservations(entries: ReadEntry[], text: string): Observation[] {
	const placeOf = placesIn(text);
	const last = new Map(entries.map((entry) => [entry.arn.toLowerCase(), entry]));
	return entries.flatMap((entry): Observation[] => {
		const winner = last.get(entry.arn.toLowerCase()) as ReadEntry;
		if (entry.arn === "" || winner === entry) {
			return [];
		}
		const same = winner.username === entry.username && String(winner.groups) === String(entry.groups);
		return [
			{
				code: "EKS108",
				...(same ? { severity: "warning" as const } : {}),
				at: entry.at,
				arn: entry.arn,
				what:
					`${entry.arn} stands again at line ${placeOf(winner.at).line}${same ? ", saying the same" : ", saying something else"}; ` +
					"the authenticator reads the last entry of an ARN only, and ignores case",
				fix: same ? "Remove one of the two" : "Keep one entry, with the groups of both",
			},
		];
	});
}

/** What concerns both maps together. */
export function acrossMaps(maps: Map<MapKey, CheckedMap>): Map<MapKey, Observation[]> {
	const roles = new Set((maps.get("mapRoles")?.entries ?? []).map(({ arn }) => arn.toLowerCase()));
	const all = [...maps.values()].flatMap(({ entries }) => entries);
	const usual = mostFrequent(all.flatMap(({ arn }) => partitionOf(arn) ?? []));
	return new Map(
		[...maps].map(([key, { entries }]) => [
			key,
			entries.flatMap(({ arn, at }): Observation[] => {
				const observations: Observation[] = [];
				if (key === "mapUsers" && arn !== "" && roles.has(arn.toLowerCase())) {
					const what = `${arn} stands in mapRoles too, which the authenticator reads first; this entry counts for nothing`;
					observations.push({ code: "EKS109", at, arn, what, fix: "Keep one of the two" });
				}
				const partition = partitionOf(arn);
				if (partition !== undefined && partition !== usual) {
					const what = `${arn} is of the partition ${partition}, the rest of ${usual}; a cluster lets in only its own partition's`;
					observations.push({ code: "EKS208", at, arn, what, fix: `Write arn:${usual}:…, or remove the entry` });
				}
				return observations;
			}),
		]),
	);
}

function mostFrequent(values: string[]): string | undefined {
	const counts = new Map<string, number>();
	for (const value of values) {
		counts.set(value, (counts.get(value) ?? 0) + 1);
	}
	return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}
