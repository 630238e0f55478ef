import { readFileSync } from "node:fs";
import ts from "typescript";

/** What the doc comments of a TypeScript file say, by `<type>` and `<type>.<member>`, as Markdown. */
export function docComments(file: string): Map<string, string> {
	const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
	const found = new Map<string, string>();
	for (const statement of source.statements) {
		if (ts.isTypeAliasDeclaration(statement)) {
			keep(found, statement.name.text, statement);
		}
		if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) {
			const type = statement.name?.text ?? "";
			keep(found, type, statement);
			for (const member of statement.members) {
				if (member.name && ts.isIdentifier(member.name)) {
					keep(found, `${type}.${member.name.text}`, member);
				}
			}
		}
	}
	return found;
}

function keep(found: Map<string, string>, name: string, node: ts.Node): void {
	for (const comment of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
		const text = ts.getTextOfJSDocComment(comment.comment) ?? "";
		const link = /\{@link ([^}]+)\}/g;
		found.set(name, text.replace(link, (_, linked: string) => `\`${linked.trim()}\``).replace(/\s*\n\s*/g, " "));
	}
}
