/** What a code stands for. */
export interface ErrorMeaning {
	topic: "config" | "cluster" | "aws-auth" | "access entries" | "IAM" | "AWS" | "command line";
	/** What is wrong, and why it is refused. */
	meaning: string;
	/** What to do. */
	remedy: string;
	/**
	 * What may have been changed by the time it comes up.
	 * @default nothing
	 */
	changed?: string;
}

/** The table as it is, with its codes in its type but not its texts, which would be a tenth of the package once more. */
export function errorTable<Code extends string>(table: Record<Code, ErrorMeaning>): Record<Code, ErrorMeaning> {
	return table;
}
