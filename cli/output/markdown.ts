import { visible } from "./escape";

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

/** Cells are Markdown already. */
export function markdownTable(head: string[], rows: string[][]): string {
	const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
	return lines.join("\n");
}
