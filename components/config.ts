import { AccessError } from "./access-error";
import type { Authentication } from "./authentication";
import type { Problem } from "./config-problem";
import type { CheckedEksAccessArgs } from "./eks-access";
import type { Team } from "./team";
import type { TeamArgs } from "./team-args";
import type { TeamPart } from "./team-rules";

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

/** A stack's config, checked, with the simple form turned into a team; what is not set is undefined. */
export type AccessConfig = Omit<CheckedEksAccessArgs, "region" | "account"> & {
	/** With every default filled in. */
	teams: Team[];
	/** How people come in. */
	authentication: Authentication;
	/** Tags of the IAM roles, policies and access entries. */
	tags?: Record<string, string>;
};

/**
 * Reads a stack's config.
 *
 * @param values The config as Pulumi hands it over: key (without the project's prefix) to text, lists and maps as JSON.
 * @param where What to call the config in errors, for example `The config of stack prod`.
 * @throws {ConfigError} lists every problem.
 */
export function readConfig(values: Record<string, string>, where = "The config"): AccessConfig {
	return reading().readConfig(values, where);
}

/**
 * Checks teams that come from a program instead of a stack's config, and fills their defaults in.
 *
 * @param part What the caller makes of them, where that is not everything: the rest may then be left out.
 */
export function readTeams(teams: readonly (TeamArgs | Team)[], where: string, part?: TeamPart): Team[] {
	return reading().readTeams(teams, where, part);
}

/** The schema and its library take longer to load than all the rest of the package; a program that only imports it does not wait. */
function reading(): typeof import("./config-reading") {
	return require("./config-reading");
}

/** Teams that have been checked and completed: what a program passes on is not checked again. */
const complete = new WeakSet<object>();

/** Marks teams that were made of complete ones as such. */
export function asComplete(teams: Team[]): Team[] {
	for (const team of teams) {
		complete.add(team);
	}
	return teams;
}

export function isComplete(team: object): boolean {
	return complete.has(team);
}
