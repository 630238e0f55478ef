import { type Command, Option } from "commander";
import { rolesOpenToAccount } from "../../core/teams/iam-policies";
import { EXIT, Failure } from "../errors/failure";
import { formatOf, formatOptions, helpEnd, type ProjectOptions, projectOptions } from "../options";
import { type By, matrixMarkdown, matrixTable } from "../output/matrix-text";
import { painterFor, print, widthOf } from "../output/terminal";
import { chooseStack, projectIn } from "../project/project";
import { lineJson, type StackAccess, stackAccess } from "../project/stack-access";

interface Options extends ProjectOptions {
	allStacks?: boolean;
	by: By;
}

const EXAMPLES: [string, string][] = [
	["eks-access matrix", "the only stack, as a table"],
	["eks-access matrix --stack prod --by person", "the access of each person, in all teams"],
	["eks-access matrix --all-stacks --format html > access.html", "a web page to share"],
	["eks-access matrix --json | jq '.stacks[].rows[]'", "for scripts"],
];

export function registerMatrix(program: Command): void {
	const command = projectOptions(program.command("matrix"))
		.summary("show who has which access where")
		.description(
			"Shows who has which access where, from the stack's config alone. Needs no cluster, credentials or network.",
		)
		.option("-a, --all-stacks", "all stacks of the project")
		.addOption(
			new Option("--by <what>", "one row for each team, or for each person")
				.choices(["team", "person"])
				.default("team"),
		);
	formatOptions(command, ["table", "markdown", "html", "json"])
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "success"],
				[EXIT.usage, "wrong usage, or a config with errors, all of which are listed"],
			]),
		)
		.action((options: Options) => run(options, formatOf(command)));
}

function run({ cwd, stack, allStacks, by }: Options, format: string): void {
	const files = projectIn(cwd);
	if (allStacks && stack) {
		throw new Failure("cli-usage", "--stack and --all-stacks exclude each other");
	}
	if (allStacks && files.stacks.size === 0) {
		throw new Failure("cli-stack-not-found", `${files.label} has no stack's config (Pulumi.<stack>.yaml)`);
	}
	const names = allStacks ? [...files.stacks.keys()] : [chooseStack(files, stack)];
	const stacks = names.map((name) => stackAccess(files, name));
	print(written(stacks, format, by));
}

function written(stacks: StackAccess[], format: string, by: By): string {
	switch (format) {
		case "json":
			return JSON.stringify(matrixJson(stacks), null, 2);
		case "markdown":
			return matrixMarkdown(stacks, by);
		case "html":
			// Its style and script are read from files that nothing else needs.
			return (require("../html/page") as typeof import("../html/page")).matrixPage(stacks);
		default:
			return matrixTable(stacks, by, painterFor(process.stdout), widthOf(process.stdout));
	}
}

/** Version 1: fields may be added, none is renamed or removed. */
function matrixJson(stacks: StackAccess[]): object {
	return {
		version: 1,
		stacks: stacks.map(({ stack, cluster, authentication, teams, lines }) => ({
			stack,
			cluster,
			authentication,
			rows: lines.map(lineJson),
			rolesOpenToAccount: rolesOpenToAccount(teams),
		})),
	};
}
