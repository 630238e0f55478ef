import { AwsAuthTextError, type MapKey } from "../../core/aws-auth/map";
import { foldedName, type Value } from "../../core/aws-auth/yaml/scanner";
import { readSequence, type Sequence } from "../../core/aws-auth/yaml/sequence";
import type { YamlReason } from "../../core/errors/reasons";
import type { Observation } from "./finding";
import { lineStart, refusalOf, type Verdict } from "./refusal";
import { type FieldPlace, type Tree, treeOf } from "./tree";

export interface MapEntry {
	at: number;
	value: Value;
	/** By the name as encoding/json compares it. */
	fields: Map<string, FieldPlace>;
}

export interface MapReading {
	verdict: Verdict;
	entries: MapEntry[];
	observations: Observation[];
}

/** Reads mapRoles or mapUsers as aws-iam-authenticator does, with the place of everything. */
export function readMap(text: string, key: MapKey): MapReading {
	if (text.trim() === "" && !text.includes("\ufeff")) {
		return { verdict: "read", entries: [], observations: [] };
	}
	const tree = treeOf(text);
	const observations: Observation[] = tree.twins.map((twin) => ({
		code: "EKS006",
		at: twin.key,
		what: `the key ${JSON.stringify(twin.name)} stands twice in one mapping; the authenticator reads only one of the two`,
		fix: "Remove one of them",
	}));
	const source = withoutTwins(text, tree.twins);
	const strict = attempt(source, key);
	if (!(strict instanceof AwsAuthTextError)) {
		const tab = strict.style === "block" ? /\n *\t/.exec(text) : null;
		if (tab) {
			observations.push({
				code: "EKS007",
				at: tab.index + tab[0].length - 1,
				what: `a line begins with a tab: in some places the authenticator takes that, in others it drops every entry of ${key}`,
				fix: "Replace the tab by spaces",
			});
			return { verdict: "unsure", entries: entriesOf(strict, tree), observations };
		}
		return { verdict: "read", entries: entriesOf(strict, tree), observations };
	}
	const cut = endOfList(source, key, strict, tree);
	if (cut) {
		observations.push({
			code: "EKS005",
			at: cut.at,
			what: `the list ends above (${strict.explained[0]}); the authenticator ignores everything from here on`,
			fix: "Make it one list: no document marks (---), all dashes in one column, nothing behind the closing ]",
		});
		return { verdict: "partial", entries: entriesOf(cut.sequence, treeOf(source.slice(0, cut.at))), observations };
	}
	const { verdict, observation } = refusalOf(source, key, strict, tree);
	observations.push(observation);
	const entries = verdict === "unsure" && !tree.problem ? entriesOfTree(tree) : [];
	return { verdict, entries, observations };
}

/** Each losing key under a name of the same length that means nothing: what else is wrong with the text shows then. */
function withoutTwins(text: string, twins: FieldPlace[]): string {
	const parts: string[] = [];
	let from = 0;
	[...twins]
		.sort((one, other) => one.key - other.key)
		.forEach(({ key, keyEnd }, at) => {
			const quotes = /["']/.test(text.charAt(key)) ? 1 : 0;
			const length = keyEnd - key - 2 * quotes;
			// Letters that no field of anybody's begins with.
			const filler = `${String.fromCharCode(0x430 + (at % 32))}${at}`.padEnd(length, "_").slice(0, length);
			parts.push(text.slice(from, key + quotes), filler);
			from = keyEnd - quotes;
		});
	return parts.join("") + text.slice(from);
}

function attempt(text: string, key: MapKey): Sequence | AwsAuthTextError<YamlReason> {
	try {
		return readSequence(text, key);
	} catch (error) {
		if (error instanceof AwsAuthTextError) {
			return error;
		}
		throw error;
	}
}

/** Where the authenticator stops reading without a complaint: its library reads one document, and of that one node. */
function endOfList(text: string, key: MapKey, { line, reason: { is } }: AwsAuthTextError<YamlReason>, tree: Tree) {
	const isDocument = is === "second-document";
	const isBeside = is === "text-after-value" && tree.flowEnd !== undefined;
	if (!isDocument && is !== "text-after-list" && !isBeside) {
		return undefined;
	}
	const at = isBeside ? (tree.flowEnd as number) : lineStart(text, line);
	const sequence = attempt(text.slice(0, at), key);
	if (sequence instanceof AwsAuthTextError || sequence.placeholder) {
		return undefined;
	}
	const rest = text.slice(at);
	const column = /^ */.exec(rest)?.[0].length ?? 0;
	const ended =
		sequence.style === "flow" || column < sequence.indent || /^\.\.\.[ \t\r]*(?:#.*)?$/m.test(text.slice(0, at));
	// It looks one token ahead, which may take several lines: what cannot be one is an error all the same.
	const isToken = (isBeside ? /^ *[\w.]/ : /^[ \r\n]*(?:[\w.]|- )/).test(rest) && !/\t|^ *[^\s\w.#-]/m.test(rest);
	return isDocument || (ended && isToken) ? { at, sequence } : undefined;
}

function entriesOf({ items }: Sequence, tree: Tree): MapEntry[] {
	const places = tree.items?.length === items.length ? tree.items : undefined;
	return items.map(({ start, value }, i) => ({ at: start, value, fields: byName(places?.[i]?.fields ?? []) }));
}

function entriesOfTree(tree: Tree): MapEntry[] {
	try {
		return (tree.items ?? []).map(({ at, fields, node }) => ({
			at,
			value: asValue(tree.toJS(node)),
			fields: byName(fields),
		}));
	} catch {
		// A merge of what is no mapping, or an alias within its own anchor: nobody reads that.
		return [];
	}
}

function byName(fields: FieldPlace[]): Map<string, FieldPlace> {
	return new Map(fields.map((field) => [foldedName(field.name), field]));
}

/** What a general reader makes of a text, in the form of the authenticator's reader. */
function asValue(value: unknown): Value {
	if (typeof value === "string") {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map(asValue);
	}
	if (value instanceof Map) {
		return new Map([...value].map(([name, each]) => [foldedName(String(name)), asValue(each)]));
	}
	return { opaque: value instanceof Date ? value.toISOString() : String(value) };
}
