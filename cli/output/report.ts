import { visible } from "../../core/errors/escape";
import { fence, markdownTable, prose } from "./markdown";
import { tableOf } from "./table";
import type { Paint, Style } from "./terminal";

/** What a command says, for every format but JSON. Its texts are raw: each format escapes them in its own way. */
export interface Report {
	title: string;
	/** Whether the first table of the page can be searched and sorted. */
	isSearchable?: boolean;
	/** Blocks of one section belong together. */
	sections: Block[][];
}

export type Block =
	| { heading: string }
	/** A sentence; `verdict` stands in front of it, in colour. */
	| { text: string; verdict?: [style: Style, text: string] }
	| { items: string[] }
	/** Lines to run or to copy. */
	| { commands: string[] }
	/** `styles`: colours of the first column, by its text. */
	| { head: string[]; rows: string[][]; styles?: Record<string, Style> };

export function reportText({ sections }: Report, paint: Paint, width?: number): string {
	const written = (block: Block): string => {
		if ("heading" in block) {
			return paint("bold", visible(block.heading));
		}
		if ("head" in block) {
			const [head, ...lines] = tableOf(block.head, block.rows, width).split("\n");
			const styled = lines.map((line) => {
				const first = Object.keys(block.styles ?? {}).find((key) => line.startsWith(`${key} `));
				return first ? paint(block.styles?.[first] as Style, first) + line.slice(first.length) : line;
			});
			return [head, ...styled].join("\n");
		}
		if ("items" in block) {
			return block.items.map((item) => `  ${visible(item)}`).join("\n");
		}
		if ("commands" in block) {
			return block.commands.map((line) => `  ${visible(line)}`).join("\n");
		}
		return [...(block.verdict ? [paint(block.verdict[0], visible(block.verdict[1]))] : []), visible(block.text)]
			.filter((part) => part !== "")
			.join(" ");
	};
	return sections
		.filter((section) => section.length > 0)
		.map((section) => section.map(written).join("\n"))
		.join("\n\n");
}

export function reportMarkdown({ title, sections }: Report): string {
	const written = (block: Block): string => {
		if ("heading" in block) {
			return `### ${prose(block.heading)}`;
		}
		if ("head" in block) {
			return markdownTable(
				block.head,
				block.rows.map((cells) => cells.map(prose)),
			);
		}
		if ("items" in block) {
			return block.items.map((item) => `- ${prose(item)}`).join("\n");
		}
		if ("commands" in block) {
			return fence(block.commands);
		}
		return [...(block.verdict ? [`**${prose(block.verdict[1])}**`] : []), prose(block.text)].join(" ").trim();
	};
	return [`## ${prose(title)}`, ...sections.flat().map(written)].join("\n\n");
}
