import { parse } from "yaml";
import { type Problem, show } from "../errors/problem";

/** The teams of a file that several stacks share, as the config would have them, or what is wrong with the file. */
export function teamsIn(file: string, read: (file: string) => string): { teams: unknown } | Problem {
	const problem = (message: string): Problem => ({ path: "teamsFile", message: `${file} ${message}` });
	let found: unknown;
	try {
		found = parse(read(file), { merge: true, logLevel: "error" });
	} catch (error) {
		return problem(
			`cannot be read: ${(error as Error).message.trimEnd()}; the path is relative to the project's folder`,
		);
	}
	if (typeof found !== "object" || found === null || !("teams" in found)) {
		return problem("has no teams; allowed is one key, teams, with a list as in a stack's config");
	}
	const others = Object.keys(found).filter((key) => key !== "teams");
	return others.length > 0
		? problem(`has ${others.map(show).join(", ")} beside teams; keys of a stack stand in Pulumi.<stack>.yaml`)
		: { teams: found.teams };
}
