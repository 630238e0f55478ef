import { isDeepStrictEqual } from "node:util";
import { LEVEL_NAMES } from "./access-levels";
import { type AccessRow, placesOf } from "./access-matrix";

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
}

/** From the least to the most; levels that are not here cannot be compared. */
const RANKS: string[] = [...LEVEL_NAMES, "admin"];

/** Who gains or loses what between two access matrices; through which team does not matter. */
export function accessChanges(before: readonly AccessRow[], after: readonly AccessRow[]): AccessChange[] {
	const [old, next] = [cellsOf(before), cellsOf(after)];
	const none: Cell = new Map();
	const cells = [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
		const [principal, namespace] = JSON.parse(key) as [string, string];
		const [was, is] = [old.get(key) ?? none, next.get(key) ?? none];
		return isDeepStrictEqual(was, is)
			? []
			: [{ principal, namespace, kind: kindOf(was, is), before: [...was.keys()].sort(), after: [...is.keys()].sort() }];
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

/** One line a change, for people: `- user/joe loses full in prod, dev`. */
export function describeChange({ principals, kind, namespaces, before, after }: AccessChange): string {
	const where = namespaces.includes("*") ? "the whole cluster" : namespaces.join(", ");
	const [was, is] = [before.join(" and "), after.join(" and ")];
	const plural = principals.length > 1;
	const what = {
		gained: `${plural ? "gain" : "gains"} ${is} in ${where}`,
		lost: `${plural ? "lose" : "loses"} ${was} in ${where}`,
	}[kind as "gained" | "lost"];
	return `${SIGNS[kind]} ${principals.join(", ")} ${what ?? `${plural ? "go" : "goes"} from ${was} to ${is} in ${where}`}`;
}

/** Access -> its rules, those of each team that gives some. */
type Cell = Map<string, Set<unknown>>;

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
				if (![...known].some((each) => isDeepStrictEqual(each, rules))) {
					known.add(rules);
				}
				cells.set(key, cell.set(access, known));
			}
		}
	}
	return cells;
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
