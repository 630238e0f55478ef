import fc from "fast-check";

/** A text of mapRoles as it may be found in the wild, and what a reader is bound to do with it. */
export interface Content {
	text: string;
	/** In a style that has to be accepted. The others may be refused. */
	ordinary: boolean;
}

/** Mostly ordinary ones: with a bad one in every entry nothing else would be tested. */
export function mostlyOrdinary<T, R extends boolean>(choices: [T, R][]): fc.Arbitrary<[T, R]> {
	return fc.oneof(
		{ weight: 15, arbitrary: fc.constantFrom(...choices.filter(([, ordinary]) => ordinary)) },
		{ weight: 1, arbitrary: fc.constantFrom(...choices) },
	);
}

export function sometimes<T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> {
	return fc.oneof({ weight: 4, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}

const ACCOUNTS = ["111122223333", "012345678901", "000000000000"];

/** A role's ARN. */
export const role = fc
	.tuple(
		fc.constantFrom(...ACCOUNTS),
		fc.constantFrom("node", "admin", "ci", "Team-A", "path/to/x", "AWSReservedSSO_X_h"),
	)
	.map(([account, name]) => `arn:aws:iam::${account}:role/${name}`);
