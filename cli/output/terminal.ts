import { styleText } from "node:util";
import { visibleLines } from "../../core/errors/escape";

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

/** A message besides the result. */
export function say(text: string): void {
	process.stderr.write(`${visibleLines(text)}\n`);
}

export function print(text: string): void {
	process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
	print(jsonText(value));
}

/** JSON's own way to write what cannot be seen; it stands in texts only. */
export function jsonText(value: unknown): string {
	return JSON.stringify(value, null, 2).replace(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu, (characters) =>
		[...Array(characters.length).keys()]
			.map((at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, "0")}`)
			.join(""),
	);
}
