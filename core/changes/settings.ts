import { isDeepStrictEqual } from "node:util";

/** A setting that differs between two configs. */
export interface SettingChange {
	/** Where it stands, for example `["teams", "shop", "role", "mfa"]`; of a list's item by its name, ARN or account. */
	path: string[];
	/** Absent where it was not set. */
	before?: unknown;
	/** Absent where it is not set any more. */
	after?: unknown;
}

/**
 * What differs between two values, as deep down as it can be named. Lists have no order; a list or map without items and `false` are the
 * same as nothing.
 */
export function settingChanges(before: unknown, after: unknown, path: readonly string[] = []): SettingChange[] {
	const [was, is] = [meant(before, path), meant(after, path)];
	if (isDeepStrictEqual(was, is)) {
		return [];
	}
	const isWhole = WHOLE.includes(path.at(-1) ?? "");
	const [old, next] = [partsOf(before, after), partsOf(after, before)];
	if (old && next && !isWhole) {
		return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((key) =>
			settingChanges(old[key], next[key], [...path, key]),
		);
	}
	return [
		{
			path: [...path],
			...(was === undefined ? {} : { before }),
			...(is === undefined ? {} : { after }),
		},
	];
}

/** A change for people: what is new or gone of a list, else the old and the new value. */
export function describeSetting({ path, before, after }: SettingChange): string {
	const where = path.join(".");
	if (isTexts(before ?? []) && isTexts(after ?? [])) {
		const { added, removed } = listChange({ before, after });
		return `${where}: ${[...added.map((each) => `+ ${each}`), ...removed.map((each) => `- ${each}`)].join(", ")}`;
	}
	return `${where}: ${shown(before)} → ${shown(after)}`;
}

/** What is new and what is gone of a list of texts. */
export function listChange({ before, after }: Pick<SettingChange, "before" | "after">) {
	const [was, is] = [before, after].map((each) => (isTexts(each) ? (each as string[]) : []));
	return { added: minus(is as string[], was as string[]), removed: minus(was as string[], is as string[]) };
}

/** A value in one line. */
export function shown(value: unknown): string {
	return value === undefined ? "none" : typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

/** Keys with a value that is one: a selector without conditions chooses every namespace, and none chooses nothing. */
const WHOLE = ["namespaceSelector"];

/** A value in one form for all that mean the same. */
function meant(value: unknown, path: readonly string[]): unknown {
	if (Array.isArray(value)) {
		const items = value.map((each) => JSON.stringify(meant(each, []) ?? null)).sort();
		return items.length > 0 ? items : undefined;
	}
	if (typeof value === "object" && value !== null) {
		const entries = Object.entries(value)
			.map(([key, each]) => [key, meant(each, [key])] as const)
			.filter(([, each]) => each !== undefined)
			.sort(([one], [other]) => (one < other ? -1 : 1));
		return entries.length > 0 || WHOLE.includes(path.at(-1) ?? "") ? Object.fromEntries(entries) : undefined;
	}
	return value === false ? undefined : value;
}

/** A map by its keys, a list of things that have names by those; undefined where it is a value of its own. */
function partsOf(value: unknown, other: unknown): Record<string, unknown> | undefined {
	const given = value ?? (Array.isArray(other) ? [] : {});
	if (typeof given !== "object" || isLevel(value) || isLevel(other)) {
		return undefined;
	}
	if (!Array.isArray(given)) {
		return Array.isArray(other) ? undefined : (given as Record<string, unknown>);
	}
	const [ids, ofOther] = [idsOf(given), Array.isArray(other) ? idsOf(other) : other === undefined ? [] : undefined];
	return ids && ofOther && ids.length + ofOther.length > 0
		? Object.fromEntries(given.map((each, at) => [ids[at], each]))
		: undefined;
}

/** An access level that is no word is one value: of its rules none has a name. */
function isLevel(value: unknown): boolean {
	return typeof value === "object" && value !== null && ["rules", "clusterRole", "policy"].some((key) => key in value);
}

/** Names of a list's items; undefined where one has none, or two have the same. */
function idsOf(list: unknown[]): string[] | undefined {
	const ids = list.map((each) => {
		const { name, arn, account } = (typeof each === "object" && each !== null ? each : {}) as Record<string, unknown>;
		return [name, arn, account].find((id): id is string => typeof id === "string");
	});
	return ids.every((id) => id !== undefined) && new Set(ids).size === ids.length ? (ids as string[]) : undefined;
}

function isTexts(value: unknown): boolean {
	return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** What is in one list more often than in the other. */
function minus(list: readonly string[], others: readonly string[]): string[] {
	const left = [...others];
	return list.filter((each) => {
		const at = left.indexOf(each);
		return at < 0 || left.splice(at, 1).length === 0;
	});
}
