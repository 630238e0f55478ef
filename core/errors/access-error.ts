import type { ErrorCode } from "./codes";
import { visibleLines } from "./escape";

/** An error that ends with its code in brackets. Messages may change, codes do not: programs tell errors apart by them. */
export abstract class CodedError<Code extends string> extends Error {
	/** How Pulumi knows an error to show without a stack trace, which would say nothing about access. */
	readonly __pulumiRunError = true;
	/** The message without its code, to be part of another text. */
	readonly explanation: string;

	constructor(
		/** For example `cluster-not-found`; docs/reference/errors.md has them all. */
		readonly code: Code,
		message: string,
	) {
		// It may quote what AWS, the cluster or a config holds.
		const shown = visibleLines(message);
		super(`${shown} [${code}]`);
		this.explanation = shown;
		keepMessage(this);
	}
}

/** The SDK of Pulumi writes the property that it was serializing before the message of whatever an input rejects with. */
function keepMessage(error: Error): void {
	let { message } = error;
	Object.defineProperty(error, "message", {
		get: () => message,
		set: (text: string) => {
			message = text.replace(/^(?:error serializing property "[^"]*": )+/, "");
		},
	});
}

/** An error of the components: what was found, what is allowed and what to do, and what has been changed. */
export class AccessError extends CodedError<ErrorCode> {
	/** How it is told apart. */
	override name = "AccessError";
}

/** An argument of a component that cannot be; a provider shows it at its property, a program with the property's name. */
export class ArgumentError extends AccessError {
	override name = "ArgumentError";
	/** How Pulumi knows a `pulumi.InputPropertyError`. */
	readonly __pulumiInputPropertyError = true;
	/** With the code, as a provider shows it. */
	readonly reason: string;

	constructor(
		code: ErrorCode,
		/** For example `authentication`. */
		readonly propertyPath: string,
		reason: string,
	) {
		super(code, `${propertyPath}: ${reason}`);
		this.reason = `${reason} [${code}]`;
	}
}
