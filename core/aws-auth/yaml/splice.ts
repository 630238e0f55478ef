import type { SequenceItem } from "./flow";
import type { Sequence } from "./sequence";

/** One entry as it is written: a role's or a user's ARN, as the authenticator compares it. */
export interface Mapping {
	arn: string;
	username: string;
	groups: string[];
}

/** What becomes of the items of a sequence, by their index, and what is added behind them. */
export interface Changes {
	arnField: string;
	removed: Set<number>;
	replaced: Map<number, Mapping>;
	added: Mapping[];
	/** Whether a text that becomes empty ends in a line break. */
	keepsNewline: boolean;
}

type Cut = [start: number, end: number, text: string];

function splice(text: string, from: number, to: number, cuts: Cut[]): string {
	let at = from;
	let out = "";
	for (const [start, end, replacement] of cuts) {
		out += text.slice(at, start) + replacement;
		at = end;
	}
	return out + text.slice(at, to);
}

export function editBlock(text: string, { items, indent, insertAt }: Sequence, changes: Changes): string {
	const margin = " ".repeat(indent);
	const newline = /\r?\n/.exec(text)?.[0] ?? "\n";
	let cutsLastNewline = false;
	const cuts = items.flatMap(({ start, end }, i): Cut[] => {
		const mapping = changes.replaced.get(i);
		if (mapping) {
			return [[start, end, blockText(mapping, changes.arnField, margin, newline)]];
		}
		if (!changes.removed.has(i)) {
			return [];
		}
		const lineEnd = text.indexOf("\n", end);
		// The last line had no line break, so the break in front of it goes: that is how such an entry is added.
		cutsLastNewline = lineEnd < 0 && insertAt === text.length;
		return [[start - indent, lineEnd < 0 ? text.length : lineEnd + 1, ""]];
	});
	let head = splice(text, 0, insertAt, cuts);
	if (cutsLastNewline) {
		head = head.replace(/\r?\n$/, "");
	}
	const tail = text.slice(insertAt);
	const isEmpty = head === "" || head === "\ufeff";
	if (changes.added.length === 0) {
		return isEmpty && tail === "" && changes.keepsNewline ? `${head}[]${newline}` : head + tail;
	}
	const added = changes.added.map((mapping) => margin + blockText(mapping, changes.arnField, margin, newline));
	const before = isEmpty || head.endsWith("\n") ? "" : newline;
	const behind = tail !== "" || (before === "" && (isEmpty ? changes.keepsNewline : true)) ? newline : "";
	return head + before + added.join(newline) + behind + tail;
}

export function editFlow(text: string, { items, insertAt, placeholder }: Sequence, changes: Changes): string {
	const added = changes.added.map((mapping) => flowText(mapping, changes.arnField));
	if (placeholder) {
		return splice(text, 0, text.length, [[placeholder[0], placeholder[1], `[${added.join(", ")}]`]]);
	}
	const isKept = (_: SequenceItem, i: number) => !changes.removed.has(i);
	const keptLast = items.findLastIndex(isKept);
	const keptFirst = items.findIndex(isKept);
	const cuts: Cut[] = keptLast < 0 && added.length > 0 ? [[insertAt, insertAt, added.join(", ")]] : [];
	items.forEach((item, i) => {
		const mapping = changes.replaced.get(i);
		if (mapping) {
			cuts.push([item.start, item.end, flowText(mapping, changes.arnField)]);
		} else if (changes.removed.has(i)) {
			const isAfterKept = keptFirst >= 0 && keptFirst < i;
			cuts.push(...(isAfterKept ? cutWithCommaBefore(text, item) : [cutWithCommaAfter(text, item, items[i + 1])]));
		}
		if (i === keptLast) {
			const gap = gapBefore(text, item, insertAt);
			cuts.push([item.end, item.end, added.map((each) => `,${gap}${each}`).join("")]);
		}
	});
	return splice(text, 0, text.length, cuts);
}

/** What stands between the last entry and the comma before it, if that is a line break. */
function gapBefore(text: string, { start, commaBefore }: SequenceItem, insertAt: number): string {
	const lead = text.slice(commaBefore < 0 ? insertAt : commaBefore + 1, start);
	return lead.includes("\n") && lead.trim() === "" ? lead : " ";
}

/** A comment between the comma and the entry stays. */
function cutWithCommaBefore(text: string, { start, end, commaBefore }: SequenceItem): Cut[] {
	return isBlank(text, commaBefore + 1, start)
		? [[commaBefore, end, ""]]
		: [
				[commaBefore, commaBefore + 1, ""],
				[start, end, ""],
			];
}

function cutWithCommaAfter(text: string, { start, end, commaAfter }: SequenceItem, next?: SequenceItem): Cut {
	const nextStart = next?.start ?? commaAfter + 1;
	const isJoined = commaAfter >= 0 && isBlank(text, commaAfter + 1, nextStart);
	return [start, isJoined ? nextStart : Math.max(end, commaAfter + 1), ""];
}

function isBlank(text: string, start: number, end: number): boolean {
	return text.slice(start, end).trim() === "";
}

/** A scalar that stays a string in YAML 1.1: plain where that is beyond doubt, else as a JSON string in ASCII. */
function scalar(text: string): string {
	const plain = /^[A-Za-z](?:[\w./@+=-]|:(?=[\w./@+=:-]))*$/.test(text);
	const keyword = /^(?:null|y|n|yes|no|on|off|true|false)$/i.test(text);
	return plain && !keyword ? text : quoted(text);
}

function quoted(text: string): string {
	return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (c) => {
		const point = c.codePointAt(0) as number;
		return point > 0xffff ? `\\U${point.toString(16).padStart(8, "0")}` : `\\u${point.toString(16).padStart(4, "0")}`;
	});
}

function blockText(mapping: Mapping, arnField: string, indent: string, newline: string): string {
	const groups = mapping.groups.map((group) => `- ${scalar(group)}`);
	const lines = [
		...(groups.length > 0 ? ["groups:", ...groups] : ["groups: []"]),
		`${arnField}: ${scalar(mapping.arn)}`,
		`username: ${scalar(mapping.username)}`,
	];
	return lines.map((line, i) => (i === 0 ? `- ${line}` : `${indent}  ${line}`)).join(newline);
}

function flowText(mapping: Mapping, arnField: string): string {
	const groups = mapping.groups.map(quoted).join(", ");
	return `{"groups": [${groups}], "${arnField}": ${quoted(mapping.arn)}, "username": ${quoted(mapping.username)}}`;
}
