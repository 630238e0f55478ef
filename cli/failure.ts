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

/** What stops a command, said to the user as it stands: what was found, and what to do. */
export class Failure extends Error {
	constructor(
		message: string,
		readonly exitCode: ExitCode = EXIT.usage,
	) {
		super(message);
		this.name = "Failure";
	}
}
