import type { flowReaderOf, SequenceItem } from "./aws-auth-flow";
import { type Scanner, TAB_REMEDY, type Value } from "./aws-auth-scanner";

/** Reads block style: lists by dashes, mappings by columns, plain text over several lines, `|` and `>`. */
export function blockReaderOf(s: Scanner, text: string, { flowContent }: ReturnType<typeof flowReaderOf>) {
	const plainInBlock = /(?:[^ \t\r\n:]+|:(?![ \t\r\n]|$)|[ \t]+(?![ \t\r\n#]|$|:(?:[ \t\r\n]|$)))+/y;
	const blockHeader = /[|>](?:[+-][1-9]?|[1-9][+-]?)?[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?:\r?\n|$)/y;
	const length = text.length;
	return { blockItems };

	/** A `|` or `>` scalar below a node at column `parent`. */
	function blockScalar(parent: number): Value {
		const literal = text.charCodeAt(s.pos) === 124;
		const header = s.take(blockHeader);
		if (header === undefined) {
			return s.unsupported("a block scalar's first line holds more than its indicators");
		}
		const [, indicators = ""] = /^.([-+\d]*)/.exec(header) ?? [];
		const chomp = /[-+]/.exec(indicators)?.[0];
		const indicated = /\d/.exec(indicators)?.[0];
		let indent = indicated ? parent + Number(indicated) : 0;
		const lines: string[] = [];
		let content = 0;
		let spaces = 0;
		let endsWithBreak = header.endsWith("\n");
		s.nodeEnd = s.pos - (endsWithBreak ? (header.endsWith("\r\n") ? 2 : 1) : 0);
		while (s.pos < length) {
			const newline = text.indexOf("\n", s.pos);
			const next = newline < 0 ? length : newline + 1;
			const end = newline < 0 ? length : newline > s.pos && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline;
			let column = 0;
			while (s.pos + column < end && text.charCodeAt(s.pos + column) === 32 && (indent === 0 || column < indent)) {
				column++;
			}
			const blank = s.pos + column >= end;
			if (!blank && text.charCodeAt(s.pos + column) === 9 && (indent === 0 || column < indent)) {
				s.fail("a tab is used for indentation", TAB_REMEDY);
			}
			if (blank && newline < 0 && end > s.pos) {
				s.unsupported("the text ends in blanks that belong to a block scalar");
			}
			if (!blank) {
				if (indent === 0) {
					if (column <= parent) {
						break;
					}
					if (spaces > column) {
						s.unsupported("a block scalar begins with a blank line that is longer than its indentation");
					}
					indent = column;
				} else if (column < indent) {
					break;
				}
				lines.push(text.slice(s.pos + column, end));
				content = lines.length;
				s.nodeEnd = end;
			} else {
				spaces = Math.max(spaces, column);
				lines.push("");
			}
			endsWithBreak = newline >= 0;
			s.pos = next;
		}
		s.lineStart = s.pos;
		const body = lines.slice(0, content).join("\n");
		const blankTail = "\n".repeat(lines.length - content);
		const tail =
			chomp === "-" ? "" : chomp === "+" ? "\n".repeat(content > 0 && endsWithBreak ? 1 : 0) + blankTail : "";
		const clip = chomp === undefined && content > 0 && (endsWithBreak || content < lines.length) ? "\n" : "";
		// How a folded text of several lines is folded never matters: no ARN, name or group of ours holds a line break.
		return s.addNode(literal || content <= 1 ? body + tail + clip : { opaque: `>${body}${tail}${clip}` });
	}

	/** What follows `-` or `key:`, below a node at column `parent`. */
	function blockNode(parent: number, afterKey: boolean): Value {
		if (++s.depth > 50) {
			s.unsupported("the text is nested deeper than 50 levels");
		}
		const value = blockContent(parent, afterKey, !afterKey);
		s.depth--;
		return value;
	}

	function blockContent(parent: number, afterKey: boolean, mayOpen: boolean): Value {
		if (!afterKey) {
			const from = s.pos;
			s.skipBlanks();
			s.forbidTab(from);
			// A comment needs its blank.
			s.pos = from;
		}
		const newLine = s.advance(false);
		const column = s.pos - s.lineStart;
		const zeroIndent = newLine && afterKey && column === parent && s.isDash(s.pos);
		if (s.pos >= length || s.isDocumentMark() || (newLine && column <= parent && !zeroIndent)) {
			return s.addNode({ opaque: "" });
		}
		const open = newLine || mayOpen;
		const c = text.charAt(s.pos);
		if (s.isDash(s.pos)) {
			return open ? blockItems(column, []) : s.unsupported("a list begins on the line of its key");
		}
		if (c === "&") {
			return s.anchored(() => blockContent(parent, afterKey, false));
		}
		if (c === "*") {
			const value = s.alias();
			s.endOfLine();
			return value;
		}
		if (c === "|" || c === ">") {
			return blockScalar(parent);
		}
		if (c === "[" || c === "{") {
			const value = flowContent();
			s.endOfLine();
			return value;
		}
		const at = s.pos;
		const start = s.pos;
		const line = s.lineStart;
		const isQuoted = c === '"' || c === "'";
		const first = isQuoted ? s.quotedValue() : { value: plainLine(), multiline: false };
		const gap = s.pos;
		s.skipBlanks();
		if (text.charCodeAt(s.pos) === 58 && s.isBlankOrBreak(s.pos + 1)) {
			if (!open || first.multiline || line !== s.lineStart) {
				s.unsupported("a colon stands inside a value", at);
			}
			s.pos = start;
			return blockMapping(column);
		}
		s.pos = gap;
		if (isQuoted) {
			s.endOfLine();
			return s.addNode(first.value);
		}
		return plainRest(first.value, parent);
	}

	function plainLine(): string {
		const c = text.charAt(s.pos);
		if (",[]{}#&*!|>'\"%@`".includes(c) || ("?:-".includes(c) && s.isBlankOrBreak(s.pos + 1))) {
			s.unsupported(`a value begins with ${c}, which YAML reserves`);
		}
		const raw = s.take(plainInBlock);
		s.nodeEnd = s.pos;
		return raw ?? s.unsupported("a value is missing");
	}

	/** The further lines of a plain scalar, folded. */
	function plainRest(firstLine: string, parent: number): Value {
		let value = firstLine;
		for (;;) {
			const commented = s.endOfLine();
			const at = s.pos;
			const line = s.lineStart;
			let breaks = 0;
			for (let c = text.charCodeAt(at); !commented && (c === 10 || c === 13); c = text.charCodeAt(s.pos)) {
				s.pos += c === 10 ? 1 : 2;
				s.lineStart = s.pos;
				breaks++;
				s.skipBlanks();
				s.forbidTab(s.lineStart);
			}
			const ends = breaks === 0 || s.pos >= length || text.charCodeAt(s.pos) === 35 || s.isDocumentMark();
			if (ends || s.pos - s.lineStart <= parent) {
				s.pos = at;
				s.lineStart = line;
				return value === firstLine ? s.plainValue(value) : s.addNode({ opaque: value });
			}
			const more = s.take(plainInBlock);
			s.nodeEnd = s.pos;
			s.skipBlanks();
			if (more === undefined || text.charCodeAt(s.pos) === 58) {
				s.unsupported("a value goes on in this line, and a colon follows");
			}
			s.pos = s.nodeEnd;
			value += (breaks === 1 ? " " : "\n".repeat(breaks - 1)) + more;
		}
	}

	function blockMapping(indent: number): Value {
		const map = s.addNode(new Map<string, Value>());
		for (;;) {
			const at = s.pos;
			const c = text.charAt(s.pos);
			const name = c === '"' || c === "'" ? s.addNode(s.quotedValue().value) : s.plainValue(plainLine());
			s.skipBlanks();
			if (!s.endsKey(at) || !s.isBlankOrBreak(s.pos + 1)) {
				s.unsupported("a key without a colon and a space behind it", at);
			}
			s.pos++;
			s.nodeEnd = s.pos;
			s.setKey(map, name, blockNode(indent, true), at);
			const newLine = s.advance(false);
			if (s.pos >= length || s.isDocumentMark() || (newLine && s.pos - s.lineStart < indent)) {
				return map;
			}
			if (!newLine || s.pos - s.lineStart > indent) {
				s.unsupported("a line is indented differently from its neighbours");
			}
			if (s.isDash(s.pos)) {
				// A list at its key's own column has been read with the key; here it belongs to an outer list.
				return s.unsupported("a dash stands where a key is expected");
			}
		}
	}

	function blockItems(indent: number, values: Value[], items?: SequenceItem[]): Value[] {
		s.addNode(values);
		for (;;) {
			const start = s.pos;
			s.pos++;
			s.nodeEnd = s.pos;
			const value = blockNode(indent, false);
			values.push(value);
			items?.push({ start, end: s.nodeEnd, value, commaBefore: -1, commaAfter: -1 });
			const newLine = s.advance(false);
			const column = s.pos - s.lineStart;
			if (
				s.pos >= length ||
				s.isDocumentMark() ||
				(newLine && (column < indent || (column === indent && !s.isDash(s.pos))))
			) {
				return values;
			}
			if (!newLine || column > indent) {
				s.unsupported("a line is indented differently from its neighbours");
			}
		}
	}
}
