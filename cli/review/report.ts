import { describeUntil } from "../../core/iam/until";
import type { Block, Report } from "../output/report";
import { SOURCES } from "../project/access-config";
import type { Finding } from "../verify/finding";
import { findingBlocks } from "../verify/report";
import type { Access, AccessRecord, Changes } from "./record";

/** The record for people: the access first, then what it does not explain, what is new, and a place to sign. */
export function reportOf(record: AccessRecord): Report {
	const { date, stack, cluster, server, by, source, access, findings, notes, since } = record;
	const intro = `Stack ${stack}, cluster ${cluster} at ${server}, on ${date}, as ${by.join(" and ")} saw it, compared with ${SOURCES[source]}.`;
	return {
		title: `Access to ${cluster}`,
		isSearchable: true,
		sections: [
			[{ text: intro }],
			[{ head: ["Who", "Where", "Access", "Team"], rows: access.map(rowOf) }],
			[{ heading: "What differs from it in AWS and the cluster" }],
			...(findings.length > 0 ? findingBlocks(findings) : [[{ text: "Nothing." }]]),
			...(since ? changeSections(since) : []),
			notes.map((note) => ({ text: `Note: ${note}.` })),
			[
				{
					text: "Reviewed by: ______________________________  Date: ______________  Signature: ______________________",
				},
			],
		],
	};
}

function changeSections({ date, granted, removed, changed, newFindings, goneFindings }: Changes): Block[][] {
	const head = ["Change", "Who", "Where", "Access", "Team"];
	const rows = [
		...granted.map((each) => ["granted", ...rowOf(each)]),
		...changed.map((each) => ["changed", ...rowOf({ ...each, access: `${each.before} → ${each.access}` })]),
		...removed.map((each) => ["removed", ...rowOf(each)]),
	];
	const items = (what: string, findings: Finding[]) =>
		findings.map(({ kind, subject, message }) => `${what}: ${kind} ${subject}: ${message}`);
	const differences = [...items("new", newFindings), ...items("gone", goneFindings)];
	return [
		[
			{ heading: `What has changed since ${date}` },
			...(rows.length > 0 ? [{ head, rows }] : []),
			...(differences.length > 0 ? [{ items: differences }] : []),
			...(rows.length + differences.length === 0 ? [{ text: "Nothing." }] : []),
		],
	];
}

function rowOf({ who, where, access, until, team }: Access): string[] {
	const end = until ? ` (${describeUntil(until, new Date())})` : "";
	return [who, where === "*" ? "the whole cluster" : where, `${access}${end}`, team];
}
