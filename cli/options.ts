import { type Command, InvalidArgumentError, Option } from "commander";
import { FORMATS, type Format } from "./output/formats";

export interface FormatOptions {
	format: Format;
}

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

/** The same for every command that prints a result. */
export function formatOption(command: Command): Command {
	return command.addOption(new Option("--format <format>", "output format").choices(FORMATS).default(FORMATS[0]));
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
