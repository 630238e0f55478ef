import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { programOf } from "../../cli";
import { ROOT, readPages } from "./pages";

/** Phrases that read like a translation, and what to write instead. */
const PHRASES: [RegExp, string][] = [
	[/\bis no (?!longer|different)\w+/, "is not a valid …, there is no …"],
	[/\b(?:that|what|which|everything|one) (?:is|are) there\b|\b(?:is|are) there already\b/, "existing …, … exists"],
	[/\bwho may\b|\bmay only\b|\bmay not\b/i, "people who can …, cannot"],
	[/(?:^|[.:;] )Who (?:comes|leaves|loses|is|has|runs|wants)\b/, "People who …, subject first"],
	[/\b(?:comes?|came|coming) in\b/, "get access, authenticate, log in"],
	[/\bno more(?! than)\b/, "no longer"],
	[/\bmany an? \w+/, "most guides, many …"],
	[/\banew\b/, "again, regenerate, rewrite"],
	[/\b(?:whether|that) it is so\b|\bmake it so\b/, "check …, apply …"],
	[/\bway in\b|\bby either way\b|\bby the way that\b/, "access, authentication method"],
	[/\b(?:what|that) goes for\b/, "applies to"],
	[/\b(?:take|takes|taken|taking|took)(?: \w+)? out\b/, "remove"],
	[/\bone's own\b/, "your own, custom"],
	[/\bmust are\b|\ba must\b/, "Required: …"],
	[/\bas EKS is\b/, "behaves like EKS"],
	[/\bends? with (?:the run|that shell|it)\b/, "stops when …"],
	[/\bknows? (?:not|no)\b/, "does not accept, does not know"],
	[/\bpass(?:ed)? over\b/, "skip silently"],
	[/\blet (?:it|this) (?:be taken|go) back\b/, "cannot be undone"],
	[/\bbounds?\b/i, "limit"],
	[/\bfor machines\b/, "for scripts"],
	[/\bsays less\b/, "shows less"],
	[/\bmend(?:s|ed)?\b/, "correct, repair"],
	[/\beverybody's way\b|\bwho (?:it|they) (?:was|is|are) for sure\b/, "everybody's access"],
];

/** A page as its readers see it: no code, no tables that come from the code's tables of errors, one line a paragraph. */
function prose(markdown: string): string[] {
	return markdown
		.replaceAll(/```[\s\S]*?```/g, "")
		.replaceAll(/<!--[\s\S]*?-->/g, "")
		.replaceAll(/`[^`]*`/g, "…")
		.split(/\n\s*\n|\n(?=\s*(?:[-|]|\d+\.))/)
		.map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim());
}

/** The help of the command line and of each command, examples and exit codes included. */
function helps(command: Command): [string, string][] {
	let text = "";
	command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
	return [[`eks-access ${command.name()} --help`, text], ...command.commands.flatMap(helps)];
}

describe("the English of what users read", () => {
	const texts: [string, string][] = [
		// errors.md is made from the tables of errors.
		...readPages()
			.filter(({ file }) => file !== "docs/reference/errors.md")
			.map(({ file }): [string, string] => [file, readFileSync(path.join(ROOT, file), "utf8")]),
		...helps(programOf()),
	];

	for (const [phrase, instead] of PHRASES) {
		it(`has no ${phrase.source}: write ${instead}`, () => {
			const found = texts.flatMap(([where, text]) =>
				prose(text)
					.filter((paragraph) => phrase.test(paragraph))
					.map((paragraph) => `${where}: ${phrase.exec(paragraph)?.[0]}: ${paragraph.slice(0, 200)}`),
			);
			assert.deepEqual(found, []);
		});
	}

	it("a sentence of each such kind is noticed", () => {
		for (const sentence of [
			"Who leaves the team loses access",
			"x is no role",
			"An entry that is there",
			"It comes in by a role",
		]) {
			assert.ok(
				PHRASES.some(([phrase]) => phrase.test(sentence)),
				sentence,
			);
		}
	});
});
