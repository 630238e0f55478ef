import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { visible } from "../../core/errors/escape";

/** Markup, with everything escaped that is not. */
export class Markup {
	constructor(readonly text: string) {}
}

export type Part = string | Markup | readonly Part[];

/** Every value is text of somebody else's, unless it is markup of ours. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Markup {
	return new Markup(String.raw({ raw: texts }, ...parts.map(written)));
}

function written(part: Part): string {
	if (part instanceof Markup) {
		return part.text;
	}
	return typeof part === "string" ? escaped(visible(part)) : part.map(written).join("");
}

function escaped(text: string): string {
	return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export interface PageText {
	title: string;
	intro: string;
	/** Whether the first table can be searched and sorted. */
	isSearchable?: boolean;
}

/** One page that needs nothing else: no request, no framework; plain text and tables where scripts do not run. */
export function pageOf({ title, intro, isSearchable }: PageText, body: Part): string {
	const style = asset("style.css");
	const script = isSearchable ? asset("in-browser.js") : "";
	// Nothing but this style and this script may run or load, whatever a name holds.
	const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src ${isSearchable ? `'${hashOf(script)}'` : "'none'"}; base-uri 'none'; form-action 'none'`;
	const tools = html`
<p id="tools" hidden><label for="search">Search</label> <input id="search" type="search" autocomplete="off"> <output id="count" for="search"></output></p>`;
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${intro}</p>${isSearchable ? tools : ""}
</header>
<main>
${body}</main>
${
	isSearchable
		? html`<script>${new Markup(script)}</script>
`
		: ""
}</body>
</html>`.text;
}

/** A text that may break behind the slashes and colons of an ARN, and not within an account's number. */
export function breakable(text: string): Part {
	return text.split(/(?<=[/:])(?![/:\s])/).map((part, at) => (at > 0 ? [html`<wbr>`, part] : part));
}

interface TableText {
	caption?: string;
	/** What a card calls its cells, where that is more than the head of the column. */
	labels?: readonly string[];
	/** Heads above those of the columns, from the third on. */
	groups?: readonly { name: string; length: number }[];
}

export function tableMarkup(heads: readonly string[], rows: readonly Part[][], text: TableText = {}): Markup {
	const { caption, labels = heads, groups = [] } = text;
	const above = groups.map(
		({ name, length }) => html`<th role="columnheader" scope="colgroup" colspan="${String(length)}">${name}</th>`,
	);
	return html`<table role="table">
${
	caption === undefined
		? ""
		: html`<caption>${caption}</caption>
`
}<thead role="rowgroup">${above.length > 0 ? html`<tr role="row" class="groups"><td colspan="2"></td>${above}</tr>` : ""}<tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => rowOf(cells, labels))}</tbody>
</table>
`;
}

/** The roles stay said where the style makes cards of the rows, which would take them away. */
function rowOf(cells: Part[], labels: readonly string[]): Markup {
	const [first = "", ...rest] = cells;
	return html`<tr role="row"><th role="rowheader" scope="row" data-head="${labels[0] as string}">${first}</th>${rest.map(
		(cell, at) => html`<td role="cell" data-head="${labels[at + 1] as string}">${cell}</td>`,
	)}</tr>
`;
}

function asset(name: string): string {
	return readFileSync(path.join(__dirname, name), "utf8");
}

function hashOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
