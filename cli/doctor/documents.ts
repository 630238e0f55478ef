import {
	Composer,
	type Document,
	type DocumentOptions,
	isScalar,
	Lexer,
	type ParseOptions,
	Parser,
	type SchemaOptions,
	visit,
} from "yaml";

/** What the lexer puts in front of a scalar. */
const SCALAR = "\u001f";
const MAX_DEPTH = 300;
/** The library looks for each alias's anchor in the whole document. Nobody writes aws-auth with so many. */
const MAX_ALIASES = 100;

/** A text's YAML documents, as a general reader sees them, or the offset where it is nested too deeply, or has too many aliases, for that. */
export function documentsOf(
	text: string,
	options: ParseOptions & DocumentOptions & SchemaOptions & { isOne?: boolean },
): { documents: Document.Parsed[] } | { tooDeepAt: number } {
	const parser = new Parser();
	const tokens = [];
	let aliases = 0;
	let previous = "";
	// The composer is recursive and ends the process at some thousand levels; the parser is not, and shows its depth.
	for (const lexeme of new Lexer().lex(text)) {
		tokens.push(...parser.next(lexeme));
		// Behind its own mark, a scalar's text may begin with anything.
		aliases += lexeme.startsWith("*") && previous !== SCALAR ? 1 : 0;
		previous = lexeme;
		if (parser.stack.length > MAX_DEPTH || aliases > MAX_ALIASES) {
			return { tooDeepAt: parser.offset };
		}
	}
	tokens.push(...parser.end());
	// What its errors look like costs as much as all the rest, and it looks for each key in all the others.
	const fast = { ...options, logLevel: "silent", prettyErrors: false, uniqueKeys: false } as const;
	const { stackTraceLimit } = Error;
	// Of a hundred thousand errors, the stacks would be most of the work.
	Error.stackTraceLimit = 0;
	try {
		const documents = new Composer(fast).compose(tokens);
		if (!options.isOne) {
			return { documents: [...documents] };
		}
		const first = documents.next();
		return { documents: first.done ? [] : [first.value] };
	} finally {
		Error.stackTraceLimit = stackTraceLimit;
	}
}

/** A key that stands twice in one mapping. */
export function keyTwiceIn(document: Document.Parsed): string | undefined {
	let twice: string | undefined;
	visit(document, {
		Map(_, { items }) {
			const seen = new Set<string>();
			const keys = items.flatMap(({ key }) => (isScalar(key) ? String(key.value) : []));
			twice = keys.find((key) => seen.has(key) || !seen.add(key));
			return twice === undefined ? undefined : visit.BREAK;
		},
	});
	return twice;
}
