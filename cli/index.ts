import { Command, CommanderError } from "commander";
import { CodedError } from "../core/errors/access-error";
import { visibleLines } from "../core/errors/escape";
import { registerDiff } from "./commands/diff";
import { registerDoctor } from "./commands/doctor";
import { registerExpired } from "./commands/expired";
import { registerHandOver, registerKubeconfig } from "./commands/hand-over";
import { registerImport } from "./commands/import";
import { registerMatrix } from "./commands/matrix";
import { registerMigrate } from "./commands/migrate";
import { registerReview } from "./commands/review";
import { registerVerify } from "./commands/verify";
import { registerWhoCan } from "./commands/who-can";
import { registerWhoami } from "./commands/whoami";
import { EXIT, type ExitCode, exitCodeOf } from "./errors/failure";
import { say } from "./output/terminal";

/** Each command's own file says what it does; what is heavy is loaded by the command that needs it. */
const COMMANDS = [
	registerMatrix,
	registerDiff,
	registerDoctor,
	registerVerify,
	registerReview,
	registerWhoCan,
	registerExpired,
	registerWhoami,
	registerKubeconfig,
	registerHandOver,
	registerImport,
	registerMigrate,
];

const DESCRIPTION =
	"Shows and checks who has access to an EKS cluster: by the stacks' config, in a change of it, and in the live cluster.";

const HELP = `
Run a command with --help for its options, examples and exit codes.

Exit codes of all commands:
  ${EXIT.ok}  success, nothing to report
  ${EXIT.found}  findings of doctor, verify or review, no access for whoami, nothing to import,
     somebody with who-can --none, entries that stay with migrate,
     changes with diff --exit-code, or ends with expired --exit-code
  ${EXIT.usage}  wrong usage, a config with errors, or a file or git ref that cannot be read
  ${EXIT.unreachable}  the cluster or AWS does not answer, or rejects the credentials

In a terminal, output is coloured and tables fit its width; NO_COLOR and COLUMNS are respected. Errors go to stderr and end with a
code in brackets.`;

export function programOf(): Command {
	const program = new Command("eks-access")
		.description(DESCRIPTION)
		.version((require("../package.json") as { version: string }).version)
		.addHelpText("after", HELP)
		.showHelpAfterError("(eks-access --help lists all commands)")
		// A command that is unknown may be anything: what cannot be seen in it is written out.
		.configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
		// Before the commands: they take these settings over.
		.exitOverride();
	for (const register of COMMANDS) {
		register(program);
	}
	return program;
}

/** Runs the command line; the process ends with the exit code once everything is written. */
export async function main(argv: string[]): Promise<void> {
	process.stdout.on("error", leaveOnClosedPipe);
	try {
		await programOf().parseAsync(argv);
	} catch (error) {
		process.exitCode = report(error);
	}
}

function report(error: unknown): ExitCode {
	if (error instanceof CommanderError) {
		// Said already.
		return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
	}
	if (error instanceof CodedError) {
		say(`eks-access: ${error.message}`);
		return exitCodeOf(error);
	}
	say(`eks-access: a bug, please report it\n${(error as Error)?.stack ?? error}`);
	return EXIT.usage;
}

/** `eks-access matrix | head` is no error. */
function leaveOnClosedPipe(error: NodeJS.ErrnoException): void {
	if (error.code !== "EPIPE") {
		throw error;
	}
	process.exit(EXIT.ok);
}
