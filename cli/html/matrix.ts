import { openRolesNote } from "../output/matrix-text";
import { SOURCES } from "../project/access-config";
import { describeAccess, type StackAccess, whereOf } from "../project/stack-access";
import { html, type Part, pageOf, tableMarkup } from "./page";

/** Every person has rows of their own, so that a search shows one person's access. */
export function matrixPage(stacks: StackAccess[]): string {
	const clusters = [...new Set(stacks.map(({ cluster }) => cluster ?? ""))].join(", ");
	const names = stacks.map(({ stack }) => stack).join(", ");
	const sources = [...new Set(stacks.map(({ source }) => SOURCES[source]))].join(", or ");
	const intro = `${stacks.length > 1 ? "Stacks" : "Stack"} ${names}, from ${sources}.`;
	return pageOf({ title: `Access to ${clusters}`, intro, isSearchable: true }, matrixMarkup(stacks));
}

export function matrixMarkup(stacks: StackAccess[]): Part {
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
	const notes = [...new Set(stacks.flatMap((stack) => openRolesNote(stack) ?? []))];
	return [tableMarkup(heads, rows, "Who has which access where"), notes.map((note) => html`<p>${note}</p>\n`)];
}
