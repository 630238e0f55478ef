import { type AccessConfig, asComplete, ConfigError, isComplete } from "./config";
import type { Problem } from "./config-problem";
import { configSchema, type StackConfig, schemaProblems } from "./config-schema";
import { isEmptyList, simpleTeam, teamsOf } from "./loose-team";
import { describeConflict, grantOf, namespacesOf } from "./namespace-settings";
import { DEFAULT_TEAM, type Team } from "./team";
import type { TeamArgs } from "./team-args";
import { bindingClashes } from "./team-bindings";
import { type TeamPart, teamProblems } from "./team-rules";
import { teamSchema } from "./team-schema";

/** The keys whose values are texts as they stand; all others are JSON. */
const TEXT_KEYS = [
	...["cluster", "kubeconfig", "kubeconfigStack", "kubeconfigOutput", "adminRoleArn", "awsProfile"],
	"authentication",
];

export function readConfig(values: Record<string, string>, where: string): AccessConfig {
	const input = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, decode(key, value)]));
	const problems = [...schemaProblems(input), ...relationProblems(input)];
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
	const { namespaces, users, teams, ...rest } = configSchema.parse(input);
	// Pulumi.yaml has to declare a default for each key; "" stands for none.
	const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")) as typeof rest;
	const simple = teamSchema.parse({ ...DEFAULT_TEAM, namespaces, users });
	return { ...set, teams: completed((teams.length > 0 ? teams : [simple]).map(withDefaults), where) };
}

export function readTeams(teams: readonly (TeamArgs | Team)[], where: string, part?: TeamPart): Team[] {
	const given = teams.filter((team): team is TeamArgs => !isComplete(team));
	if (teams.length > 0 && given.length === 0) {
		return teams as Team[];
	}
	if (given.length < teams.length) {
		// Some are complete already, from a config for example: what they have in common with the others shows below.
		const added = readTeams(given, where, part);
		return completed(
			teams.map((team) => (isComplete(team) ? (team as Team) : (added.shift() as Team))),
			where,
		);
	}
	const problems = [...schemaProblems({ teams }), ...teamProblems(teamsOf(teams), part)];
	if (teams.length === 0) {
		problems.push({ path: "teams", message: "found an empty list; list at least one team" });
	}
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
	return completed(configSchema.parse({ teams }).teams.map(withDefaults), where);
}

/** That no two teams want different things of one namespace, or one RoleBinding. */
function completed(teams: Team[], where: string): Team[] {
	const messages = [...namespacesOf(teams).conflicts.map(describeConflict), ...bindingClashes(teams)];
	if (messages.length > 0) {
		throw new ConfigError(
			where,
			messages.map((message) => ({ path: "teams", message })),
		);
	}
	return asComplete(teams);
}

/** Fills the defaults in: every list is there, every namespace has its access and its settings. */
function withDefaults(team: StackConfig["teams"][number]): Team {
	const { labels, annotations, podSecurity, quota, limits, networkPolicy, usernameTemplate, ...rest } = team;
	const ofTeam = { labels, annotations, podSecurity, quota, limits, networkPolicy };
	const access = team.access ?? "full";
	return {
		...rest,
		username: usernameTemplate ?? team.username ?? team.name,
		namespaces: team.namespaces.map((namespace) => {
			const own = typeof namespace === "string" ? { name: namespace } : namespace;
			const grant = grantOf(own.name, own.access ?? access, ofTeam, own);
			return "binding" in own ? { ...grant, binding: own.binding } : grant;
		}),
		access,
		userArns: team.userArns.map((user) => {
			const { arn, username, admin } = typeof user === "string" ? { arn: user } : user;
			return { arn, username: username ?? arn, admin: admin ?? false };
		}),
		admin: team.admin ?? false,
		metrics: team.metrics ?? false,
		role: team.role ?? {},
		revokeSessions: team.revokeSessions ?? false,
	};
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
		problems.push({ path: "cluster", message: "is missing; set it: pulumi config set cluster prod-eks-cluster" });
	}
	if (isEmptyList(input.teams)) {
		return [...problems, ...teamProblems([simpleTeam(input)])];
	}
	for (const key of ["namespaces", "users"].filter((each) => !isEmptyList(input[each]))) {
		problems.push({ path: key, message: "stands beside teams; use either teams or namespaces and users" });
	}
	return [...problems, ...teamProblems(teamsOf(input.teams))];
}
