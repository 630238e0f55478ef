import Table from "cli-table3";
import { visible } from "../../core/errors/escape";

const PLAIN = {
	...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
	...{ "bottom-right": "", left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "  " },
};
const GAP = 2;
/** Less than this is a column of letters. */
const NARROWEST = 8;

/** A table for the terminal, its cells wrapped where `width` columns would not do. */
export function tableOf(head: string[], rows: string[][], width?: number): string {
	const cells = [head, ...rows].map((row) => row.map(visible));
	const widths = columnWidths(cells, width);
	const table = new Table({
		chars: PLAIN,
		style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
		colWidths: widths,
	});
	table.push(...cells.map((row) => row.map((cell, column) => wrap(cell, widths[column] as number))));
	return table
		.toString()
		.split("\n")
		.map((line) => line.trimEnd())
		.filter((line) => line !== "")
		.join("\n");
}

/** As wide as the cells want to be; where that is too much, the widest columns give way. */
function columnWidths(rows: string[][], width = Number.POSITIVE_INFINITY): number[] {
	const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
	const gaps = GAP * (widths.length - 1);
	while (widths.reduce((sum, each) => sum + each, gaps) > width) {
		const widest = widths.indexOf(Math.max(...widths));
		if ((widths[widest] as number) <= NARROWEST) {
			break;
		}
		(widths[widest] as number)--;
	}
	return widths;
}

/** Lines of at most `width` characters, broken at blanks where there are some, else behind the marks of an ARN. */
function wrap(text: string, width: number): string {
	const lines: string[] = [];
	let rest = text;
	while (rest.length > width) {
		const blank = rest.lastIndexOf(" ", width);
		const mark = Math.max(...[...":/,-"].map((each) => rest.lastIndexOf(each, width - 1))) + 1;
		const at = blank > 0 ? blank : mark > 0 ? mark : width;
		lines.push(rest.slice(0, at).trimEnd());
		rest = rest.slice(at).trimStart();
	}
	return [...lines, rest].join("\n");
}
