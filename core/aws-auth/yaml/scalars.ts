import type { YamlReason } from "../../errors/reasons";

/**
 * What a plain scalar (one without quotes) is in YAML 1.1: a string, or certainly none that one of our entries could hold
 * (a number, boolean, null or date), or nothing that JSON knows.
 */
export function kindOfPlain(raw: string): "string" | "opaque" | "no JSON" {
	if (!/^[\d+\-.]/.test(raw)) {
		return KEYWORD.test(raw) ? "opaque" : "string";
	}
	if (/^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(raw)) {
		return "no JSON";
	}
	return /[^\dA-Fa-fxXoObBpPtTzZ_+\-.: ]/.test(raw) ? "string" : "opaque";
}

const KEYWORD =
	/^(?:~|null|Null|NULL|y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/;

/** A quoted text with its quotes, at `lastIndex`. */
export const QUOTED = { '"': /"(?:[^"\\]|\\[\s\S])*"/y, "'": /'(?:[^']|'')*'(?!')/y };

/** What a quoted text, given with its quotes, means in YAML 1.1; or why it means nothing that every reader agrees on. */
export function readQuoted(raw: string): string | YamlReason {
	const isMultiline = raw.includes("\n");
	if (isMultiline && /\n(?:---|\.\.\.)(?:[ \t\r\n]|$)/.test(raw)) {
		return { is: "document-mark-quoted" };
	}
	const inner = isMultiline ? fold(raw.slice(1, -1)) : raw.slice(1, -1);
	if (raw.startsWith("'")) {
		return inner.replaceAll("''", "'");
	}
	if (!inner.includes("\\")) {
		return inner;
	}
	// How a backslash at a line's end joins the lines is not worth knowing.
	return isMultiline ? { is: "escape-folded" } : unescaped(inner);
}

/** The lines of a quoted text, folded: one break is a space, more are one break less. */
function fold(inner: string): string {
	return inner.replace(
		/(?<![ \t\r])[ \t\r]*\n(?:[ \t\r]*\n)*[ \t\r]*/g,
		(gap) => "\n".repeat(gap.split("\n").length - 2) || " ",
	);
}

function unescaped(inner: string): string | YamlReason {
	let problem: YamlReason | undefined;
	const value = inner.replace(
		/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
		(code, x, u, long, letter) => {
			const hex = x ?? u ?? long;
			if (hex !== undefined) {
				const point = Number.parseInt(hex, 16);
				if (point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) {
					return String.fromCodePoint(point);
				}
				problem = { is: "escape-invalid", code };
				return "";
			}
			const index = "0abtnvfre \"'\\N_LP".indexOf(letter);
			problem = index < 0 ? { is: "escape-unknown", code } : problem;
			return "\0\x07\b\t\n\v\f\r\x1b \"'\\\x85\xa0\u2028\u2029".charAt(index);
		},
	);
	return problem ?? value;
}
