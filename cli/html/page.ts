import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { visible } from "../output/escape";
import { openRolesNote } from "../output/matrix-text";
import { describeAccess, type StackAccess, whereOf } from "../project/stack-access";

/** Markup, with everything escaped that is not. */
class Markup {
	constructor(readonly text: string) {}
}

type Part = string | Markup | readonly Part[];

/** Every value is text of somebody else's, unless it is markup of ours. */
function html(texts: TemplateStringsArray, ...parts: Part[]): Markup {
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

/**
 * The matrix as one page that needs nothing else: no request, no framework; a plain table where scripts do not run. Every person
 * has rows of their own, so that a search shows one person's access.
 */
export function matrixPage(stacks: StackAccess[]): string {
	const style = asset("style.css");
	const script = asset("in-browser.js");
	// Nothing but this style and this script may run or load, whatever a name holds.
	const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`;
	const severalStacks = stacks.length > 1;
	const heads = ["Who", "Where", "Access", "Team", ...(severalStacks ? ["Stack"] : [])];
	const rows = stacks.flatMap(({ stack, lines }) =>
		lines.flatMap((line) =>
			line.principals.map((who) => [
				who,
				whereOf(line),
				describeAccess(line),
				line.team,
				...(severalStacks ? [stack] : []),
			]),
		),
	);
	const clusters = [...new Set(stacks.map(({ cluster }) => cluster ?? ""))].join(", ");
	const title = `Access to ${clusters}`;
	const notes = [...new Set(stacks.flatMap((stack) => openRolesNote(stack) ?? []))];
	const names = stacks.map(({ stack }) => stack).join(", ");
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
<p>As the config of ${severalStacks ? "the stacks" : "the stack"} ${names} says.</p>
<p id="tools" hidden><label for="search">Search</label> <input id="search" type="search" autocomplete="off"> <output id="count" for="search"></output></p>
</header>
<main>
<table role="table">
<caption>Who has which access where</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => rowOf(cells, heads))}</tbody>
</table>
${notes.map(
	(note) => html`<p>${note}</p>
`,
)}</main>
<script>${new Markup(script)}</script>
</body>
</html>`.text;
}

/** The roles stay said where the style makes cards of the rows, which would take them away. */
function rowOf(cells: string[], heads: string[]): Markup {
	const [first, ...rest] = cells as [string, ...string[]];
	return html`<tr role="row"><th role="rowheader" scope="row" data-head="${heads[0] as string}">${first}</th>${rest.map(
		(cell, at) => html`<td role="cell" data-head="${heads[at + 1] as string}">${cell}</td>`,
	)}</tr>
`;
}

function asset(name: string): string {
	return readFileSync(path.join(__dirname, name), "utf8");
}

function hashOf(text: string): string {
	return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
