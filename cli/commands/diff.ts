import type { Command } from "commander";
import { diffMarkdown, diffText } from "../diff/diff-text";
import { pairsOf, type Side, sidesOf } from "../diff/inputs";
import { hasChanges, type StackDiff, stackDiff } from "../diff/stack-diff";
import { EXIT } from "../errors/failure";
import {
	type FormatOptions,
	formatOption,
	helpEnd,
	nonEmptyText,
	type ProjectOptions,
	projectOptions,
} from "../options";
import { painterFor, print, printJson } from "../output/terminal";
import { stackAccessIfThere } from "../project/stack-access";

interface Options extends ProjectOptions, FormatOptions {
	from?: string;
	to?: string;
	exitCode?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access diff", "changes of this branch, all stacks"],
	["eks-access diff --format markdown", "the same, as a comment for a pull request"],
	["eks-access diff --from v1.2.0 --to HEAD", "between two commits, branches or tags"],
	["eks-access diff --from old.yaml --stack prod", "a stack's file and the working tree"],
	["eks-access diff --exit-code || echo changed", "for scripts"],
];

export function registerDiff(program: Command): void {
	const command = projectOptions(program.command("diff"))
		.summary("show who gains or loses access between two versions")
		.description(
			"Shows who gains or loses access between two versions of the stacks' config. Needs no cluster, credentials or network.\n\n" +
				"A stack that exists on one side only counts as no access on the other. <ref> is a git commit, branch or tag; <file> is a stack's file.",
		)
		.option(
			"--from <ref|file>",
			"the old version (default: the merge base of HEAD and origin/main, or main)",
			nonEmptyText,
		)
		.option("--to <ref|file>", "the new version (default: the working tree)", nonEmptyText)
		.option("--exit-code", "exit with code 1 if anything changes, like git diff");
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "success, whether or not anything changes"],
				[EXIT.found, "something changes (with --exit-code)"],
				[EXIT.usage, "wrong usage, a config with errors, or a ref or file that does not exist"],
			]),
		)
		.action(run);
	// There, no stack means all of them.
	const stack = command.options.find(({ long }) => long === "--stack");
	if (stack) {
		stack.description = "only this stack (default: all)";
	}
}

function run({ stack, exitCode, format, ...options }: Options): void {
	const { from, to } = sidesOf(options);
	const diffs = pairsOf(from, to, stack).map((pair) =>
		stackDiff(pair.stack, stackAccessIfThere(from.files, pair.from), stackAccessIfThere(to.files, pair.to)),
	);
	const between = `${from.files.label} → ${to.files.label}`;
	switch (format) {
		case "json":
			printJson(diffJson(from, to, diffs));
			break;
		case "markdown":
			print(diffMarkdown(diffs, between));
			break;
		case "html":
			print((require("../html/diff") as typeof import("../html/diff")).diffPage(diffs, between));
			break;
		default:
			print(diffText(diffs, between, painterFor(process.stdout)));
	}
	if (exitCode && diffs.some(hasChanges)) {
		process.exitCode = EXIT.found;
	}
}

/** Version 1: fields may be added, none is renamed or removed. */
function diffJson(from: Side, to: Side, diffs: StackDiff[]): object {
	const side = ({ files, commit }: Side) => ({ label: files.label, ...(commit ? { commit } : {}) });
	return { version: 1, from: side(from), to: side(to), changed: diffs.some(hasChanges), stacks: diffs };
}
