import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { marked, type Token, type Tokens } from "marked";

export const ROOT = path.resolve(__dirname, "..", "..");
/** Made from the doc comments; a test of its own holds it. */
export const API = "docs/reference/api";

/** A fenced block of a page. */
export interface Block {
	/** For error messages: `docs/tutorial.md:12`. */
	where: string;
	/** The info string. */
	language: string;
	text: string;
	/** The file that the block's first line names in a comment. */
	file?: string;
	/** Why its commands cannot run in the sandbox. */
	notRun?: string;
	/** Who of the sandbox runs its commands. */
	person?: string;
	/** A command that is run before its own, where the page has a `before` of its own already. */
	before?: string;
}

export interface Page {
	/** From the root. */
	file: string;
	blocks: Block[];
	/** Targets of links and pictures, as they are written. */
	links: string[];
	/** What headings can be linked by. */
	anchors: string[];
	/** Code within text. */
	codes: string[];
	/** What the page takes for granted, by its `<!-- before: … -->`. */
	before?: string;
}

/** A command line of a `sh` or `console` block, and what the page shows as its output. */
export interface Command {
	line: string;
	/** Undefined in a `sh` block. */
	output?: string;
}

export function readPages(): Page[] {
	const files = ["README.md", "CONTRIBUTING.md", ...markdownBelow("docs"), ...markdownBelow("examples")];
	return files.map((file) => readPage(file, readFileSync(path.join(ROOT, file), "utf8")));
}

export function readPage(file: string, text: string): Page {
	const page: Page = { file, blocks: [], links: [], anchors: [], codes: [] };
	const tokens = marked.lexer(text);
	marked.walkTokens(tokens, (token) => {
		if (token.type === "link" || token.type === "image") page.links.push(token.href);
		if (token.type === "codespan") page.codes.push(token.text);
		if (token.type === "heading") page.anchors.push(anchorOf(token.text, page.anchors));
	});
	let comments: string[] = [];
	for (const token of inOrder(tokens)) {
		if (token.type === "html") {
			comments.push(...commentsIn(token.raw));
		} else if (token.type !== "space") {
			const isFirst = page.before === undefined;
			page.before ??= directive("before", comments);
			if (token.type === "code") {
				const where = `${file}:${lineOfFence(text, page.blocks.length)}`;
				const block = blockOf(token as Tokens.Code, comments, where);
				page.blocks.push(isFirst ? block : { ...block, before: directive("before", comments) });
			}
			comments = [];
		}
	}
	return page;
}

/** The command lines of a block, in their order. */
export function commandsOf({ language, text }: Block): Command[] {
	const lines = text.replaceAll(/\\\n\s*/g, "").split("\n");
	if (language === "sh") {
		return lines.filter((line) => !/^\s*(#|$)/.test(line)).map((line) => ({ line }));
	}
	const commands: { line: string; output: string }[] = [];
	for (const line of lines) {
		const last = commands.at(-1);
		if (line.startsWith("$ ")) commands.push({ line: line.slice(2), output: "" });
		else if (last) last.output += `${line}\n`;
	}
	return commands;
}

export function isShell({ language }: Block): boolean {
	return ["sh", "console"].includes(language);
}

function markdownBelow(folder: string): string[] {
	const absolute = path.join(ROOT, folder);
	const names = existsSync(absolute) ? readdirSync(absolute, { recursive: true, encoding: "utf8" }) : [];
	return names
		.filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
		.map((name) => path.join(folder, name))
		.filter((file) => !file.startsWith(`${API}${path.sep}`))
		.sort();
}

/** Blocks within lists too, in the order of the text. */
function inOrder(tokens: Token[]): Token[] {
	return tokens.flatMap((token) =>
		token.type === "list" ? (token as Tokens.List).items.flatMap((item) => inOrder(item.tokens)) : [token],
	);
}

function lineOfFence(text: string, at: number): number {
	const fences = [...text.matchAll(/^ *```\w/gm)];
	return text.slice(0, fences[at]?.index).split("\n").length;
}

function blockOf(token: Tokens.Code, comments: string[], where: string): Block {
	return {
		where,
		language: token.lang ?? "",
		text: token.text,
		file: /^(?:#|\/\/) ([\w./-]+\.\w+)\n/.exec(token.text)?.[1],
		notRun: directive("not run", comments),
		person: directive("as", comments),
	};
}

function commentsIn(html: string): string[] {
	return [...html.matchAll(/<!--(.*?)-->/gs)].map(([, comment]) => (comment as string).trim());
}

function directive(key: string, comments: string[]): string | undefined {
	const comment = comments.find((each) => each.startsWith(`${key}:`));
	return comment?.slice(key.length + 1).trim();
}

/** As GitHub makes it. */
function anchorOf(heading: string, others: string[]): string {
	const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
	const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
	const again = others.filter((other) => other === anchor || other.startsWith(`${anchor}-`)).length;
	return again === 0 ? anchor : `${anchor}-${again}`;
}
