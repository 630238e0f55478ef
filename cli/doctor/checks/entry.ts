import { distance } from "fastest-levenshtein";
import type { MapKey } from "../../../core/aws-auth/map";
import type { Value } from "../../../core/aws-auth/yaml/scanner";
import type { Code, Observation, ReadEntry, Severity } from "../finding";
import type { MapEntry } from "../map-reader";
import { type Meaning, meaningOf } from "../meaning";
import { arnObservation } from "./arn";
import { nameObservations } from "./name";

const ARN_FIELDS = { mapRoles: ["rolearn", "userarn"], mapUsers: ["userarn", "rolearn"] } as const;
const KNOWN = ["rolearn", "userarn", "username", "groups", "userid"];

/** One entry of mapRoles or mapUsers: what the authenticator takes from it, and what it does not. */
export function checkEntry(entry: MapEntry, key: MapKey): { read: ReadEntry; observations: Observation[] } {
	const [arnField, otherField] = ARN_FIELDS[key];
	const { value: fields } = entry;
	if (!(fields instanceof Map)) {
		return noMapping(entry, arnField);
	}
	const observations: Observation[] = [];
	const placeOf = (name: string) => entry.fields.get(name)?.value ?? entry.at;
	const keyOf = (name: string) => entry.fields.get(name)?.key ?? entry.at;
	const add = (code: Code, at: number, what: string, fix: string, severity?: Severity) =>
		observations.push({ code, at, what, fix, ...(severity ? { severity } : {}) });

	const textOf = (name: string): string => {
		const meaning = meaningOf(fields.get(name));
		if (meaning.kind === "other") {
			const example = name === "username" ? ', like "123"' : "";
			const effect = name === "userid" ? "leaves it out" : "leaves it empty";
			const severity = name === "userid" ? "warning" : undefined;
			const what = `${name} is ${meaning.what}, no text; the authenticator ${effect}`;
			add("EKS103", placeOf(name), what, `Write the value in quotes${example}`, severity);
		}
		return meaning.kind === "text" ? meaning.text : "";
	};

	const strays = [...fields.keys()].filter((name) => !KNOWN.includes(name));
	const misspelt = new Map(strays.flatMap((name) => nearest(name, fields, arnField)));
	const read: ReadEntry = {
		at: entry.at,
		arn: textOf(arnField),
		username: textOf("username"),
		groups: groupsOf(fields.get("groups"), placeOf("groups"), add),
	};
	textOf("userid");
	for (const [name, meant] of misspelt) {
		const written = entry.fields.get(name)?.name ?? name;
		add(
			"EKS107",
			keyOf(name),
			`the authenticator ignores ${JSON.stringify(written)}`,
			`Write ${meant}, if that is meant`,
		);
	}
	const writtenOtherwise = KNOWN.map((name) => ({ name, written: entry.fields.get(name)?.name })).filter(
		({ name, written }) => fields.has(name) && written !== undefined && written !== name,
	);
	for (const { name, written } of writtenOtherwise) {
		const what = `EKS does not read ${JSON.stringify(written)}, though the open-source aws-iam-authenticator does`;
		add("EKS110", keyOf(name), what, `Write ${name}`);
	}
	if (fields.has(otherField)) {
		observations.push({ at: keyOf(otherField), ...strayArn(key, !fields.has(arnField)) });
	} else if (read.arn === "" && meaningOf(fields.get(arnField)).kind !== "other") {
		const found = fields.has(arnField) ? `${arnField} is empty` : `the entry has no ${arnField}`;
		add(
			"EKS102",
			fields.has(arnField) ? placeOf(arnField) : entry.at,
			`${found}; it lets nobody in`,
			`Add ${arnField}: arn:…, or remove the entry`,
		);
	}
	const problem = read.arn === "" ? undefined : arnObservation(read.arn, key);
	if (problem) {
		observations.push({ at: placeOf(arnField), ...problem });
	}
	observations.push(...nameObservations(read, key, { username: meaningOf(fields.get("username")), place: placeOf }));
	return { read, observations: observations.map((each) => (read.arn ? { ...each, arn: read.arn } : each)) };
}

function noMapping({ at, value }: MapEntry, arnField: string): { read: ReadEntry; observations: Observation[] } {
	const observation: Observation = {
		code: "EKS101",
		at,
		what: `the entry is ${describe(meaningOf(value))}, no mapping; the authenticator gets nothing from it`,
		fix: `Write - ${arnField}: arn:…, with username and groups below, or remove the entry`,
	};
	return { read: { at, arn: "", username: "", groups: [] }, observations: [observation] };
}

/** Of the ARN field that is the other map's. */
function strayArn(key: MapKey, isAlone: boolean): Observation {
	const [arnField, otherField] = ARN_FIELDS[key];
	const what = `${otherField} means nothing in ${key}`;
	return {
		code: "EKS106",
		what: isAlone ? `${what}: the entry lets nobody in` : what,
		fix: `Write ${arnField}, or move the entry to ${key === "mapRoles" ? "mapUsers" : "mapRoles"}`,
		...(isAlone ? {} : { severity: "warning" as const }),
	};
}

function groupsOf(
	value: Value | undefined,
	at: number,
	add: (code: Code, at: number, what: string, fix: string) => void,
): string[] {
	if (!Array.isArray(value)) {
		const meaning = meaningOf(value);
		if (meaning.kind !== "null") {
			const example =
				meaning.kind === "text" && !meaning.text.includes("\n") ? `: [${JSON.stringify(meaning.text)}]` : "";
			const what = `groups is ${describe(meaning)}, no list; the authenticator gives the entry no group`;
			add("EKS105", at, what, `Write a list${example}`);
		}
		return [];
	}
	return value.map((item) => {
		const meaning = meaningOf(item);
		if (meaning.kind !== "text") {
			const what = `a group is ${describe(meaning)}, no text; the authenticator reads it as a group without a name`;
			add("EKS105", at, what, "Write the group in quotes, or remove it");
			return "";
		}
		return meaning.text;
	});
}

/** What a field was meant to be, if it is near one that the authenticator reads and the entry lacks. */
function nearest(name: string, fields: Map<string, Value>, arnField: string): [string, string][] {
	const wanted = [arnField, "username", "groups"].filter((each) => !fields.has(each));
	const plain = name.replace(/[-_ ]/g, "");
	const meant = wanted.find((each) => plain === each || (plain.length > 3 && distance(plain, each) <= 2));
	return meant ? [[name, meant]] : [];
}

function describe(meaning: Meaning): string {
	return meaning.kind === "null" ? "empty" : meaning.kind === "other" ? meaning.what : "a text";
}
