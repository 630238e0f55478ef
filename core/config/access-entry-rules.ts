import { isDeepStrictEqual } from "node:util";
import { type Problem, showPath } from "../errors/problem";
import type { Authentication } from "../kubernetes/authentication-mode";
import { type AccessLevel, accessPolicyOf, describeLevel, LEVEL_NAMES, type LevelName } from "../rbac/access-levels";
import { covers, isPattern } from "../rbac/namespace-pattern";
import type { Team } from "../teams/team";
import { namespaceSettings } from "./namespace-schema";
import { type LooseTeam, list, nameOf, type Path } from "./raw-team";

/** A namespace or a pattern as a team lists it. */
interface Listed {
	name: string;
	level: AccessLevel;
	path: Path;
	/** Keys besides its name and its level. */
	others: string[];
}

/** What only access entries know: access policies by name, and patterns of namespaces. Undefined stands for no way in at all. */
export function entriesOnlyProblems(teams: readonly Team[], authentication: Authentication | undefined): Problem[] {
	if (authentication === "access-entries") {
		return [];
	}
	return teams.flatMap((team, at) => {
		const { namespaces, namespaceSelector, access, clusterAccess } = team;
		const levels = [...namespaces.map((each) => each.access), ...(namespaceSelector ? [access] : []), clusterAccess];
		const policies = levels.flatMap((level) => (typeof level === "object" && "policy" in level ? level.policy : []));
		const patterns = namespaces.map(({ name }) => name).filter(isPattern);
		const found = [...new Set([...policies, ...patterns])];
		const remedy =
			authentication === undefined
				? "NamespaceAccess makes none; use EksAccess"
				: `authentication is ${authentication}; set it to access-entries, or list ${patterns.length > 0 ? "the namespaces and " : ""}another level`;
		const message = `${found.join(", ")} can be given by access entries only: ${remedy}`;
		return found.length > 0 ? [{ path: `teams[${at}] (${team.name})`, message }] : [];
	});
}

/**
 * What a team cannot have in namespaces that a pattern stands for: EKS resolves it whenever somebody asks, so nothing is in them that
 * the program makes.
 *
 * @param levelOf Reads a level; undefined where it is none.
 */
export function patternProblems(
	{ path, raw }: LooseTeam,
	levelOf: (value: unknown) => AccessLevel | undefined,
): Problem[] {
	const base = levelOf(raw.access) ?? "full";
	const listed = list(raw.namespaces).flatMap((each, at): Listed[] => {
		const name = nameOf(each);
		const {
			name: _,
			access,
			...others
		} = (typeof each === "object" && each !== null ? each : {}) as { name?: string } & Record<string, unknown>;
		return name
			? [{ name, level: levelOf(access) ?? base, path: [...path, "namespaces", at], others: Object.keys(others) }]
			: [];
	});
	const patterns = listed.filter(({ name }) => isPattern(name));
	if (patterns.length === 0) {
		return [];
	}
	const [{ name: first }] = patterns as [Listed];
	const beside = [...Object.keys(namespaceSettings), ...(raw.metrics === true ? ["metrics"] : [])];
	return [
		...patterns.flatMap(problemsOfPattern),
		...beside
			.filter((key) => raw[key] !== undefined)
			.map((key) => ({ path: showPath([...path, key]), message: `stands beside ${first}, ${NOTHING_MADE}` })),
		...overlapProblems(patterns, listed),
		...(raw.namespaceSelector === undefined
			? []
			: overlapProblems(patterns, [{ name: ANY, level: base, path: [...path, "namespaceSelector"], others: [] }])),
	];
}

const NOTHING_MADE =
	"and in namespaces that a pattern stands for nothing can be made; give it to namespaces by name, in a team or a stack of theirs";
/** What a selector chooses is known later, and may be whatever a pattern stands for. */
const ANY = "what it chooses";

function problemsOfPattern({ name, level, path, others }: Listed): Problem[] {
	const isGiven =
		(typeof level === "object" && "policy" in level) || (typeof level === "string" && accessPolicyOf(level));
	return [
		...(isGiven
			? []
			: [
					{
						path: showPath(path),
						message:
							`${describeLevel(level)} is bound in each namespace, and nothing can be bound in those that ${name} will stand for; ` +
							`allowed for a pattern is ${LEVELS_OF_PATTERNS}`,
					},
				]),
		...others.map((key) => ({ path: showPath([...path, key]), message: `stands at ${name}, ${NOTHING_MADE}` })),
	];
}

const LEVELS_OF_PATTERNS = [...LEVEL_NAMES.filter((name) => accessPolicyOf(name)), "{policy: <access policy>}"].join(
	", ",
);

/** Where a pattern gives more than a namespace, or a narrower pattern, is listed with: levels add up. */
function overlapProblems(patterns: readonly Listed[], listed: readonly Listed[]): Problem[] {
	return listed.flatMap((each) =>
		patterns
			.filter((pattern) => pattern !== each && (each.name === ANY || covers(pattern.name, each.name)))
			.filter((pattern) => !isAtLeast(each.level, pattern.level))
			.map((pattern) => ({
				path: showPath(each.path),
				message:
					`${pattern.name} gives ${describeLevel(pattern.level)} in ${each.name} too, and levels add up: ${describeLevel(each.level)} there ` +
					"would not be all; list the same level or a higher one, or a pattern without it",
			})),
	);
}

/** Whether a level gives all that another one does; of others than words, only the same one is known to. */
export function isAtLeast(level: AccessLevel, least: AccessLevel): boolean {
	const [is, should] = [level, least].map((each) => LEVEL_NAMES.indexOf(each as LevelName)) as [number, number];
	return isDeepStrictEqual(level, least) || (should >= 0 && is >= should);
}
