import {
	Composer,
	type Document,
	type DocumentOptions,
	Lexer,
	type ParseOptions,
	Parser,
	type SchemaOptions,
} from "yaml";

const MAX_DEPTH = 300;

/** A text's YAML documents, as a general reader sees them, or the offset where it is nested too deeply for that. */
export function documentsOf(
	text: string,
	options: ParseOptions & DocumentOptions & SchemaOptions,
): { documents: Document.Parsed[] } | { tooDeepAt: number } {
	const parser = new Parser();
	const tokens = [];
	// The composer is recursive and ends the process at some thousand levels; the parser is not, and shows its depth.
	for (const lexeme of new Lexer().lex(text)) {
		tokens.push(...parser.next(lexeme));
		if (parser.stack.length > MAX_DEPTH) {
			return { tooDeepAt: parser.offset };
		}
	}
	tokens.push(...parser.end());
	// What its errors look like costs as much as all the rest.
	return { documents: [...new Composer({ ...options, logLevel: "silent", prettyErrors: false }).compose(tokens)] };
}
