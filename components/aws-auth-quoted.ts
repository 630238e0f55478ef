/** Offset behind the quoted text that begins at `start`; -1 if it never ends. */
export function endOfQuoted(text: string, start: number): number {
	const quote = text.charCodeAt(start);
	for (let at = start + 1; at < text.length; at++) {
		const c = text.charCodeAt(at);
		if ((c === 92 && quote === 34) || (c === 39 && quote === 39 && text.charCodeAt(at + 1) === 39)) {
			at++;
		} else if (c === quote) {
			return at + 1;
		}
	}
	return -1;
}

/** What a quoted text, given with its quotes, means in YAML 1.1; or why it means nothing that every reader agrees on. */
export function readQuoted(raw: string): { value: string; multiline: boolean; problem?: string } {
	const multiline = raw.includes("\n");
	if (multiline && /\n(?:---|\.\.\.)(?:[ \t\r\n]|$)/.test(raw)) {
		return { value: "", multiline, problem: "a quoted text holds a document mark" };
	}
	const inner = multiline ? fold(raw.slice(1, -1)) : raw.slice(1, -1);
	if (raw.startsWith("'")) {
		return { value: inner.replaceAll("''", "'"), multiline };
	}
	if (!inner.includes("\\")) {
		return { value: inner, multiline };
	}
	// How a backslash at a line's end joins the lines is not worth knowing.
	return multiline
		? { value: "", multiline, problem: "a double-quoted text of several lines holds a backslash" }
		: { multiline, ...unescaped(inner) };
}

/** The lines of a quoted text, folded: one break is a space, more are one break less. */
function fold(inner: string): string {
	const isBlank = (c: string | undefined): boolean => c === " " || c === "\t" || c === "\r";
	const lines = inner.split("\n");
	let folded = "";
	let breaks = 0;
	lines.forEach((line, i) => {
		let from = 0;
		let to = line.length;
		while (i > 0 && from < to && isBlank(line[from])) {
			from++;
		}
		while (i < lines.length - 1 && to > from && isBlank(line[to - 1])) {
			to--;
		}
		if (to > from || i === 0 || i === lines.length - 1) {
			folded += (breaks === 1 ? " " : "\n".repeat(Math.max(breaks - 1, 0))) + line.slice(from, to);
			breaks = 0;
		}
		breaks++;
	});
	return folded;
}

function unescaped(inner: string): { value: string; problem?: string } {
	let problem: string | undefined;
	const value = inner.replace(
		/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
		(all, x, u, long, letter) => {
			const hex = x ?? u ?? long;
			if (hex !== undefined) {
				const point = Number.parseInt(hex, 16);
				if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
					return String.fromCodePoint(point);
				}
				problem = `${all} is no character`;
				return "";
			}
			const index = "0abtnvfre \"'\\N_LP".indexOf(letter);
			problem = index < 0 ? `${all} is no escape that YAML 1.1 knows` : problem;
			return "\0\x07\b\t\n\v\f\r\x1b \"'\\\x85\xa0\u2028\u2029".charAt(index);
		},
	);
	return { value, problem };
}
