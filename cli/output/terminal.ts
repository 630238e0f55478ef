import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is: only on a terminal, and never with NO_COLOR (https://no-color.org). */
export type Paint = (style: Style, text: string) => string;

export function painterFor(stream: { isTTY?: boolean }, environment = process.env): Paint {
	const inColour = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
	return inColour ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** Columns that a table may take, or undefined where nothing limits it: a file, or a pipe. */
export function widthOf(stream: { isTTY?: boolean; columns?: number }, environment = process.env): number | undefined {
	const asked = Number(environment.COLUMNS);
	if (Number.isInteger(asked) && asked > 0) {
		return asked;
	}
	return stream.isTTY ? stream.columns : undefined;
}

export function print(text: string): void {
	process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
	print(JSON.stringify(value, null, 2));
}
