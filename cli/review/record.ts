import { readFileSync } from "node:fs";
import { accessMatrix, placesOf } from "../../core/teams/access-matrix";
import { Failure } from "../errors/failure";
import { describeAccess } from "../project/stack-access";
import type { Verification } from "../verify";
import type { Finding } from "../verify/finding";
import type { Target } from "../verify/target";

/** Somebody's access in one place. */
export interface Access {
	who: string;
	team: string;
	/** A namespace, or `*` for the whole cluster. */
	where: string;
	access: string;
	/** When it ends: a day, which is included (UTC), or an RFC 3339 time. */
	until?: string;
}

/** Who had which access where at a time, and what was there besides. Version 1: fields may be added, none is renamed or removed. */
export interface AccessRecord {
	version: 1;
	/** RFC 3339, UTC. */
	date: string;
	stack: string;
	cluster: string;
	server: string;
	/** Who looked: their ARN, and the role that they ask as, if there is one. */
	by: string[];
	source: Target["source"];
	/** As the config says, and the cluster confirmed where no finding says otherwise. */
	access: Access[];
	/** What is missing, more or other than that. */
	findings: Finding[];
	notes: string[];
	since?: Changes;
}

/** What differs from an earlier record. */
export interface Changes {
	/** Date of that. */
	date: string;
	granted: Access[];
	removed: Access[];
	changed: (Access & { before: string })[];
	newFindings: Finding[];
	goneFindings: Finding[];
}

export function recordOf(target: Target, { teams, findings, notes }: Verification, now: Date): AccessRecord {
	const access = accessMatrix(teams).flatMap((row) =>
		row.principals.flatMap((who) =>
			placesOf(row).map((where): Access => {
				const until = row.ends?.[who];
				return { who, team: row.team, where, access: describeAccess(row), ...(until ? { until } : {}) };
			}),
		),
	);
	const { stack, config, cluster, operators, source } = target;
	const where = { stack, cluster: config.cluster, server: cluster.server, by: operators, source };
	return { version: 1, date: now.toISOString(), ...where, access, findings, notes };
}

/** @throws {Failure} where the file is no record, or one of another stack. */
export function readRecord(file: string, stack: string): AccessRecord {
	const unreadable = (problem: string) => new Failure("cli-file-unreadable", `--since ${file}: ${problem}`);
	let found: Partial<AccessRecord> | null;
	try {
		found = JSON.parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw unreadable((error as Error).message);
	}
	if (!isRecord(found)) {
		throw unreadable("this is no record of eks-access review --format json, version 1");
	}
	if (found.stack !== stack) {
		throw unreadable(`this is a record of the stack ${found.stack}, not of ${stack}`);
	}
	return found;
}

function isRecord(found: Partial<AccessRecord> | null): found is AccessRecord {
	const areTexts = (items: unknown, ...keys: string[]) =>
		Array.isArray(items) &&
		items.every((item) => keys.every((key) => typeof (item as Record<string, unknown> | null)?.[key] === "string"));
	return (
		found?.version === 1 &&
		!Number.isNaN(Date.parse(found.date ?? "")) &&
		typeof found.stack === "string" &&
		areTexts(found.access, "who", "team", "where", "access") &&
		areTexts(found.findings, "kind", "layer", "subject", "message")
	);
}

export function changesBetween(before: AccessRecord, after: AccessRecord): Changes {
	const key = ({ who, team, where, access, until }: Access, withLevel: boolean) =>
		JSON.stringify([who, team, where, ...(withLevel ? [access, until] : [])]);
	// Somebody may have two levels of one team in a place: each counts.
	const without = (list: Access[], others: Access[]) => {
		const known = new Set(others.map((each) => key(each, true)));
		return list.filter((each) => !known.has(key(each, true)));
	};
	const [added, gone] = [without(after.access, before.access), without(before.access, after.access)];
	const changed = added.flatMap((each) => {
		const old = gone.find((other) => key(other, false) === key(each, false));
		return old ? [{ ...each, before: old.access }] : [];
	});
	const places = new Set(changed.map((each) => key(each, false)));
	const others = (list: Access[]) => list.filter((each) => !places.has(key(each, false)));
	const idOf = ({ kind, layer, subject, message }: Finding) => JSON.stringify([kind, layer, subject, message]);
	const [was, is] = [before, after].map(({ findings }) => new Set(findings.map(idOf)));
	return {
		date: before.date,
		granted: others(added),
		removed: others(gone),
		changed,
		newFindings: after.findings.filter((each) => !was?.has(idOf(each))),
		goneFindings: before.findings.filter((each) => !is?.has(idOf(each))),
	};
}
