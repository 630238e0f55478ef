import { type Scanner, TAB_REMEDY, type Value } from "./aws-auth-scanner";

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

/** Reads flow and JSON style: `[…]` and `{…}`. */
export function flowReaderOf(s: Scanner, text: string) {
	const plainInFlow = /(?:[^ \t\r\n:,?[\]{}]+|:(?![ \t\r\n,?[\]{}]|$)|[ \t]+(?![ \t\r\n#:,?[\]{}]|$))+/y;
	const length = text.length;
	return { flowContent, flowItems };

	function flowNode(): Value {
		if (++s.depth > 50) {
			s.unsupported("the text is nested deeper than 50 levels");
		}
		const value = flowContent();
		s.depth--;
		return value;
	}

	function flowPlain(): Value {
		const raw = s.take(plainInFlow);
		if (raw === undefined || /^(?:[#&*!|>'"%@`:]|-(?:[ \t]|$))/.test(raw)) {
			return s.unsupported("a value is missing, or begins with a character that YAML reserves");
		}
		s.nodeEnd = s.pos;
		const value = s.plainValue(raw);
		// A scalar that goes on in the next line of a flow collection: nobody writes it, and it reads as one text.
		const [at, line] = [s.pos, s.lineStart];
		s.advance(true);
		if (/\n *\t/.test(text.slice(at, s.pos))) {
			s.fail("a line behind an unquoted value begins with a tab", TAB_REMEDY);
		}
		if (s.pos < length && !/[,:\]}]/.test(text.charAt(s.pos))) {
			s.unsupported("an unquoted value is followed by more text");
		}
		[s.pos, s.lineStart] = [at, line];
		return value;
	}

	function flowContent(): Value {
		const c = text.charAt(s.pos);
		if (c === "[") {
			return flowItems(s.addNode([]), undefined);
		}
		if (c === "{") {
			return flowMapping();
		}
		if (c === '"' || c === "'") {
			return s.addNode(s.quotedValue().value);
		}
		if (c === "*") {
			return s.alias();
		}
		if (c === "&") {
			return s.anchored(() => {
				s.advance(true);
				return flowNode();
			});
		}
		return flowPlain();
	}

	function flowItems(values: Value[], items: SequenceItem[] | undefined): Value[] {
		const open = s.pos;
		let commaBefore = -1;
		s.pos++;
		for (;;) {
			flowSpace(open);
			if (text.charCodeAt(s.pos) === 93) {
				break;
			}
			const start = s.pos;
			const value = flowNode();
			values.push(value);
			const item: SequenceItem = { start, end: s.nodeEnd, value, commaBefore, commaAfter: -1 };
			items?.push(item);
			flowSpace(open);
			if (text.charCodeAt(s.pos) === 44) {
				commaBefore = item.commaAfter = s.pos;
				s.pos++;
			} else if (text.charCodeAt(s.pos) !== 93) {
				s.unsupported("a comma or ] is missing in a list");
			}
		}
		s.pos++;
		s.nodeEnd = s.pos;
		return values;
	}

	function flowSpace(open: number): void {
		s.advance(true);
		if (s.pos >= length) {
			s.unsupported(`a ${text.charAt(open)} is never closed`, open);
		}
	}

	function flowMapping(): Value {
		const open = s.pos;
		const map = s.addNode(new Map<string, Value>());
		s.pos++;
		for (;;) {
			flowSpace(open);
			if (text.charCodeAt(s.pos) === 125) {
				break;
			}
			const at = s.pos;
			const c = text.charAt(s.pos);
			if (c === "{") {
				s.fail("{{ stands without quotes", 'Write the template in quotes, like "system:node:{{EC2PrivateDNSName}}".');
			}
			const isQuoted = c === '"' || c === "'";
			const name = isQuoted ? s.addNode(s.quotedValue().value) : flowPlain();
			s.skipBlanks();
			if (!s.endsKey(at) || !(isQuoted || s.isBlankOrBreak(s.pos + 1))) {
				s.unsupported("a key of a mapping is not followed by a colon and a space");
			}
			s.pos++;
			flowSpace(open);
			s.setKey(map, name, flowNode(), at);
			flowSpace(open);
			if (text.charCodeAt(s.pos) === 44) {
				s.pos++;
			} else if (text.charCodeAt(s.pos) !== 125) {
				s.unsupported("a comma or } is missing in a mapping");
			}
		}
		s.pos++;
		s.nodeEnd = s.pos;
		return map;
	}
}
