import { FlowReader, type SequenceItem } from "./flow";
import type { Value } from "./scanner";

const PLAIN = /(?:[^ \t\r\n:]+|:(?![ \t\r\n]|$)|[ \t]+(?![ \t\r\n#]|$|:(?:[ \t\r\n]|$)))+/y;
const HEADER = /[|>](?:[+-][1-9]?|[1-9][+-]?)?[ \t]*(?:(?<=[ \t])#[^\r\n]*)?(?:\r?\n|$)/y;
const BLANK_LINES = /(?: *\r?\n)*/y;

/** A block scalar's body: lines that begin in the column `indent`, and blank ones. */
function bodyAt(indent: number): RegExp {
	return new RegExp(`(?:(?: {${indent}}[^\\r\\n]+| {0,${indent}}(?=[\\r\\n]))(?:\\r?\\n|$))*`, "y");
}

/** Reads block style: lists by dashes, mappings by columns, plain text over several lines, `|` and `>`. */
export abstract class BlockReader extends FlowReader {
	protected blockItems(indent: number, values: Value[], items?: SequenceItem[]): Value[] {
		this.addNode(values);
		do {
			const start = this.pos;
			this.pos++;
			this.nodeEnd = this.pos;
			const value = this.blockNode(indent, false);
			values.push(value);
			items?.push({ start, end: this.nodeEnd, value, commaBefore: -1, commaAfter: -1 });
		} while (this.continuesAt(indent) && this.isDash);
		return values;
	}

	private blockMapping(indent: number): Value {
		const map = this.addNode(new Map<string, Value>());
		do {
			if (this.isDash) {
				// A list at its key's own column has been read with the key; here it belongs to an outer list.
				this.refuse({ is: "dash-for-key" });
			}
			const at = this.pos;
			const name = this.isQuote ? this.addNode(this.quotedValue().value) : this.plainValue(this.plainLine());
			this.skipBlanks();
			if (!this.endsKey(at) || !this.isBlankOrBreak(this.pos + 1)) {
				this.refuse({ is: "key-without-colon" }, at);
			}
			this.pos++;
			this.nodeEnd = this.pos;
			this.setKey(map, name, this.blockNode(indent, true), at);
		} while (this.continuesAt(indent));
		return map;
	}

	/** Whether the next token is in the same column as its neighbours; further to the left, the list or mapping ends. */
	private continuesAt(indent: number): boolean {
		const isNewLine = this.advance(false);
		if (this.isAtEnd || this.isDocumentMark || (isNewLine && this.column < indent)) {
			return false;
		}
		if (!isNewLine || this.column > indent) {
			this.refuse({ is: "indentation-differs" });
		}
		return true;
	}

	/** What follows `-` or `key:`, below a node at column `parent`. */
	private blockNode(parent: number, afterKey: boolean): Value {
		return this.nested(() => this.blockContent(parent, afterKey, !afterKey));
	}

	private blockContent(parent: number, afterKey: boolean, mayOpen: boolean): Value {
		if (!afterKey) {
			const from = this.pos;
			this.skipBlanks();
			this.forbidTab(from);
			// A comment needs its blank.
			this.pos = from;
		}
		const isNewLine = this.advance(false);
		const { column } = this;
		const isBeside = isNewLine && afterKey && column === parent && this.isDash;
		if (this.isAtEnd || this.isDocumentMark || (isNewLine && column <= parent && !isBeside)) {
			return this.addNode({ opaque: "" });
		}
		const isOpen = isNewLine || mayOpen;
		if (this.isDash) {
			return isOpen ? this.blockItems(column, []) : this.refuse({ is: "list-on-key-line" });
		}
		switch (this.char) {
			case "&":
				return this.anchored(() => this.blockContent(parent, afterKey, false));
			case "|":
			case ">":
				return this.blockScalar(parent);
			case "*":
				return this.onOneLine(this.alias());
			case "[":
			case "{":
				return this.onOneLine(this.flowContent());
			default:
				return this.scalarOrMapping(parent, isOpen);
		}
	}

	private onOneLine<T extends Value>(value: T): T {
		this.endOfLine();
		return value;
	}

	/** What begins with a scalar is a mapping if a colon follows. */
	private scalarOrMapping(parent: number, isOpen: boolean): Value {
		const { pos: start, lineStart, column, isQuote } = this;
		const value = isQuote ? this.quotedValue().value : this.plainLine();
		const gap = this.pos;
		this.skipBlanks();
		if (this.char === ":" && this.isBlankOrBreak(this.pos + 1)) {
			if (!isOpen || lineStart !== this.lineStart) {
				this.refuse({ is: "colon-in-value" }, start);
			}
			this.pos = start;
			return this.blockMapping(column);
		}
		this.pos = gap;
		return isQuote ? this.addNode(this.onOneLine(value)) : this.plainRest(value, parent);
	}

	private plainLine(): string {
		const { char } = this;
		if (",[]{}#&*!|>'\"%@`".includes(char) || ("?:-".includes(char) && this.isBlankOrBreak(this.pos + 1))) {
			this.refuse({ is: "reserved-character", character: char });
		}
		const raw = this.take(PLAIN);
		this.nodeEnd = this.pos;
		return raw ?? this.refuse({ is: "value-missing" });
	}

	/** The further lines of a plain scalar, folded. */
	private plainRest(firstLine: string, parent: number): Value {
		let value = firstLine;
		for (;;) {
			const isCommented = this.endOfLine();
			const [at, line] = [this.pos, this.lineStart];
			const breaks = isCommented ? 0 : this.plainBreaks();
			const ends = breaks === 0 || this.isAtEnd || this.char === "#" || this.isDocumentMark;
			if (ends || this.column <= parent) {
				[this.pos, this.lineStart] = [at, line];
				return value === firstLine ? this.plainValue(value) : this.addNode({ opaque: value });
			}
			const more = this.take(PLAIN);
			this.nodeEnd = this.pos;
			this.skipBlanks();
			if (more === undefined || this.char === ":") {
				this.refuse({ is: "colon-in-next-line" });
			}
			this.pos = this.nodeEnd;
			value += (breaks === 1 ? " " : "\n".repeat(breaks - 1)) + more;
		}
	}

	private plainBreaks(): number {
		let breaks = 0;
		while (this.takeBreak()) {
			breaks++;
			this.skipBlanks();
			this.forbidTab(this.lineStart);
		}
		return breaks;
	}

	/** A `|` or `>` scalar below a node at column `parent`. */
	private blockScalar(parent: number): Value {
		const header = this.take(HEADER) ?? this.refuse({ is: "block-header" });
		this.nodeEnd = this.pos - (/\r?\n$/.exec(header)?.[0].length ?? 0);
		const [, indicators = ""] = /^.([-+\d]*)/.exec(header) ?? [];
		const indent = this.blockIndent(parent, /\d/.exec(indicators)?.[0]);
		const start = this.pos;
		const body = this.take(indent === undefined ? BLANK_LINES : bodyAt(indent)) ?? "";
		this.lineStart = this.pos;
		if (this.take(/ *\t/y) !== undefined) {
			this.refuse({ is: "tab-indents" });
		}
		if (this.take(/ +$/y) !== undefined) {
			this.refuse({ is: "blanks-at-end" });
		}
		const lines = body.split("\n");
		const isContent = (line: string) => line.length - (line.endsWith("\r") ? 1 : 0) > (indent ?? line.length);
		const content = lines.findLastIndex(isContent) + 1;
		const raw = lines.slice(0, content);
		if (content > 0) {
			this.nodeEnd = start + raw.join("\n").replace(/\r$/, "").length;
		}
		const breaks = "\n".repeat(lines.length - Math.max(content, 1));
		const value =
			raw.map((line) => line.slice(indent).replace(/\r$/, "")).join("\n") + chomped(breaks, raw, indicators);
		// How a folded text of several lines is folded never matters: no ARN, name or group of ours holds a line break.
		return this.addNode(header.startsWith("|") || content <= 1 ? value : { opaque: `>${value}` });
	}

	/**
	 * The column of a block scalar's lines: `indicated` further than its parent, or that of the first line that is not blank;
	 * undefined where there is none.
	 */
	private blockIndent(parent: number, indicated: string | undefined): number | undefined {
		if (indicated !== undefined) {
			return parent + Number(indicated);
		}
		const start = this.pos;
		const blankLines = this.take(BLANK_LINES) ?? "";
		const indent = this.take(/ */y)?.length ?? 0;
		if (this.char === "\t") {
			this.refuse({ is: "tab-indents" });
		}
		const isEmpty = this.isAtEnd || indent <= parent;
		if (!isEmpty && blankLines.includes(" ".repeat(indent + 1))) {
			this.refuse({ is: "blank-line-long" });
		}
		this.pos = start;
		return isEmpty ? undefined : indent;
	}
}

/** What remains of the line breaks behind a block scalar's text. */
function chomped(breaks: string, text: string[], indicators: string): string {
	if (indicators.includes("-")) {
		return "";
	}
	return indicators.includes("+") ? breaks : breaks.slice(0, Math.min(text.length, 1));
}
