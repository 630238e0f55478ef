import { BlockReader } from "./block";
import type { SequenceItem } from "./flow";

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
 * scalars, comments, anchors) and refuses everything else. `tests/core/aws-auth/map.property.test.ts` holds it to the
 * authenticator's own parser.
 */
export function readSequence(text: string, key: string): Sequence {
	return new SequenceReader(text, key).read();
}

const ILLEGAL = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]|\r(?!\n)/u;

/** Reads the whole text: a list, null or nothing, in one document. */
class SequenceReader extends BlockReader {
	read(): Sequence {
		this.requireLegal();
		const trimmed = this.text.trim();
		if (this.pos === 0 && ['""', "''", "``"].includes(trimmed)) {
			const start = this.text.indexOf(trimmed);
			return this.sequence({ style: "flow", insertAt: start, placeholder: [start, start + 2] });
		}
		this.documentStart();
		const sequence = this.nested(() => this.list());
		if (this.isDocumentMark && this.char === ".") {
			if (sequence.style === "block") {
				sequence.insertAt = this.pos;
			}
			this.pos += 3;
			this.endOfLine();
			this.advance(false);
		}
		if (!this.isAtEnd) {
			this.refuse({ is: this.isDocumentMark ? "second-document" : "text-after-list" });
		}
		return sequence;
	}

	private sequence(of: Partial<Sequence>): Sequence {
		return { style: "block", indent: 0, items: [], insertAt: this.text.length, aliases: this.aliases, ...of };
	}

	private requireLegal(): void {
		// A byte order mark is legal at the beginning.
		const illegal = ILLEGAL.exec(this.pos > 0 ? this.text.slice(this.pos) : this.text);
		if (illegal) {
			this.refuse({ is: "character-illegal" }, this.pos + illegal.index);
		}
	}

	private documentStart(): void {
		this.advance(false);
		if (!this.isDocumentMark) {
			return;
		}
		if (this.char === ".") {
			this.refuse({ is: "document-end-first" });
		}
		this.pos += 3;
		if (!this.advance(false) && (this.isDash || !/[[n~N]/.test(this.char))) {
			this.refuse({ is: "text-after-mark" });
		}
	}

	private list(): Sequence {
		const items: SequenceItem[] = [];
		const { column: indent, pos: start } = this;
		if (this.isDash) {
			this.blockItems(indent, [], items);
			return this.sequence({ indent, items });
		}
		if (this.isAtEnd || this.isDocumentMark) {
			return this.sequence({});
		}
		let placeholder: Sequence["placeholder"];
		if (this.char === "[") {
			this.flowItems([], items);
		} else {
			this.takeNull();
			placeholder = [start, this.pos];
		}
		this.endOfLine();
		this.advance(false);
		const insertAt = placeholder ? start : start + 1;
		return this.sequence({ style: "flow", indent, items, insertAt, ...(placeholder ? { placeholder } : {}) });
	}

	private takeNull(): void {
		if (this.take(/(?:~|null|Null|NULL)(?=[ \t\r\n]|$)/y) === undefined) {
			const isMapping = this.char === "{" || /^[^#\n]*:(?:\s|$)/m.test(this.text.slice(this.pos));
			this.refuse({ is: "not-a-list", found: isMapping ? "mapping" : "single value", key: this.key });
		}
	}
}
