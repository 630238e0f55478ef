import { configSchema, type Problem, type StackConfig, schemaProblems, show, showPath } from "./config-schema";
import { DEFAULT_TEAM, roleNameOf, type Team } from "./team";

/** Everything wrong with a config, in one error. */
export class ConfigError extends Error {
	/** How Pulumi knows an error to show without a stack trace, which would say nothing about the config. */
	readonly __pulumiRunError = true;

	constructor(
		where: string,
		readonly problems: Problem[],
	) {
		const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
		const lines = problems.map(({ path, message }) => `  ${path}: ${message}`);
		super(`${where} has ${count}; nothing was changed:\n${lines.join("\n")}`);
		this.name = "ConfigError";
	}
}

/** A stack's config, checked, with the simple form turned into a team; what is not set is undefined. */
export type AccessConfig = Partial<Omit<StackConfig, "namespaces" | "users" | "teams">> & {
	cluster: string;
	teams: Team[];
};

/** The keys whose values are texts as they stand; all others are JSON. */
const TEXT_KEYS = ["cluster", "kubeconfig", "kubeconfigStack", "kubeconfigOutput", "adminRoleArn", "awsProfile"];

/**
 * Reads a stack's config.
 *
 * @param values The config as Pulumi hands it over: key (without the project's prefix) to text, lists and maps as JSON.
 * @param where What to call the config in errors, for example `The config of stack prod`.
 * @throws {ConfigError} lists every problem.
 */
export function readConfig(values: Record<string, string>, where = "The config"): AccessConfig {
	const input = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, decode(key, value)]));
	const problems = [...schemaProblems(input), ...relationProblems(input)];
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
	const { namespaces, users, teams, ...rest } = configSchema.parse(input);
	// Pulumi.yaml has to declare a default for each key; "" stands for none.
	const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")) as typeof rest;
	return { ...set, teams: teams.length > 0 ? teams.map(withDefaults) : [{ ...DEFAULT_TEAM, namespaces, users }] };
}

/** A team as a program passes it: `username` may be left out. */
export type TeamArgs = Omit<Team, "username"> & { username?: string };

/** Checks teams that come from a program instead of a stack's config. */
export function readTeams(teams: TeamArgs[], where: string): Team[] {
	const problems = [...schemaProblems({ teams }), ...teamProblems(asTeams(teams))];
	if (teams.length === 0) {
		problems.push({
			path: "teams",
			message: "found an empty list; list at least one team",
		});
	}
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
	return teams.map(withDefaults);
}

function withDefaults(team: TeamArgs): Team {
	return { ...team, username: team.username ?? team.name };
}

function decode(key: string, value: string): unknown {
	if (TEXT_KEYS.includes(key)) {
		return value;
	}
	try {
		return JSON.parse(value);
	} catch {
		// The schema then says what is allowed instead of this text.
		return value;
	}
}

/** What no key by itself can show. Looks at whatever is there, however wrong, so that one run shows everything. */
function relationProblems(input: Record<string, unknown>): Problem[] {
	const problems: Problem[] = [];
	if (!input.cluster) {
		problems.push({
			path: "cluster",
			message: "is missing; set it: pulumi config set cluster prod-eks-cluster",
		});
	}
	const simple = ["namespaces", "users"].filter((key) => !isEmptyList(input[key]));
	if (!isEmptyList(input.teams)) {
		for (const key of simple) {
			problems.push({
				path: key,
				message: "stands beside teams; use either teams or namespaces and users",
			});
		}
		return [...problems, ...teamProblems(asTeams(input.teams))];
	}
	for (const [key, example] of [
		["namespaces", "[prod, uat, dev]"],
		["users", "[jane, joe]"],
	] as const) {
		if (isEmptyList(input[key])) {
			problems.push({
				path: key,
				message: `is missing or empty; list at least one, for example ${example}`,
			});
		}
		problems.push(...duplicates(strings(input[key]), [key]));
	}
	return problems;
}

interface LooseTeam {
	name?: unknown;
	namespaces?: unknown;
	users?: unknown;
}

function asTeams(value: unknown): LooseTeam[] {
	return Array.isArray(value) ? value.map((team) => (typeof team === "object" && team !== null ? team : {})) : [];
}

function teamProblems(teams: LooseTeam[]): Problem[] {
	const problems: Problem[] = [];
	const roles = new Map<string, number>();
	const memberships = new Map<string, number>();
	teams.forEach((team, at) => {
		for (const key of ["namespaces", "users"] as const) {
			if (Array.isArray(team[key]) && isEmptyList(team[key])) {
				const todo = `list at least one, or remove ${show(team.name)} from teams to end its access`;
				problems.push({
					path: showPath(["teams", at, key]),
					message: `found an empty list; ${todo}`,
				});
			}
			problems.push(...duplicates(strings(team[key]), ["teams", at, key]));
		}
		for (const user of new Set(strings(team.users))) {
			memberships.set(user, (memberships.get(user) ?? 0) + 1);
		}
		if (typeof team.name === "string") {
			// IAM compares names of roles and groups without regard to case.
			const role = roleNameOf({ name: team.name }).toLowerCase();
			const first = roles.get(role);
			if (first !== undefined) {
				const message = `${show(team.name)} is the name of teams[${first}] already (IAM ignores case); give each team its own`;
				problems.push({ path: showPath(["teams", at, "name"]), message });
			}
			roles.set(role, first ?? at);
		}
	});
	for (const [user, count] of memberships) {
		if (count > GROUPS_PER_USER) {
			const message = `the user ${show(user)} is in ${count} teams; a user may be in ${GROUPS_PER_USER} IAM groups`;
			problems.push({ path: "teams", message });
		}
	}
	return problems;
}

/** IAM quota: groups an IAM user can be a member of (IAM User Guide, "IAM and AWS STS quotas"). */
const GROUPS_PER_USER = 10;

function duplicates(values: string[], path: (string | number)[]): Problem[] {
	return values.flatMap((value, at) => {
		const first = values.indexOf(value);
		return first < at
			? [
					{
						path: showPath([...path, at]),
						message: `${show(value)} stands at [${first}] already; remove one`,
					},
				]
			: [];
	});
}

function strings(value: unknown): string[] {
	return Array.isArray(value) ? value.map((item) => (typeof item === "string" ? item : "")) : [];
}

function isEmptyList(value: unknown): boolean {
	return value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}
