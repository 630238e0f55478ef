import type { YamlReason } from "../../errors/reasons";
import { kindOfPlain, QUOTED, readQuoted } from "./scalars";
import { AwsAuthTextError } from "./text-error";

/** What a node means. `opaque`: certainly no string that one of our entries could hold (a number, a boolean, null). */
export type Value = string | { opaque: string } | Value[] | Map<string, Value>;

/** A field's name as encoding/json compares it: case folds, and so do two letters beyond ASCII. */
export function foldedName(name: string): string {
	return name.toLowerCase().replaceAll("\u017f", "s").replaceAll("\u212a", "k");
}

const ANCHOR_NAME = /[&*]([\w-]+)(?=[ \t\r\n,\]}]|$)/y;
const DOCUMENT_MARK = /^(?:---|\.\.\.)(?:\s|$)/;
const MAX_DEPTH = 50;

/** The position in the text, and what stands there: blanks, line breaks, scalars, anchors. */
export abstract class Scanner {
	protected pos: number;
	protected lineStart: number;
	/** Offset behind the last character of the node read last. */
	protected nodeEnd: number;
	/** Each alias: where it stands, and where the anchor that it means stands. */
	protected readonly aliases: [at: number, anchorAt: number][] = [];
	private readonly anchors = new Map<string, { at: number; value: Value; size: number }>();
	/** Where the last token that is the first of its line begins. */
	private firstOfLine: number;
	/** Whether an anchor waits for its node. */
	private isAnchorPending = false;
	private depth = 0;
	private nodes = 0;
	/** How many nodes the aliases stand for. */
	private expanded = 0;

	constructor(
		protected readonly text: string,
		protected readonly key: string,
	) {
		this.pos = text.startsWith("\ufeff") ? 1 : 0;
		this.lineStart = this.pos;
		this.nodeEnd = this.pos;
		this.firstOfLine = this.pos;
	}

	protected refuse(reason: YamlReason, at = this.pos): never {
		throw AwsAuthTextError.unreadable(reason, { key: this.key, text: this.text, at });
	}

	protected get char(): string {
		return this.text.charAt(this.pos);
	}

	protected get isAtEnd(): boolean {
		return this.pos >= this.text.length;
	}

	protected get column(): number {
		return this.pos - this.lineStart;
	}

	/** What a sticky pattern matches here. */
	protected take(pattern: RegExp): string | undefined {
		const from = this.pos;
		pattern.lastIndex = from;
		if (!pattern.test(this.text)) {
			return undefined;
		}
		this.pos = pattern.lastIndex;
		return this.text.slice(from, this.pos);
	}

	protected skipBlanks(): void {
		while (this.char === " " || this.char === "\t") {
			this.pos++;
		}
	}

	protected isBlankOrBreak(at: number): boolean {
		return " \t\r\n".includes(this.text.charAt(at));
	}

	protected get isDash(): boolean {
		return this.char === "-" && this.isBlankOrBreak(this.pos + 1);
	}

	/** `---` or `...` at the beginning of a line. */
	protected get isDocumentMark(): boolean {
		return this.pos === this.lineStart && DOCUMENT_MARK.test(this.text.slice(this.pos, this.pos + 4));
	}

	/** Skips blanks, comments and line breaks; says whether the next token is on a new line. */
	protected advance(inFlow: boolean): boolean {
		let isNewLine = this.pos === this.lineStart || this.pos === this.firstOfLine;
		for (;;) {
			const before = this.pos;
			this.skipBlanks();
			const isComment = this.char === "#" && (this.pos > before || this.pos === this.lineStart);
			// yaml.v2 takes no tab where a new entry or key could begin.
			if (isNewLine && !inFlow) {
				this.forbidTab(before);
			}
			if (isComment) {
				this.skipLine();
			}
			if (!this.takeBreak()) {
				break;
			}
			isNewLine = true;
		}
		isNewLine ||= this.isAtEnd;
		this.firstOfLine = isNewLine ? this.pos : this.firstOfLine;
		if (inFlow && this.isDocumentMark) {
			this.refuse({ is: "document-mark-inside" });
		}
		return isNewLine;
	}

	protected takeBreak(): boolean {
		if (this.char === "\r") {
			this.pos++;
		}
		if (this.char !== "\n") {
			return false;
		}
		this.pos++;
		this.lineStart = this.pos;
		return true;
	}

	private skipLine(): void {
		this.take(/[^\n]*/y);
	}

	/** Nothing but a comment may follow on this line; says whether one does. */
	protected endOfLine(): boolean {
		const at = this.pos;
		this.skipBlanks();
		const c = this.char;
		if (c === "#" && this.pos > at) {
			this.skipLine();
			return true;
		}
		if (c !== "" && c !== "\n" && c !== "\r") {
			this.refuse({ is: c === ":" ? "colon-after-value" : "text-after-value" });
		}
		return false;
	}

	protected forbidTab(from: number): void {
		if (this.text.slice(from, this.pos).includes("\t")) {
			this.refuse({ is: "tab-indents" });
		}
	}

	protected addNode<T extends Value>(value: T): T {
		this.nodes++;
		this.isAnchorPending = false;
		return value;
	}

	/** Reads a node within another one. */
	protected nested<T>(read: () => T): T {
		if (++this.depth > MAX_DEPTH) {
			this.refuse({ is: "too-deep" });
		}
		const value = read();
		this.depth--;
		return value;
	}

	protected plainValue(raw: string): Value {
		const kind = kindOfPlain(raw);
		if (kind === "no JSON") {
			this.refuse({ is: "not-json", value: raw });
		}
		return this.addNode(kind === "string" ? raw : { opaque: raw });
	}

	protected get isQuote(): boolean {
		return this.char === '"' || this.char === "'";
	}

	protected quotedValue(): { value: string; isMultiline: boolean } {
		const start = this.pos;
		const raw = this.take(QUOTED[this.char as keyof typeof QUOTED]) ?? this.refuse({ is: "quote-open" });
		this.nodeEnd = this.pos;
		const value = readQuoted(raw);
		if (typeof value !== "string") {
			return this.refuse(value, start);
		}
		const isMultiline = raw.includes("\n");
		if (isMultiline) {
			this.lineStart = start + raw.lastIndexOf("\n") + 1;
		}
		return { value, isMultiline };
	}

	protected alias(): Value {
		const at = this.pos;
		const name = this.take(ANCHOR_NAME)?.slice(1);
		const target = name === undefined ? undefined : this.anchors.get(name);
		if (!target || this.isAnchorPending) {
			return this.refuse({ is: "alias-unknown" }, at);
		}
		this.nodeEnd = this.pos;
		this.nodes++;
		this.expanded += target.size;
		// yaml.v2 gives up on texts that consist of aliases ("excessive aliasing"); stay well below its limits.
		const all = this.nodes + this.expanded;
		if (this.expanded > 100 && (this.expanded > 0.8 * all || all > 300_000)) {
			this.refuse({ is: "aliases-too-many" }, at);
		}
		this.aliases.push([at, target.at]);
		return target.value;
	}

	/** Reads `&name`, then the node by `read`, and remembers it. */
	protected anchored(read: () => Value): Value {
		const at = this.pos;
		const name = this.take(ANCHOR_NAME)?.slice(1);
		if (name === undefined || this.isAnchorPending) {
			return this.refuse({ is: "anchor-invalid" });
		}
		this.isAnchorPending = true;
		this.nodeEnd = this.pos;
		// An alias inside its own anchor would never end.
		this.anchors.delete(name);
		const before = this.nodes + this.expanded;
		const value = read();
		this.anchors.set(name, { at, value, size: this.nodes + this.expanded - before });
		return value;
	}

	/** Whether a colon stands here, behind a key that begins at `at`: on one line, and within 1,024 characters. */
	protected endsKey(at: number): boolean {
		return this.char === ":" && at >= this.lineStart && this.pos - at < 1000;
	}

	protected setKey(map: Map<string, Value>, name: Value, value: Value, at: number): void {
		if (typeof name !== "string" || name === "<<") {
			this.refuse({ is: name === "<<" ? "merge-key" : "key-not-text" }, at);
		}
		// `roleARN` beside `rolearn` would be one field twice.
		const folded = foldedName(name);
		if (map.has(folded)) {
			this.refuse({ is: "key-twice", name }, at);
		}
		map.set(folded, value);
	}
}
