import { type Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "./errors/failure";

/** Options that every command about the project has. */
export interface ProjectOptions {
	cwd: string;
	stack?: string;
}

export function projectOptions(command: Command): Command {
	return command
		.option("-s, --stack <name>", "name of the stack (default: PULUMI_STACK, or the only stack)")
		.option("-C, --cwd <folder>", "the folder with Pulumi.yaml, or a folder below it", ".");
}

/** `--format`, and `--json` as another way to say `--format json`. */
export function formatOptions(command: Command, formats: readonly string[]): Command {
	return command
		.addOption(new Option("-f, --format <format>", "output format").choices(formats).default(formats[0]))
		.option("--json", "same as --format json");
}

export function formatOf(command: Command): string {
	const { format, json } = command.opts<{ format: string; json?: boolean }>();
	if (json && command.getOptionValueSource("format") === "cli" && format !== "json") {
		throw new Failure("cli-usage", `--json and --format ${format} exclude each other`);
	}
	return json ? "json" : format;
}

/** Examples and exit codes, below a command's options. */
export function helpEnd(
	examples: [command: string, what: string][],
	exitCodes: [code: number, what: string][],
): string {
	const width = Math.max(...examples.map(([command]) => command.length));
	const lines = [
		"",
		"Examples:",
		...examples.map(([command, what]) => `  $ ${command.padEnd(width)}  # ${what}`),
		"",
		"Exit codes:",
		...exitCodes.map(([code, what]) => `  ${code}  ${what}`),
	];
	return lines.join("\n");
}

export function nonEmptyText(value: string): string {
	if (value === "") {
		throw new InvalidArgumentError("It is empty.");
	}
	return value;
}
