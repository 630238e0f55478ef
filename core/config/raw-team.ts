import { DEFAULT_TEAM } from "../teams/team";

/** Where something stands in a config, for example `["teams", 1, "namespaces", 0]`. */
export type Path = (string | number)[];

/** A team as it stands in a config, however wrong: what has not the right form counts as absent. */
export interface LooseTeam {
	path: Path;
	raw: Record<string, unknown>;
}

/** What the simple form's `namespaces` and `users` stand for. */
export function simpleTeam(input: Record<string, unknown>): LooseTeam {
	return { path: [], raw: { name: DEFAULT_TEAM.name, namespaces: input.namespaces, users: input.users } };
}

export function teamsOf(value: unknown): LooseTeam[] {
	return (Array.isArray(value) ? value : []).map((team, at) => ({
		path: ["teams", at],
		raw: typeof team === "object" && team !== null ? (team as Record<string, unknown>) : {},
	}));
}

export function isEmptyList(value: unknown): boolean {
	return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

export function list(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

export function strings(value: unknown): string[] {
	return list(value).map((item) => (typeof item === "string" ? item : ""));
}

/** What an item of a list is known by: itself, or its name, ARN or account. */
export function nameOf(item: unknown): string | undefined {
	const { name, arn, account } = (typeof item === "object" && item !== null ? item : {}) as Record<string, unknown>;
	return [item, name, arn, account].find((each): each is string => typeof each === "string");
}

export function names(value: unknown): string[] {
	return list(value).map((item) => nameOf(item) ?? "");
}
