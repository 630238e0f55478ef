import type { EditReason } from "../../errors/reasons";
import type { SequenceItem } from "./flow";
import type { Value } from "./scanner";
import { readSequence, type Sequence } from "./sequence";
import { type Changes, editBlock, editFlow, type Mapping } from "./splice";
import { AwsAuthTextError } from "./text-error";

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
	// "[]\n" is what we leave behind where nothing was, so block style may begin anew.
	const text = live === undefined || live === "[]\n" ? "" : live;
	return new MapEdit(text, edit, live).result();
}

/** What stands for no entries in a map, such as `null`; empty where the map is not there, undefined where it is a list. */
export function placeholderIn(text: string | undefined, key: MapKey): string | undefined {
	if (text === undefined) {
		return "";
	}
	const { placeholder } = readSequence(text, key);
	return placeholder && text.slice(...placeholder);
}

/** A map whose list is empty with what stood there before. */
export function withPlaceholder(text: string, key: MapKey, before: string): string {
	const { items, insertAt } = readSequence(text, key);
	const isEmpty = items.length === 0 && text.startsWith("[]", insertAt - 1);
	return isEmpty ? text.slice(0, insertAt - 1) + before + text.slice(insertAt + 1) : text;
}

/** One edit of a map, stage by stage. */
class MapEdit {
	private readonly sequence: Sequence;
	private readonly arnField: string;
	private readonly wanted: Map<string, Mapping>;
	/** The ARN of each item, lower-cased. */
	private readonly arns: string[];

	constructor(
		private readonly text: string,
		private readonly edit: Edit,
		private readonly live: string | undefined,
	) {
		this.arnField = edit.key === "mapRoles" ? "rolearn" : "userarn";
		this.sequence = readSequence(text, edit.key);
		this.wanted = new Map(edit.desired.map((mapping) => [mapping.arn.toLowerCase(), mapping]));
		this.arns = this.sequence.items.map(({ value }) => {
			const arn = fieldOf(value, this.arnField);
			return typeof arn === "string" ? arn.toLowerCase() : "";
		});
	}

	result(): string {
		this.refuseForeign();
		const changes = this.changes();
		const { removed, replaced, added } = changes;
		if (removed.size + replaced.size + added.length === 0) {
			return this.live ?? "[]\n";
		}
		this.refuseAliases(changes);
		const write = this.sequence.style === "block" ? editBlock : editFlow;
		const result = write(this.text, this.sequence, changes);
		this.verify(result, changes);
		return result;
	}

	private refuse(reason: EditReason, at: number): never {
		throw AwsAuthTextError.notEditable(reason, { key: this.edit.key, text: this.text, at });
	}

	private says(value: Value, mapping: Mapping): boolean {
		return says(value, this.arnField, mapping);
	}

	/** Entries of somebody else that have the ARN of a desired one. */
	private refuseForeign(): void {
		this.sequence.items.forEach(({ start, value }, i) => {
			const arn = this.arns[i] as string;
			const mapping = this.wanted.get(arn);
			if (mapping && !this.edit.ours.has(arn) && !this.edit.adopt) {
				this.refuse({ is: "entry-exists", arn: mapping.arn, isSame: this.says(value, mapping) }, start);
			}
		});
	}

	private changes(): Changes {
		const keepers = this.keepers();
		const replaced = new Map<number, Mapping>();
		const removed = new Set<number>();
		this.sequence.items.forEach(({ value }, i) => {
			const arn = this.arns[i] as string;
			const mapping = this.wanted.get(arn);
			if (mapping && keepers.get(arn) === i) {
				if (!this.says(value, mapping)) {
					replaced.set(i, mapping);
				}
			} else if (mapping || this.edit.ours.has(arn)) {
				removed.add(i);
			}
		});
		const added = this.edit.desired.filter(({ arn }) => !keepers.has(arn.toLowerCase()));
		const keepsNewline = this.live === undefined || this.live.endsWith("\n");
		return { arnField: this.arnField, removed, replaced, added, keepsNewline };
	}

	/** Of several entries with our ARN one stays: the first that is right already, else the first. */
	private keepers(): Map<string, number> {
		const { items } = this.sequence;
		const keepers = new Map<string, number>();
		const isRight = (i: number, mapping: Mapping) => this.says((items[i] as SequenceItem).value, mapping);
		this.arns.forEach((arn, i) => {
			const mapping = this.wanted.get(arn);
			const kept = keepers.get(arn);
			if (mapping && (kept === undefined || (!isRight(kept, mapping) && isRight(i, mapping)))) {
				keepers.set(arn, i);
			}
		});
		return keepers;
	}

	/** An alias that stays may not stand for something that goes. */
	private refuseAliases({ removed, replaced }: Changes): void {
		const changed = this.sequence.items.filter((_, i) => removed.has(i) || replaced.has(i));
		const isChanged = (at: number): boolean => changed.some(({ start, end }) => start <= at && at < end);
		for (const [at, anchorAt] of this.sequence.aliases) {
			if (isChanged(anchorAt) && !isChanged(at)) {
				this.refuse({ is: "alias-into-entry" }, at);
			}
		}
	}

	/** Nothing is taken on trust: what was made must read as the old foreign entries and ours. */
	private verify(result: string, { removed, replaced, added }: Changes): void {
		const { text } = this;
		const { items, insertAt } = this.sequence;
		const [first, behind] = this.affected({ removed, replaced, added });
		const startOf = (i: number) => (items[i] as SequenceItem).start - this.sequence.indent;
		const from = first > 0 ? startOf(first) : 0;
		const to = behind < items.length ? startOf(behind) : text.length;
		const after = readSequence(result.slice(from, result.length - (text.length - to)), this.edit.key).items;
		let position = 0;
		items.slice(first, behind).forEach((item, n) => {
			const i = first + n;
			if (removed.has(i)) {
				return;
			}
			const value = after[position++]?.value;
			const mapping = replaced.get(i);
			if (value === undefined || !(mapping ? this.says(value, mapping) : sameValue(item.value, value))) {
				this.refuse({ is: "neighbour-changes" }, item.start);
			}
		});
		const rest = after.slice(position);
		if (rest.length !== added.length || !rest.every(({ value }, i) => this.says(value, added[i] as Mapping))) {
			this.refuse({ is: "no-room" }, insertAt);
		}
	}

	/** A block entry reads by its own lines alone (aliases apart), so there only the entries beside a change are read again. */
	private affected({ removed, replaced, added }: Pick<Changes, "removed" | "replaced" | "added">): [number, number] {
		const { style, aliases, items } = this.sequence;
		if (style === "flow" || aliases.length > 0) {
			return [0, items.length];
		}
		const touched = items.flatMap((_, i) => (removed.has(i) || replaced.has(i) ? [i] : []));
		const first = Math.max((touched[0] ?? items.length) - 1, 0);
		return [first, added.length > 0 ? items.length : (touched.at(-1) as number) + 1];
	}
}
