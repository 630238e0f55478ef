import { AccessError } from "./access-error";
import type { ErrorCode } from "./codes";

/** A problem of a config. */
export interface Problem {
	/** For example `teams[1].namespaces[0]`. */
	path: string;
	/** What was found, what is allowed, what to do. */
	message: string;
	/** @default "config-invalid" */
	code?: ErrorCode;
}

/** Everything wrong with a config, in one error. */
export class ConfigError extends AccessError {
	/** How it is told apart. */
	override name = "ConfigError";

	constructor(
		where: string,
		/** Each with its path. */
		readonly problems: Problem[],
	) {
		const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
		const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
		const [code = "config-invalid", ...others] = new Set(problems.map((problem) => problem.code));
		super(
			others.length === 0 ? code : "config-invalid",
			`${where} has ${count}; nothing was changed:\n${lines.join("\n")}`,
		);
	}
}

/** @throws {ConfigError} if there are any. */
export function throwIfAny(problems: Problem[], where: string): void {
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
}

export type Path = (string | number)[];

/** `["teams", 1, "namespaces", 0]` -> `teams[1].namespaces[0]`. */
export function showPath(path: Path): string {
	return path.map((part, at) => (typeof part === "number" ? `[${part}]` : at > 0 ? `.${part}` : part)).join("");
}

/** A value as messages quote it, at most 80 characters of it. */
export function show(value: unknown): string {
	const shown = value === undefined ? "nothing" : JSON.stringify(value);
	return shown.length > 80 ? `${shown.slice(0, 77)}…` : shown;
}
