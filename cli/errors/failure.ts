import { CodedError } from "../../core/errors/access-error";
import { AWS_ERRORS } from "../../core/errors/aws-codes";
import type { ErrorCode } from "../../core/errors/codes";
import type { CliErrorCode } from "./codes";

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

/** The command ends with this exit code, unless with a worse one. */
export function endWith(code: ExitCode): void {
	process.exitCode = Math.max(Number(process.exitCode ?? EXIT.ok), code);
}

/** How a command ends with an error: by its code where the command line did not make it. */
export function exitCodeOf(error: CodedError<string>): ExitCode {
	if (error instanceof Failure) {
		return error.exitCode;
	}
	return error.code !== "aws-region-missing" && (error.code in AWS_ERRORS || error.code.startsWith("api-server-"))
		? EXIT.unreachable
		: EXIT.usage;
}
