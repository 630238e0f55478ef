import type { SequenceItem } from "./aws-auth-flow";
import { lineAt, type Value } from "./aws-auth-scanner";
import { readSequence } from "./aws-auth-sequence";
import { editBlock, editFlow, type Mapping } from "./aws-auth-splice";
import { AwsAuthTextError } from "./aws-auth-text-error";
import type { ErrorCode } from "./error-codes";

export type MapKey = "mapRoles" | "mapUsers";

export interface Edit {
	key: MapKey;
	/** Lower-cased ARNs of the entries that are ours to change or remove. */
	ours: ReadonlySet<string>;
	/** Entries that shall be there; no two of one ARN. */
	desired: readonly Mapping[];
	/** Take over an entry of somebody else that has the ARN of a desired one. */
	adopt?: boolean;
}

/** A field of an entry, under the name that encoding/json would take for it. */
export function fieldOf(value: Value, name: string): Value | undefined {
	return value instanceof Map ? value.get(name) : undefined;
}

/** Whether an entry says what `mapping` says, and nothing else. */
function says(value: Value, arnField: string, mapping: Mapping): boolean {
	if (!(value instanceof Map)) {
		return false;
	}
	const groups = value.get("groups") ?? [];
	const arn = value.get(arnField);
	return (
		[...value.keys()].every((name) => name === arnField || name === "username" || name === "groups") &&
		typeof arn === "string" &&
		arn.toLowerCase() === mapping.arn.toLowerCase() &&
		value.get("username") === mapping.username &&
		Array.isArray(groups) &&
		groups.length === mapping.groups.length &&
		groups.every((group, i) => group === mapping.groups[i])
	);
}

function sameValue(a: Value, b: Value): boolean {
	if (a === b) {
		return true;
	}
	if (Array.isArray(a)) {
		return Array.isArray(b) && a.length === b.length && a.every((each, i) => sameValue(each, b[i] as Value));
	}
	if (a instanceof Map) {
		const other = b instanceof Map ? b : new Map<string, Value>();
		return (
			a.size === other.size &&
			[...a].every(([name, each]) => {
				const counterpart = other.get(name);
				return counterpart !== undefined && sameValue(each, counterpart);
			})
		);
	}
	return typeof a === "object" && typeof b === "object" && "opaque" in b && a.opaque === b.opaque;
}

/**
 * The map with our entries as desired and everybody else's text as it was, byte for byte. Entries of ours that already say the
 * right thing stay untouched where they are, changed ones are replaced in place, new ones go to the end.
 */
export function editMap(live: string | undefined, edit: Edit): string {
	const { key, ours, desired } = edit;
	const arnField = key === "mapRoles" ? "rolearn" : "userarn";
	// "[]\n" is what we leave behind where nothing was, so block style may begin anew.
	const text = live === undefined || live === "[]\n" ? "" : live;
	const sequence = readSequence(text, key);
	const { items } = sequence;
	const wanted = new Map(desired.map((mapping) => [mapping.arn.toLowerCase(), mapping]));
	const matches = items.map((item) => {
		const arn = fieldOf(item.value, arnField);
		return typeof arn === "string" ? arn.toLowerCase() : "";
	});

	function refuse(line: number, problem: string, code: ErrorCode = "aws-auth-not-editable"): never {
		throw new AwsAuthTextError(code, { key, line, problem });
	}

	// Of several entries with our ARN one stays: the first that is right already, else the first.
	const keeper = new Map<string, number>();
	items.forEach((item, i) => {
		const match = matches[i] as string;
		const mapping = wanted.get(match);
		if (mapping && !ours.has(match) && !edit.adopt) {
			const [identical, remedy] = says(item.value, arnField, mapping)
				? ["says the same already", "set adoptExisting to take it over"]
				: [
						"maps this ARN already",
						"remove that entry (kubectl edit -n kube-system configmap/aws-auth), or set adoptExisting to replace it",
					];
			refuse(
				lineAt(text, item.start),
				`an entry for ${mapping.arn} that this stack has not written ${identical}. The authenticator reads the last entry ` +
					`of an ARN only; ${remedy}.`,
				"aws-auth-entry-exists",
			);
		}
		const kept = keeper.get(match);
		if (
			mapping &&
			(kept === undefined ||
				(!says((items[kept] as SequenceItem).value, arnField, mapping) && says(item.value, arnField, mapping)))
		) {
			keeper.set(match, i);
		}
	});

	const replaced = new Map<number, Mapping>();
	const removed = new Set<number>();
	items.forEach((item, i) => {
		const match = matches[i] as string;
		const mapping = wanted.get(match);
		if (mapping && keeper.get(match) === i) {
			if (!says(item.value, arnField, mapping)) {
				replaced.set(i, mapping);
			}
		} else if (mapping || ours.has(match)) {
			removed.add(i);
		}
	});
	const added = desired.filter((mapping) => !keeper.has(mapping.arn.toLowerCase()));
	if (removed.size + replaced.size + added.length === 0) {
		return live ?? "[]\n";
	}

	const touches = (at: number): boolean =>
		items.some((item, i) => (removed.has(i) || replaced.has(i)) && item.start <= at && at < item.end);
	for (const [at, anchorAt] of sequence.aliases) {
		if (touches(anchorAt) && !touches(at)) {
			refuse(lineAt(text, at), "an alias stands for something in an entry of this stack, which changes. Write it out.");
		}
	}

	const changes = { arnField, removed, replaced, added, keepsNewline: live === undefined || live.endsWith("\n") };
	const result = sequence.style === "block" ? editBlock(text, sequence, changes) : editFlow(text, sequence, changes);

	// Nothing is taken on trust: what was made must read as the old foreign entries and ours. A block entry reads by its own
	// lines alone (aliases apart), so there only the entries beside a change are read again.
	const local = sequence.style === "block" && sequence.aliases.length === 0;
	const touched = items.flatMap((_, i) => (removed.has(i) || replaced.has(i) ? [i] : []));
	const first = local ? Math.max((touched[0] ?? items.length) - 1, 0) : 0;
	const behind = local && added.length === 0 ? (touched.at(-1) as number) + 1 : items.length;
	const from = first > 0 ? (items[first] as SequenceItem).start - sequence.indent : 0;
	const to = behind < items.length ? (items[behind] as SequenceItem).start - sequence.indent : text.length;
	const after = readSequence(result.slice(from, result.length - (text.length - to)), key).items;
	let position = 0;
	for (let i = first; i < behind; i++) {
		const item = items[i] as SequenceItem;
		const mapping = replaced.get(i);
		const value = removed.has(i) ? item.value : after[position++]?.value;
		if (value === undefined || !(mapping ? says(value, arnField, mapping) : sameValue(item.value, value))) {
			refuse(
				lineAt(text, item.start),
				"the text around this entry cannot be changed without changing what the entry says: it ends in a block scalar " +
					"(| or >). Write that value in quotes, or put a comment line at the left margin behind it.",
			);
		}
	}
	const rest = after.slice(position);
	if (
		rest.length !== added.length ||
		!added.every((mapping, i) => says((rest[i] as SequenceItem).value, arnField, mapping))
	) {
		refuse(lineAt(text, sequence.insertAt), "this stack's entries cannot be put here. Write the map in block style.");
	}
	return result;
}
