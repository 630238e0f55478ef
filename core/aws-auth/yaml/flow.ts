import { Scanner, type Value } from "./scanner";

export interface SequenceItem {
	/** Offset of the `-` of a block item, or of a flow item's first character. */
	start: number;
	/** Offset behind the item's last character; no line break, no trailing comment. */
	end: number;
	value: Value;
	/** Flow only: offsets of the commas around the item, -1 where there is none. */
	commaBefore: number;
	commaAfter: number;
}

const PLAIN = /(?:[^ \t\r\n:,?[\]{}]+|:(?![ \t\r\n,?[\]{}]|$)|[ \t]+(?![ \t\r\n#:,?[\]{}]|$))+/y;

/** Reads flow and JSON style: `[…]` and `{…}`. */
export abstract class FlowReader extends Scanner {
	protected flowContent(): Value {
		switch (this.char) {
			case "[":
				return this.flowItems(this.addNode([]));
			case "{":
				return this.flowMapping();
			case '"':
			case "'":
				return this.addNode(this.quotedValue().value);
			case "*":
				return this.alias();
			case "&":
				return this.anchored(() => {
					this.advance(true);
					return this.flowNode();
				});
			default:
				return this.flowPlain();
		}
	}

	private flowNode(): Value {
		return this.nested(() => this.flowContent());
	}

	private flowPlain(): Value {
		const raw = this.take(PLAIN);
		if (raw === undefined || /^(?:[#&*!|>'"%@`:]|-(?:[ \t]|$))/.test(raw)) {
			return this.refuse({ is: "flow-value" });
		}
		this.nodeEnd = this.pos;
		const value = this.plainValue(raw);
		// A scalar that goes on in the next line of a flow collection: nobody writes it, and it reads as one text.
		const [at, line] = [this.pos, this.lineStart];
		this.advance(true);
		if (/\n *\t/.test(this.text.slice(at, this.pos))) {
			this.refuse({ is: "tab-after-value" });
		}
		if (!this.isAtEnd && !",:]}".includes(this.char)) {
			this.refuse({ is: "flow-value-continues" });
		}
		[this.pos, this.lineStart] = [at, line];
		return value;
	}

	protected flowItems(values: Value[], items?: SequenceItem[]): Value[] {
		let commaBefore = -1;
		this.flowMembers("]", () => {
			const start = this.pos;
			const value = this.flowNode();
			values.push(value);
			const item: SequenceItem = { start, end: this.nodeEnd, value, commaBefore, commaAfter: -1 };
			items?.push(item);
			return (at) => {
				commaBefore = item.commaAfter = at;
			};
		});
		return values;
	}

	private flowMapping(): Value {
		const map = this.addNode(new Map<string, Value>());
		const open = this.pos;
		this.flowMembers("}", () => {
			const at = this.pos;
			if (this.char === "{") {
				this.refuse({ is: "template-unquoted" });
			}
			const isQuoted = this.isQuote;
			const name = isQuoted ? this.addNode(this.quotedValue().value) : this.flowPlain();
			this.skipBlanks();
			if (!this.endsKey(at) || !(isQuoted || this.isBlankOrBreak(this.pos + 1))) {
				this.refuse({ is: "flow-key" });
			}
			this.pos++;
			this.flowSpace(open);
			this.setKey(map, name, this.flowNode(), at);
			return undefined;
		});
		return map;
	}

	/** Reads members up to the closing bracket; `read` returns what takes the offset of the comma after its member. */
	private flowMembers(close: "]" | "}", read: () => ((comma: number) => void) | undefined): void {
		const open = this.pos;
		this.pos++;
		for (this.flowSpace(open); this.char !== close; this.flowSpace(open)) {
			const onComma = read();
			this.flowSpace(open);
			if (this.char === ",") {
				onComma?.(this.pos);
				this.pos++;
			} else if (this.char !== close) {
				this.refuse({ is: "comma-missing", close });
			}
		}
		this.pos++;
		this.nodeEnd = this.pos;
	}

	private flowSpace(open: number): void {
		this.advance(true);
		if (this.isAtEnd) {
			this.refuse({ is: "flow-open", open: this.text.charAt(open) }, open);
		}
	}
}
