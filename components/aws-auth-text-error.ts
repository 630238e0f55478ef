import { AccessError } from "./access-error";
import type { ErrorCode } from "./error-codes";

/** A text of aws-auth that cannot be read or changed safely. Nothing has been written then. */
export class AwsAuthTextError extends AccessError {
	override name = "AwsAuthTextError";
	readonly key: string;
	/** Line in the map's text, from 1. */
	readonly line: number;

	/** @param problem What was found and what to do, each a sentence. */
	constructor(code: ErrorCode, { key, line, problem }: { key: string; line: number; problem: string }) {
		super(code, `aws-auth: ${key}, line ${line}: ${problem} Nothing was written.`);
		this.key = key;
		this.line = line;
	}
}
