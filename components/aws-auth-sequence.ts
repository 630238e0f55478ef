import { blockReaderOf } from "./aws-auth-block";
import { flowReaderOf, type SequenceItem } from "./aws-auth-flow";
import { scannerOf } from "./aws-auth-scanner";

export interface Sequence {
	style: "block" | "flow";
	/** Column of the block items. */
	indent: number;
	items: SequenceItem[];
	/** Where a first item goes: behind `[`, or, block style, where the document's text ends. */
	insertAt: number;
	/** A `null` (or `""`, which the authenticator skips): the range to be replaced by a list. */
	placeholder?: [start: number, end: number];
	/** Each alias: where it stands, and where the anchor that it means stands. */
	aliases: [at: number, anchorAt: number][];
}

/**
 * Reads `mapRoles` or `mapUsers` as aws-iam-authenticator does, and says where in the text each entry stands.
 *
 * The authenticator reads YAML 1.1 with yaml.v2, turns it into JSON, and drops every entry of a key that it cannot parse. A
 * general YAML library reads more texts than yaml.v2 does, reads some of them differently, and needs more than half a second for a map
 * of 1 MiB. So this reader knows exactly the styles on which all of them agree (block, flow, JSON, quoted, multi-line and block
 * scalars, comments, anchors) and refuses everything else. `tests/aws-auth-map.property.test.ts` holds it to the
 * authenticator's own parser.
 */
export function readSequence(text: string, key: string): Sequence {
	const s = scannerOf(text, key);
	const flow = flowReaderOf(s, text);
	const { blockItems } = blockReaderOf(s, text, flow);
	const { flowItems } = flow;
	const length = text.length;
	const illegal =
		/[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|\r(?!\n)/u.exec(
			s.pos > 0 ? text.slice(s.pos) : text,
		);
	if (illegal) {
		s.unsupported(
			"a character that YAML does not allow, or a line break that not every reader knows",
			s.pos + illegal.index,
		);
	}
	const trimmed = text.trim();
	if (s.pos === 0 && ['""', "''", "``"].includes(trimmed)) {
		const start = text.indexOf(trimmed);
		return {
			style: "flow",
			indent: 0,
			items: [],
			insertAt: start,
			placeholder: [start, start + 2],
			aliases: s.aliases,
		};
	}
	s.advance(false);
	if (s.isDocumentMark() && text.startsWith("...", s.pos)) {
		s.unsupported("a document ends that has not begun");
	}
	if (s.isDocumentMark()) {
		s.pos += 3;
		if (!s.advance(false) && (s.isDash(s.pos) || !/[[n~N]/.test(text.charAt(s.pos)))) {
			s.unsupported("text follows the document mark on its line");
		}
	}
	const items: SequenceItem[] = [];
	const c = text.charAt(s.pos);
	const indent = s.pos - s.lineStart;
	let sequence: Sequence = { style: "block", indent: 0, items, insertAt: length, aliases: s.aliases };
	s.depth++;
	if (s.isDash(s.pos)) {
		blockItems(indent, [], items);
		sequence = { style: "block", indent, items, insertAt: length, aliases: s.aliases };
	} else if (c === "[") {
		sequence = { style: "flow", indent, items, insertAt: s.pos + 1, aliases: s.aliases };
		flowItems([], items);
		s.endOfLine();
		s.advance(false);
	} else if (s.pos < length && !s.isDocumentMark()) {
		const word = /(?:~|null|Null|NULL)(?=[ \t\r\n]|$)/y;
		const start = s.pos;
		if (s.take(word) === undefined) {
			s.fail(
				c === "{" || /^[^#\n]*:(?:\s|$)/m.test(text.slice(s.pos)) ? "a mapping was found" : "a single value was found",
				`${key} has to be a list: every entry begins with a dash. The authenticator reads nothing else.`,
			);
		}
		sequence = { style: "flow", indent, items, insertAt: start, placeholder: [start, s.pos], aliases: s.aliases };
		s.endOfLine();
		s.advance(false);
	}
	if (s.pos < length && s.isDocumentMark() && text.startsWith("...", s.pos)) {
		if (sequence.style === "block") {
			sequence.insertAt = s.pos;
		}
		s.pos += 3;
		s.endOfLine();
		s.advance(false);
	}
	if (s.pos < length) {
		s.unsupported(s.isDocumentMark() ? "a second document begins" : "text follows the end of the list");
	}
	return sequence;
}
