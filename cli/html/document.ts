import type { Block, Report } from "../output/report";
import { breakable, html, type Part, pageOf, tableMarkup } from "./page";

export function reportPage({ title, isSearchable, sections }: Report): string {
	const [intro, ...rest] = sections[0] ?? [];
	const isIntro = intro !== undefined && "text" in intro && intro.verdict === undefined;
	const blocks = isIntro ? [rest, ...sections.slice(1)] : sections;
	return pageOf({ title, intro: isIntro ? intro.text : "", isSearchable }, blocks.flat().map(markupOf));
}

export function markupOf(block: Block): Part {
	if ("heading" in block) {
		return html`<h2>${block.heading}</h2>\n`;
	}
	if ("head" in block) {
		return tableMarkup(
			block.head,
			block.rows.map((cells) => cells.map(breakable)),
		);
	}
	if ("commands" in block) {
		return html`<pre>${block.commands.map((line, at) => [at > 0 ? html`\n` : "", line])}</pre>\n`;
	}
	if ("items" in block) {
		return html`<ul>${block.items.map((item) => html`<li>${item}</li>`)}</ul>\n`;
	}
	return html`<p>${block.verdict === undefined ? "" : html`<strong>${block.verdict[1]}</strong> `}${block.text}</p>\n`;
}
