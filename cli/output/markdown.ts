import { visible } from "../../core/errors/escape";

/**
 * A name as code in a Markdown table, whatever it holds: no markup, no mention, no second cell. A code span shows everything but
 * backticks, and a table's cells end at a `|` before code is looked at; names with those are written as HTML.
 */
export function code(text: string): string {
	const shown = visible(text);
	if (!/[`|\\\r\n]/.test(shown) && shown.trim() === shown && shown !== "") {
		return `\`${shown}\``;
	}
	const entities = shown.replace(/[^\w :/.,=+-]/gu, (character) => `&#${character.codePointAt(0)};`);
	return `<code>${entities}</code>`;
}

export function codes(texts: readonly string[]): string {
	return texts.map(code).join(", ");
}

/** A sentence with text of somebody else's in it, in Markdown: no markup, no second cell, no link, mention or reference to an issue. */
export function prose(text: string): string {
	const plain = visible(text).replace(/[`*_~|\\<>&[\]{}!#@$^]/g, (character) => `&#${character.charCodeAt(0)};`);
	// GitHub looks for mentions and issues once entities are read; a comment stands between the sign and the name.
	return plain.replace(/&#(?:35|64);/g, "$&<!-- -->").replace(/^(\s*)([-+=]|\d+[.)])/, "$1&#8203;$2");
}

/** Lines as a block of code, whatever they hold. */
export function fence(lines: readonly string[]): string {
	const shown = lines.map(visible);
	const marks = "`".repeat(Math.max(3, ...shown.map((line) => (/`+/.exec(line)?.[0].length ?? 0) + 1)));
	return [`${marks}sh`, ...shown, marks].join("\n");
}

/** Cells are Markdown already. */
export function markdownTable(head: string[], rows: string[][]): string {
	const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
	return lines.join("\n");
}
