import type { MapKey } from "../../core/aws-auth/map";
import { accountObservations, configMapObservations, recordedArns, recordObservations } from "./checks/config-map";
import { acrossMaps, type CheckedMap, checkMap } from "./checks/map";
import { CODES, type DataKey, type Finding, type Observation, type Place, placesIn } from "./finding";
import type { Source } from "./source";

/** What a look at aws-auth shows. */
export interface Diagnosis {
	/** How many entries the authenticator has of each map. */
	entries: Record<DataKey, number>;
	/** How many access entries the cluster has, where they were read. */
	accessEntries?: number;
	/** Those that let somebody in, to look up in IAM. */
	principals: { arn: string; key: MapKey; at: number }[];
	findings: Finding[];
	/** A finding of a map's text, with its places. */
	findingOf(observation: Observation, key?: DataKey): Finding;
}

export function diagnose(source: Source): Diagnosis {
	const { configMap } = source;
	const data = configMap?.data ?? {};
	const places = new Map(Object.entries(data).map(([key, text]) => [key, placesIn(text)]));
	const written = configMap ? recordedArns(configMap) : new Map<string, string>();

	function placeOf({ at }: Observation, key?: DataKey): Partial<Finding> {
		const place = key !== undefined && at !== undefined ? places.get(key)?.(at) : undefined;
		const file = place && key ? source.inFile?.(key, place) : undefined;
		return { ...(key ? { key } : {}), ...(place ?? {}), ...(file ? { file } : {}) };
	}

	function findingOf(observation: Observation, key?: DataKey): Finding {
		const { code, arn, what, fix } = observation;
		const stack = code === "EKS301" && arn ? written.get(arn.toLowerCase()) : undefined;
		return {
			code,
			// What a stack's config says (admin: true) is meant.
			severity: stack ? "info" : (observation.severity ?? CODES[code][0]),
			...placeOf(observation, key),
			...(arn ? { arn } : {}),
			message: stack ? `${what} (as the stack ${stack} says)` : what,
			fix,
		};
	}

	const maps = new Map<MapKey, CheckedMap>();
	for (const key of ["mapRoles", "mapUsers"] as const) {
		if (data[key] !== undefined) {
			maps.set(key, checkMap(data[key], key));
		}
	}
	const accounts = data.mapAccounts === undefined ? undefined : accountObservations(data.mapAccounts);
	const across = acrossMaps(maps);
	const missing: Observation = {
		code: "EKS010",
		what: "the cluster has no ConfigMap kube-system/aws-auth: nobody comes in by it",
		fix: "With access entries none is needed",
	};
	return {
		entries: {
			mapRoles: countOf(maps.get("mapRoles")),
			mapUsers: countOf(maps.get("mapUsers")),
			mapAccounts: accounts?.accounts.length ?? 0,
		},
		principals: [...maps].flatMap(([key, { entries }]) =>
			entries.filter(({ arn }) => arn !== "").map(({ arn, at }) => ({ arn, key, at })),
		),
		findings: [
			...(configMap ? configMapObservations(configMap, source.notTexts) : [missing]).map((each) => findingOf(each)),
			...[...maps].flatMap(([key, { observations }]) =>
				inOrder([...observations, ...(across.get(key) ?? [])]).map((each) => findingOf(each, key)),
			),
			...(accounts?.observations ?? []).map((each) => findingOf(each, "mapAccounts")),
			...(configMap ? recordObservations(configMap, maps) : []).map((each) => findingOf(each)),
		],
		findingOf,
	};
}

function inOrder(observations: Observation[]): Observation[] {
	return [...observations].sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

function countOf(map: CheckedMap | undefined): number {
	return map?.entries.filter(({ arn }) => arn !== "").length ?? 0;
}

export function placeText({ line, column }: Place): string {
	return `line ${line}, column ${column}`;
}
