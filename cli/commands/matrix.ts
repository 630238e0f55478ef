import { type Command, Option } from "commander";
import { EXIT, Failure } from "../failure";
import { type By, matrixMarkdown, matrixTable } from "../matrix-text";
import { formatOf, formatOptions, helpEnd, type ProjectOptions, projectOptions } from "../options";
import { chooseStack, projectIn } from "../project";
import { lineJson, type StackAccess, stackAccess } from "../stack-access";
import { painterFor, print, widthOf } from "../terminal";

interface Options extends ProjectOptions {
	allStacks?: boolean;
	by: By;
}

const EXAMPLES: [string, string][] = [
	["eks-access matrix", "the only stack, as a table"],
	["eks-access matrix --stack prod --by person", "what each person has, over all teams"],
	["eks-access matrix --all-stacks --format html > access.html", "one page to send around"],
	["eks-access matrix --json | jq '.stacks[].rows[]'", "for machines"],
];

export function registerMatrix(program: Command): void {
	const command = projectOptions(program.command("matrix"))
		.summary("who has which access where")
		.description(
			"Shows who has which access where, from the stack's config alone: no cluster, no credentials, no network.",
		)
		.option("-a, --all-stacks", "every stack of the project")
		.addOption(
			new Option("--by <what>", "a row for each team's access, or for each person's")
				.choices(["team", "person"])
				.default("team"),
		);
	formatOptions(command, ["table", "markdown", "html", "json"])
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "shown"],
				[EXIT.usage, "wrong usage, or a config with problems (all of them are listed)"],
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
		stacks: stacks.map(({ stack, cluster, authentication, lines }) => ({
			stack,
			cluster,
			authentication,
			rows: lines.map(lineJson),
		})),
	};
}
