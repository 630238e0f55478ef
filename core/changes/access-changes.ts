import { isDeepStrictEqual } from "node:util";
import { LEVEL_NAMES } from "../rbac/access-levels";
import { covers, isPattern } from "../rbac/namespace-pattern";
import { describeRule } from "../rbac/rule-matcher";
import { type AccessRow, placesOf } from "../teams/access-matrix";

export type ChangeKind = "gained" | "lost" | "raised" | "lowered" | "changed";

/** What changes for people who all have the same change: of which access, and where. */
export interface AccessChange {
	/** As in {@link AccessRow.principals}. */
	principals: string[];
	kind: ChangeKind;
	/** Names, or `*` for the whole cluster. */
	namespaces: string[];
	/** For example `["view"]`; empty where there was none. More than one where several teams give access. */
	before: string[];
	after: string[];
	/** Of access by rules, in words. */
	rules?: RuleChange;
}

/** Each as {@link describeRule} says it. */
export interface RuleChange {
	/** New. */
	added: string[];
	/** Gone. */
	removed: string[];
	/** There before and after. */
	kept: string[];
}

/** From the least to the most; levels that are not here cannot be compared. */
const RANKS: string[] = [...LEVEL_NAMES, "admin"];

/** Who gains or loses what between two access matrices; through which team does not matter. */
export function accessChanges(before: readonly AccessRow[], after: readonly AccessRow[]): AccessChange[] {
	const [old, next] = [cellsOf(before), cellsOf(after)];
	const [wasAt, isAt] = [withPatterns(old), withPatterns(next)];
	const cells = [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
		const [principal, namespace] = JSON.parse(key) as [string, string];
		const [was, is] = [wasAt(principal, namespace), isAt(principal, namespace)];
		return isDeepStrictEqual(was, is) ? [] : [{ principal, namespace, ...changeOf(was, is) }];
	});
	const byPrincipal = grouped(
		cells.map(({ principal, namespace, ...change }) => ({
			principals: [principal],
			namespaces: [namespace],
			...change,
		})),
		({ namespaces, ...rest }) => rest,
		(one, other) => one.namespaces.push(...other.namespaces),
	);
	return grouped(
		byPrincipal,
		({ principals, namespaces, ...rest }) => ({ ...rest, namespaces: [...namespaces].sort() }),
		(one, other) => one.principals.push(...other.principals),
	).sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
}

/** What takes access away comes last, where it is read last. */
const KINDS: ChangeKind[] = ["gained", "raised", "changed", "lowered", "lost"];
const SIGNS: Record<ChangeKind, string> = { gained: "+", raised: "^", changed: "~", lowered: "v", lost: "-" };

/** A line for people: `- user/joe loses full in prod, dev`; below it the rules, those that are new or gone marked. */
export function describeChange(change: AccessChange): string {
	const { added, removed, kept } = change.rules ?? { added: [], removed: [], kept: [] };
	const rules = [
		...added.map((rule) => `+ ${rule}`),
		...removed.map((rule) => `- ${rule}`),
		...kept.map((rule) => `= ${rule}`),
	];
	return [headOf(change), ...rules.map((rule) => `    ${rule}`)].join("\n");
}

function headOf({ principals, kind, namespaces, before, after }: AccessChange): string {
	const where = namespaces.includes("*") ? "the whole cluster" : namespaces.join(", ");
	const [was, is] = [before.join(" and "), after.join(" and ")];
	const plural = principals.length > 1;
	const what = {
		gained: `${plural ? "gain" : "gains"} ${is} in ${where}`,
		lost: `${plural ? "lose" : "loses"} ${was} in ${where}`,
	}[kind as "gained" | "lost"];
	return `${SIGNS[kind]} ${principals.join(", ")} ${what ?? `${plural ? "go" : "goes"} from ${was} to ${is} in ${where}`}`;
}

/** Access -> its rules in words, of all teams that give some. */
type Cell = Map<string, Set<string>>;

/** (principal, namespace) -> what there is. */
function cellsOf(rows: readonly AccessRow[]): Map<string, Cell> {
	const cells = new Map<string, Cell>();
	for (const row of rows) {
		const { principals, access, rules = [] } = row;
		for (const principal of principals) {
			for (const namespace of placesOf(row)) {
				const key = JSON.stringify([principal, namespace]);
				const cell: Cell = cells.get(key) ?? new Map();
				const known = cell.get(access) ?? new Set();
				cells.set(key, cell.set(access, new Set([...known, ...rules.map(describeRule)])));
			}
		}
	}
	return cells;
}

/** Reads what there is in a cell, by patterns that stand for its namespace too. */
function withPatterns(cells: Map<string, Cell>): (principal: string, namespace: string) => Cell {
	const patterns = [...cells].flatMap(([key, cell]) => {
		const [principal, name] = JSON.parse(key) as [string, string];
		return isPattern(name) && name !== "*" ? [{ principal, name, cell }] : [];
	});
	return (principal, namespace) => {
		const own = cells.get(JSON.stringify([principal, namespace])) ?? new Map();
		const others = patterns.filter(
			({ principal: who, name }) => who === principal && name !== namespace && covers(name, namespace),
		);
		return new Map([...others.flatMap(({ cell }) => [...cell]), ...own]);
	};
}

function changeOf(was: Cell, is: Cell): Pick<AccessChange, "kind" | "before" | "after" | "rules"> {
	const change = { kind: kindOf(was, is), before: [...was.keys()].sort(), after: [...is.keys()].sort() };
	const [old, next] = [was, is].map((cell) => [...new Set([...cell.values()].flatMap((rules) => [...rules]))].sort());
	const [before, after] = [old as string[], next as string[]];
	const rules = {
		added: after.filter((rule) => !before.includes(rule)),
		removed: before.filter((rule) => !after.includes(rule)),
		kept: after.filter((rule) => before.includes(rule)),
	};
	return before.length + after.length > 0 ? { ...change, rules } : change;
}

function kindOf(before: Cell, after: Cell): ChangeKind {
	if (before.size === 0) {
		return "gained";
	}
	if (after.size === 0) {
		return "lost";
	}
	const [was, is] = [rankOf([...before.keys()]), rankOf([...after.keys()])];
	if (was === undefined || is === undefined || was === is) {
		return "changed";
	}
	return is > was ? "raised" : "lowered";
}

/** The highest rank, or undefined where one of the levels has none. */
function rankOf(levels: string[]): number | undefined {
	const ranks = levels.map((level) => RANKS.indexOf(level));
	return ranks.includes(-1) ? undefined : Math.max(...ranks);
}

function grouped<T extends object>(items: T[], key: (item: T) => object, merge: (one: T, other: T) => void): T[] {
	const groups = new Map<string, T>();
	for (const item of items) {
		const known = groups.get(JSON.stringify(key(item)));
		if (known) {
			merge(known, item);
		} else {
			groups.set(JSON.stringify(key(item)), item);
		}
	}
	return [...groups.values()];
}
