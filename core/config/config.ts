import { readFileSync } from "node:fs";
import { type Problem, throwIfAny } from "../errors/problem";
import type { Authentication } from "../kubernetes/authentication-mode";
import { givenRules } from "../rbac/access-levels";
import { bindingClashes } from "../teams/bindings";
import { boundProblems } from "../teams/bounds";
import { describeConflict, grantOf, namespacesOf } from "../teams/namespaces";
import { DEFAULT_TEAM, type Team, withIamNames } from "../teams/team";
import { entriesOnlyProblems } from "./access-entry-rules";
import { configSchema, type StackConfig, schemaProblems } from "./config-schema";
import { principalsFrom } from "./ends";
import { isEmptyList, simpleTeam, teamsOf } from "./raw-team";
import type { TeamArgs } from "./team-args";
import { type TeamPart, teamProblems } from "./team-rules";
import { teamSchema } from "./team-schema";

/** The keys whose values are texts as they stand; all others are JSON. */
const TEXT_KEYS = [
	...["cluster", "kubeconfig", "kubeconfigStack", "kubeconfigOutput", "adminRoleArn", "awsProfile"],
	"authentication",
	"teamsFile",
	"iamName",
];

/** Lists of names, which may also be a comma-separated text, as `pulumi new` and `pulumi config set` give it. */
const NAME_LISTS = ["namespaces", "users"];

/** A stack's config, checked, with the simple form turned into a team; what is not set is undefined. */
export interface AccessConfig {
	/** Name of the EKS cluster. */
	cluster: string;
	/** The operator's kubeconfig, YAML or JSON. */
	kubeconfig?: string;
	/** A stack `<org>/<project>/<stack>` whose output `kubeconfigOutput` is the operator's kubeconfig. */
	kubeconfigStack?: string;
	/** Name of that output. */
	kubeconfigOutput?: string;
	/** IAM role that the operator assumes for `aws eks get-token`. */
	adminRoleArn?: string;
	/** AWS profile for `aws eks get-token`. */
	awsProfile?: string;
	/** Adopt what is there already instead of failing. */
	adoptExisting?: boolean;
	/** Write to an aws-auth that another Pulumi program or Terraform manages. */
	takeOver?: boolean;
	/** With every default filled in. */
	teams: Team[];
	/** How people come in. */
	authentication: Authentication;
	/** Tags of the IAM roles, policies and access entries. */
	tags?: Record<string, string>;
}

/**
 * Reads a stack's config.
 *
 * @param values The config as Pulumi hands it over: key (without the project's prefix) to text, lists and maps as JSON.
 * @param where What to call the config in errors, for example `The config of stack prod`.
 * @param readFile Reads a file of the project, for `teamsFile`.
 * @throws {ConfigError} lists every problem.
 */
export function readConfig(
	values: Record<string, string>,
	where = "The config",
	readFile = (file: string): string => readFileSync(file, "utf8"),
): AccessConfig {
	const given = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, decode(key, value)]));
	const { input, problems: ofFile } = withTeamsFile(given, readFile);
	const problems = [...ofFile, ...schemaProblems(input), ...(ofFile.length > 0 ? [] : relationProblems(input))];
	throwIfAny(problems, where);
	const { namespaces, users, teams, iamName, teamsFile, ...rest } = configSchema.parse(input);
	// Pulumi.yaml has to declare a default for each key; "" stands for none.
	const set = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "")) as typeof rest;
	const simple = teamSchema.parse({ ...DEFAULT_TEAM, namespaces, users });
	const all = (teams.length > 0 ? teams : [simple]).map(withDefaults);
	const found = completed(withIamNames(all, { template: iamName, cluster: rest.cluster }, where), where);
	throwIfAny(entriesOnlyProblems(found, rest.authentication), where);
	return { ...set, teams: found };
}

/** Teams of a program, with the names in IAM that its `iamName` makes. @throws {ConfigError} lists every problem. */
export function readNamedTeams(
	teams: readonly (TeamArgs | Team)[],
	names: { template?: string; cluster?: string },
	where: string,
): Team[] {
	const problems = schemaProblems({ iamName: names.template });
	throwIfAny(problems, where);
	return asComplete(withIamNames(readTeams(teams, where), names, where));
}

/**
 * Checks teams that come from a program instead of a stack's config, and fills their defaults in.
 *
 * @param part What the caller makes of them, where that is not everything: the rest may then be left out.
 */
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
	throwIfAny(problems, where);
	const found = completed(configSchema.parse({ teams }).teams.map(withDefaults), where);
	throwIfAny(part === "namespaces" ? entriesOnlyProblems(found, undefined) : [], where);
	return found;
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

/** That no two teams want different things of one namespace, or one RoleBinding, and none can undo what bounds a namespace. */
function completed(teams: Team[], where: string): Team[] {
	const clashes = [...namespacesOf(teams).conflicts.map(describeConflict), ...bindingClashes(teams)];
	const problems = [
		...clashes.map((message): Problem => ({ path: "teams", message })),
		...boundProblems(teams, givenRules),
	];
	throwIfAny(problems, where);
	return asComplete(teams);
}

/** Fills the defaults in: every list is there, every namespace has its access and its settings. */
function withDefaults(team: StackConfig["teams"][number]): Team {
	const { labels, annotations, podSecurity, quota, limits, networkPolicy, usernameTemplate, ...rest } = team;
	const ofTeam = { labels, annotations, podSecurity, quota, limits, networkPolicy };
	const access = team.access ?? "full";
	return {
		...rest,
		...principalsFrom(team),
		group: team.group ?? team.name,
		username: usernameTemplate ?? team.username ?? team.name,
		namespaces: team.namespaces.map((namespace) => {
			const own = typeof namespace === "string" ? { name: namespace } : namespace;
			const grant = grantOf(own.name, own.access ?? access, ofTeam, own);
			return "binding" in own ? { ...grant, binding: own.binding } : grant;
		}),
		access,
		admin: team.admin ?? false,
		metrics: team.metrics ?? false,
		role: team.role ?? {},
	};
}

/** The teams of a shared file in the place of the stack's own. */
function withTeamsFile(
	given: Record<string, unknown>,
	readFile: (file: string) => string,
): { input: Record<string, unknown>; problems: Problem[] } {
	const { teamsFile } = given;
	if (typeof teamsFile !== "string" || teamsFile === "") {
		return { input: given, problems: [] };
	}
	const beside = ["teams", "namespaces", "users"].filter((key) => !isEmptyList(given[key]));
	if (beside.length > 0) {
		const message = `stands beside ${beside.join(" and ")}; the teams are in one place, the file or the stack's config`;
		return { input: given, problems: [{ path: "teamsFile", message }] };
	}
	// Few stacks need its YAML parser.
	const { teamsIn } = require("./teams-file") as typeof import("./teams-file");
	const found = teamsIn(teamsFile, readFile);
	return "teams" in found ? { input: { ...given, ...found }, problems: [] } : { input: given, problems: [found] };
}

/** A date without quotes, as Pulumi hands it over: `2026-12-31 00:00:00 +0000 UTC`. */
const GO_TIME = /"until":"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d\d)(\d\d) ([^\s"]+)"/g;

function asWritten(_: string, day: string, time: string, hours: string, minutes: string, zone: string): string {
	const offset = zone === "UTC" ? "Z" : `${hours}:${minutes}`;
	return `"until":"${time === "00:00:00" && zone === "UTC" ? day : `${day}T${time}${offset}`}"`;
}

function decode(key: string, value: string): unknown {
	if (TEXT_KEYS.includes(key)) {
		return value;
	}
	if (NAME_LISTS.includes(key) && !/^\s*[[{"]/.test(value)) {
		return value.split(",").flatMap((name) => name.trim() || []);
	}
	try {
		return JSON.parse(value.replace(GO_TIME, asWritten));
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
