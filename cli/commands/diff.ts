import type { Command } from "commander";
import { hasChanges, type StackDiff, stackDiff } from "../access-diff";
import { diffMarkdown, diffText } from "../diff-text";
import { EXIT } from "../failure";
import { formatOf, formatOptions, helpEnd, nonEmptyText, type ProjectOptions, projectOptions } from "../options";
import { pairsOf, type Side, sidesOf } from "../sides";
import { stackAccessIfThere } from "../stack-access";
import { painterFor, print, printJson } from "../terminal";

interface Options extends ProjectOptions {
	from?: string;
	to?: string;
	exitCode?: boolean;
}

const EXAMPLES: [string, string][] = [
	["eks-access diff", "what this branch changes, all stacks"],
	["eks-access diff --format markdown", "the same as a pull request's comment"],
	["eks-access diff --from v1.2.0 --to HEAD", "between two commits, branches or tags"],
	["eks-access diff --from old.yaml --stack prod", "a stack's file against the working tree"],
	["eks-access diff --exit-code || echo changed", "for scripts"],
];

export function registerDiff(program: Command): void {
	const command = projectOptions(program.command("diff"))
		.summary("who gains or loses which access between two versions")
		.description(
			"Shows who gains or loses which access between two versions of the stacks' config: no cluster, no credentials, no network.\n\n" +
				"A stack that one side lacks counts as no access there. <ref> is a commit, branch or tag of git; <file> a stack's file.",
		)
		.option(
			"--from <ref|file>",
			"the old side (default: the merge base of HEAD with origin/main, else with main)",
			nonEmptyText,
		)
		.option("--to <ref|file>", "the new side (default: the working tree)", nonEmptyText)
		.option("--exit-code", "end with 1 if anything changes, as git diff does");
	formatOptions(command, ["text", "markdown", "json"])
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "compared, whether or not anything changes"],
				[EXIT.found, "with --exit-code: something changes"],
				[EXIT.usage, "wrong usage, a config with problems, a ref or file that is not there"],
			]),
		)
		.action((options: Options) => run(options, formatOf(command)));
	// There, no stack means all of them.
	const stack = command.options.find(({ long }) => long === "--stack");
	if (stack) {
		stack.description = "only this stack (default: all)";
	}
}

function run({ stack, exitCode, ...options }: Options, format: string): void {
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
