import assert from "node:assert/strict";
import { readConfig } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { ConfigError } from "../../core/errors/problem";
import type { Team } from "../../core/teams/team";

/** A team as small as one can be. */
export const SMALL = { name: "shop", namespaces: ["shop"], users: ["jane"] } satisfies TeamArgs;

/** Teams as they stand in a config, however wrong; each is {@link SMALL} but for what is given. */
export type AnyTeam = { [key in keyof TeamArgs]?: unknown } | Record<string, unknown>;

/** The teams that a config with these makes. */
export function teamsOf<T extends AnyTeam[]>(...teams: T): { [index in keyof T]: Team } {
	const { teams: read } = readConfig({
		cluster: "c",
		teams: JSON.stringify(teams.map((team) => ({ ...SMALL, ...team }))),
	});
	return read as { [index in keyof T]: Team };
}

export function teamOf(team: AnyTeam): Team {
	return teamsOf(team)[0];
}

/** The problems of a config with these teams, path by path; none where it is accepted. */
export function problemsOfTeams(...teams: AnyTeam[]): Record<string, string> {
	return problemsOf({ cluster: "c", teams: JSON.stringify(teams.map((team) => ({ ...SMALL, ...team }))) });
}

/** The lines of the one error that `values` give, by path; none where they are accepted. */
export function problemsOf(values: Record<string, string>): Record<string, string> {
	try {
		readConfig(values, "The config of stack prod");
		return {};
	} catch (error) {
		assert.ok(error instanceof ConfigError, String(error));
		const problems: Record<string, string> = {};
		for (const { path, message } of error.problems) {
			assert.ok(error.message.includes(`  ${path}: ${message}`), "the message lists every problem");
			problems[path] = path in problems ? `${problems[path]}\n${message}` : message;
		}
		return problems;
	}
}
