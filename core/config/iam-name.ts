import { ConfigError, type Problem, show } from "../errors/problem";
import { groupNameOf, roleNameOf, type Team } from "../teams/team";

/** IAM quota: characters of a role's name, which is the longest that a template makes. */
const LIMIT = 64;

/**
 * The teams with the names in IAM that a template makes.
 *
 * @param template For example `{team}-{cluster}`; undefined or "": the teams' own names.
 * @param cluster Its name; undefined where it is not known yet.
 * @throws {ConfigError} lists every problem.
 */
export function withIamNames(
	teams: Team[],
	{ template = "", cluster }: { template?: string; cluster?: string },
	where: string,
): Team[] {
	if (template === "") {
		return teams;
	}
	const named = teams.map((team) => {
		const iamName = template.replaceAll("{team}", team.name).replaceAll("{cluster}", cluster ?? "");
		return { ...team, iamName };
	});
	const problems =
		template.includes("{cluster}") && cluster === undefined
			? [
					problem(
						"has {cluster}, whose name is not known before it is made; write a name instead, for example {team}-prod",
					),
				]
			: nameProblems(named);
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
	return named;
}

/** IAM ignores case. */
function nameProblems(teams: readonly Team[]): Problem[] {
	return teams.flatMap((team, at): Problem[] => {
		const role = roleNameOf(team);
		const twin = teams.slice(0, at).find((other) => roleNameOf(other).toLowerCase() === role.toLowerCase());
		const makes = `makes the role of ${team.name} ${show(role)}`;
		const longest = [role, `${groupNameOf(team)}-role`].sort((one, other) => other.length - one.length)[0] as string;
		return [
			...(longest.length > LIMIT
				? [problem(`makes ${show(longest)} of ${team.name}, of ${longest.length} characters; IAM allows ${LIMIT}`)]
				: []),
			...(twin ? [problem(`${makes}, which is that of ${twin.name} already; change one`)] : []),
		];
	});
}

function problem(message: string): Problem {
	return { path: "iamName", message };
}
