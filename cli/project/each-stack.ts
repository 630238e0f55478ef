import { CodedError } from "../../core/errors/access-error";
import { endWith, exitCodeOf } from "../errors/failure";
import { say } from "../output/terminal";

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

/**
 * What the stacks answer that can be read, asked side by side. Whoever has asked is told of the others, and the command ends with the worst one's exit code.
 * Throws where none can be read.
 */
export async function answersOf<T>(stacks: readonly string[], ask: (stack: string) => Promise<T>): Promise<T[]> {
	const asked = stacks.map((stack) => ofEachStack([stack], async () => ({ answer: await ask(stack) })));
	const answers = (await Promise.all(asked)).flat();
	const failed = answers.filter((each) => "error" in each);
	if (failed.length === stacks.length && failed[0]) {
		throw failed[0].error;
	}
	for (const { stack, error } of failed) {
		say(`eks-access: stack ${stack} is left out: ${error.message}`);
		endWith(exitCodeOf(error));
	}
	return answers.flatMap((each) => ("error" in each ? [] : [each.answer]));
}
