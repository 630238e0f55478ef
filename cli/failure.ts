import { CodedError } from "../components/access-error";
import type { ErrorCode } from "../components/error-codes";
import type { CliErrorCode } from "./error-codes";

/** How a command ends. */
export const EXIT = {
	/** Done; nothing to report. */
	ok: 0,
	/** The command did its work and found something: changes with --exit-code, findings, no way in. */
	found: 1,
	/** Wrong usage, a config with problems, a file or ref that cannot be read. */
	usage: 2,
	/** The cluster does not answer, or refuses the credentials. */
	unreachable: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What stops a command, said to the user as it stands: what was found, what to do, and the error's code. */
export class Failure extends CodedError<ErrorCode | CliErrorCode> {
	override name = "Failure";

	constructor(
		code: ErrorCode | CliErrorCode,
		message: string,
		readonly exitCode: ExitCode = EXIT.usage,
	) {
		super(code, message);
	}
}
