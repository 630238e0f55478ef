import { CodedError } from "../../core/errors/access-error";

/** A stack that could not be looked at. */
export interface FailedStack {
	stack: string;
	error: CodedError<string>;
}

/** Asks something of each stack, one after the other: if one cannot be read, the others are still worth knowing. */
export async function ofEachStack<T>(
	stacks: readonly string[],
	ask: (stack: string) => Promise<T>,
): Promise<(T | FailedStack)[]> {
	const answers: (T | FailedStack)[] = [];
	for (const stack of stacks) {
		try {
			answers.push(await ask(stack));
		} catch (error) {
			if (!(error instanceof CodedError)) {
				throw error;
			}
			answers.push({ stack, error });
		}
	}
	return answers;
}
