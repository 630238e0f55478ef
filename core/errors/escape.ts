/**
 * Text of somebody else's for a terminal or a page: what cannot be seen, or turns the line around, is written out. A role's
 * ARN in a pull request, or a binding's name, could otherwise clear the reader's screen.
 */
export function visible(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
		const code = character.codePointAt(0) as number;
		return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
	});
}

/** The same for a text of several lines of ours. */
export function visibleLines(text: string): string {
	return text.split("\n").map(visible).join("\n");
}

/** A text as one word of a shell. */
export function quoted(text: string): string {
	return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
