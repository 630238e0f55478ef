import { kindOfPlain } from "./aws-auth-plain";
import { endOfQuoted, readQuoted } from "./aws-auth-quoted";
import { AwsAuthTextError } from "./aws-auth-text-error";

/** What a node means. `opaque`: certainly no string that one of our entries could hold (a number, a boolean, null). */
export type Value = string | { opaque: string } | Value[] | Map<string, Value>;

/** One line number, counted from 1, as editors show it. */
export function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
		line++;
	}
	return line;
}

export type Scanner = ReturnType<typeof scannerOf>;

export const TAB_REMEDY = "YAML allows spaces only there; replace the tab.";

/** Where the reader is in the text, and what stands there: blanks, line breaks, scalars, anchors. */
export function scannerOf(text: string, key: string) {
	const anchorName = /[&*]([\w-]+)(?=[ \t\r\n,\]}]|$)/y;
	const length = text.length;
	const hasTabs = text.includes("\t");
	const anchors = new Map<string, { at: number; value: Value; size: number }>();
	const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
	/** Where the last token that is the first of its line begins. */
	let firstOfLine = start;
	/** Whether an anchor waits for its node. */
	let anchorPending = false;
	const s = {
		pos: start,
		lineStart: start,
		depth: 0,
		nodes: 0,
		/** How many nodes the aliases stand for. */
		expanded: 0,
		/** Offset behind the last character of the node read last. */
		nodeEnd: start,
		/** Each alias: where it stands, and where the anchor that it means stands. */
		aliases: [] as [at: number, anchorAt: number][],
		fail,
		unsupported,
		take,
		skipBlanks,
		isBlankOrBreak,
		isDash,
		isDocumentMark,
		advance,
		forbidTab,
		addNode,
		plainValue,
		quotedValue,
		alias,
		anchored,
		endsKey,
		setKey,
		endOfLine,
	};
	return s;

	function fail(found: string, remedy: string, at = s.pos): never {
		throw new AwsAuthTextError("aws-auth-unreadable", { key, line: lineAt(text, at), problem: `${found}. ${remedy}` });
	}

	function unsupported(found: string, at = s.pos): never {
		fail(
			found,
			`${key} has to be a YAML list of entries that aws-iam-authenticator reads, in plain block, flow or JSON style; ` +
				"mend the line with `kubectl edit configmap aws-auth -n kube-system`.",
			at,
		);
	}

	/** What a sticky pattern matches here. */
	function take(pattern: RegExp): string | undefined {
		const from = s.pos;
		pattern.lastIndex = from;
		if (!pattern.test(text)) {
			return undefined;
		}
		s.pos = pattern.lastIndex;
		return text.slice(from, s.pos);
	}

	function skipBlanks(): void {
		for (let c = text.charCodeAt(s.pos); c === 32 || c === 9; c = text.charCodeAt(s.pos)) {
			s.pos++;
		}
	}

	function isBlankOrBreak(at: number): boolean {
		const c = text.charCodeAt(at);
		return at >= length || c === 32 || c === 9 || c === 10 || c === 13;
	}

	function isDash(at: number): boolean {
		return text.charCodeAt(at) === 45 && isBlankOrBreak(at + 1);
	}

	/** `---` or `...` at the beginning of a line. */
	function isDocumentMark(): boolean {
		return (
			s.pos === s.lineStart &&
			(text.startsWith("---", s.pos) || text.startsWith("...", s.pos)) &&
			isBlankOrBreak(s.pos + 3)
		);
	}

	/** Skips blanks, comments and line breaks; says whether the next token is on a new line. */
	function advance(inFlow: boolean): boolean {
		let newLine = s.pos === s.lineStart || s.pos === firstOfLine;
		for (;;) {
			const before = s.pos;
			skipBlanks();
			const c = text.charCodeAt(s.pos);
			const comment = c === 35 && (s.pos > before || s.pos === s.lineStart);
			// yaml.v2 takes no tab where a new entry or key could begin.
			if (newLine && !inFlow) {
				forbidTab(before);
			}
			if (comment) {
				const end = text.indexOf("\n", s.pos);
				s.pos = end < 0 ? length : end;
			}
			if (text.charCodeAt(s.pos) === 13) {
				s.pos++;
			}
			if (text.charCodeAt(s.pos) !== 10) {
				newLine ||= s.pos >= length;
				firstOfLine = newLine ? s.pos : firstOfLine;
				if (inFlow && isDocumentMark()) {
					unsupported("a document mark stands inside a list or mapping");
				}
				return newLine;
			}
			s.pos++;
			s.lineStart = s.pos;
			newLine = true;
		}
	}

	function forbidTab(from: number): void {
		if (hasTabs && text.slice(from, s.pos).includes("\t")) {
			fail("a tab is used for indentation, or follows a dash", TAB_REMEDY);
		}
	}

	function addNode<T extends Value>(value: T): T {
		s.nodes++;
		anchorPending = false;
		return value;
	}

	function plainValue(raw: string): Value {
		const kind = kindOfPlain(raw);
		if (kind === "no JSON") {
			unsupported(`${raw} is no value that JSON knows`);
		}
		return addNode(kind === "string" ? raw : { opaque: raw });
	}

	function quotedValue(): { value: string; multiline: boolean } {
		const start = s.pos;
		const end = endOfQuoted(text, start);
		if (end < 0) {
			return unsupported("a quote is never closed");
		}
		s.pos = end;
		s.nodeEnd = end;
		const { value, multiline, problem } = readQuoted(text.slice(start, end));
		if (problem) {
			unsupported(problem, start);
		}
		if (multiline) {
			s.lineStart = text.lastIndexOf("\n", end) + 1;
		}
		return { value, multiline };
	}

	function alias(): Value {
		const at = s.pos;
		const name = take(anchorName)?.slice(1);
		const target = name === undefined ? undefined : anchors.get(name);
		if (!target || anchorPending) {
			return unsupported("an alias (*name) stands for no anchor (&name) above it", at);
		}
		s.nodeEnd = s.pos;
		s.nodes++;
		s.expanded += target.size;
		// yaml.v2 gives up on texts that consist of s.aliases ("excessive aliasing"); stay well below its limits.
		if (s.expanded > 100 && (s.expanded > 0.8 * (s.nodes + s.expanded) || s.nodes + s.expanded > 300_000)) {
			unsupported("aliases stand for more than the text itself holds", at);
		}
		s.aliases.push([at, target.at]);
		return target.value;
	}

	/** Reads `&name`, then the node by `read`, and remembers it. */
	function anchored(read: () => Value): Value {
		const at = s.pos;
		const name = take(anchorName)?.slice(1);
		if (name === undefined || anchorPending) {
			return unsupported("an anchor has no valid name, or no value of its own");
		}
		anchorPending = true;
		s.nodeEnd = s.pos;
		// An alias inside its own anchor would never end.
		anchors.delete(name);
		const [nodesBefore, expandedBefore] = [s.nodes, s.expanded];
		const value = read();
		anchors.set(name, { at, value, size: s.nodes - nodesBefore + s.expanded - expandedBefore });
		return value;
	}

	/** Whether a colon stands here, behind a key that begins at `at`: on one line, and within 1,024 characters. */
	function endsKey(at: number): boolean {
		return text.charCodeAt(s.pos) === 58 && at >= s.lineStart && s.pos - at < 1000;
	}

	function setKey(map: Map<string, Value>, name: Value, value: Value, at: number): void {
		if (typeof name !== "string" || name === "<<") {
			unsupported(name === "<<" ? "a merge key (<<) is used" : "a key is no text, but a number, boolean or null", at);
		}
		// encoding/json folds case, and these two letters too, so `roleARN` beside `rolearn` would be one field twice.
		const folded = name.toLowerCase().replaceAll("\u017f", "s").replaceAll("\u212a", "k");
		if (map.has(folded)) {
			fail(`the key ${JSON.stringify(name)} stands twice in one mapping`, "Remove one of the two.", at);
		}
		map.set(folded, value);
	}

	/** Nothing but a comment may follow on this line; says whether one does. */
	function endOfLine(): boolean {
		const at = s.pos;
		skipBlanks();
		const c = text.charCodeAt(s.pos);
		if (c === 35 && s.pos > at) {
			const end = text.indexOf("\n", s.pos);
			s.pos = end < 0 ? length : end;
			return true;
		}
		if (s.pos < length && c !== 10 && c !== 13) {
			unsupported(c === 58 ? "a colon stands where a value ends" : "a value is followed by more text on its line");
		}
		return false;
	}
}
