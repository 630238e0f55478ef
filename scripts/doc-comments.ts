import { readFileSync } from "node:fs";
import ts from "typescript";

/** What the doc comments of a TypeScript file say, by `<type>` and `<type>.<member>`, as Markdown. */
export function docComments(file: string): Map<string, string> {
	const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
	const found = new Map<string, string>();
	for (const statement of source.statements) {
		if (ts.isTypeAliasDeclaration(statement)) {
			keep(found, statement.name.text, statement);
			const forms: readonly ts.TypeNode[] = ts.isUnionTypeNode(statement.type)
				? statement.type.types
				: [statement.type];
			for (const { members } of forms.filter(ts.isTypeLiteralNode)) {
				keepMembers(found, statement.name.text, members);
			}
		}
		if (ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement)) {
			const type = statement.name?.text ?? "";
			keep(found, type, statement);
			keepMembers(found, type, statement.members);
		}
	}
	return found;
}

function keepMembers(
	found: Map<string, string>,
	type: string,
	members: Iterable<ts.TypeElement | ts.ClassElement>,
): void {
	for (const member of members) {
		if (member.name && ts.isIdentifier(member.name)) {
			keep(found, `${type}.${member.name.text}`, member);
		}
	}
}

function keep(found: Map<string, string>, name: string, node: ts.Node): void {
	for (const comment of ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc)) {
		const text = ts.getTextOfJSDocComment(comment.comment) ?? "";
		const link = /\{@link ([^}]+)\}/g;
		found.set(name, text.replace(link, (_, linked: string) => `\`${linked.trim()}\``).replace(/\s*\n\s*/g, " "));
	}
}
