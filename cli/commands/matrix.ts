import { type Command, Option } from "commander";
import { rolesOpenToAccount } from "../../core/teams/iam-policies";
import { EXIT } from "../errors/failure";
import { type FormatOptions, formatOption, helpEnd, type ProjectOptions, projectOptions } from "../options";
import type { Format } from "../output/formats";
import { type By, matrixMarkdown, matrixTable } from "../output/matrix-text";
import { painterFor, print, printJson, widthOf } from "../output/terminal";
import { headOf } from "../project/git";
import { chooseStacks, projectIn } from "../project/project";
import { lineJson, type StackAccess, stackAccess } from "../project/stack-access";

interface Options extends ProjectOptions, FormatOptions {
	allStacks?: boolean;
	by: By;
}

const EXAMPLES: [string, string][] = [
	["eks-access matrix", "the only stack, as a table"],
	["eks-access matrix --stack prod --by person", "the access of each person, in all teams"],
	["eks-access matrix --all-stacks --format html > access.html", "a web page to share"],
	["eks-access matrix --format json | jq '.stacks[].rows[]'", "for scripts"],
];

export function registerMatrix(program: Command): void {
	const command = projectOptions(program.command("matrix"))
		.summary("show who has which access where")
		.description(
			"Shows who has which access where, from the stack's config alone: it needs no cluster, credentials or network. Teams in a program's code are read from the stack's output accessMatrix, with pulumi.",
		)
		.option("-a, --all-stacks", "all stacks of the project")
		.addOption(
			new Option("--by <what>", "one row for each team, or for each person")
				.choices(["team", "person"])
				.default("team"),
		);
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "success"],
				[EXIT.usage, "wrong usage, or a config with errors, all of which are listed"],
			]),
		)
		.action(run);
}

function run({ cwd, stack, allStacks, by, format }: Options): void {
	const files = projectIn(cwd);
	const stacks = chooseStacks(files, { stack, allStacks }).map((name) => stackAccess(files, name));
	if (format === "json") {
		printJson(matrixJson(stacks));
	} else {
		print(written(stacks, format, by, files.folder));
	}
}

function written(stacks: StackAccess[], format: Exclude<Format, "json">, by: By, folder: string): string {
	switch (format) {
		case "markdown":
			return matrixMarkdown(stacks, by);
		case "html":
			// Its style and script are read from files that nothing else needs.
			return (require("../html/matrix") as typeof import("../html/matrix")).matrixPage(stacks, by, {
				date: new Date(),
				commit: headOf(folder),
			});
		default:
			return matrixTable(stacks, by, painterFor(process.stdout), widthOf(process.stdout));
	}
}

/** Version 1: fields may be added, none is renamed or removed. */
function matrixJson(stacks: StackAccess[]): object {
	return {
		version: 1,
		stacks: stacks.map(({ stack, cluster, authentication, source, teams, lines }) => ({
			stack,
			cluster,
			authentication,
			source,
			rows: lines.map(lineJson),
			rolesOpenToAccount: rolesOpenToAccount(teams),
		})),
	};
}
