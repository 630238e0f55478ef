import { parse } from "yaml";
import { type Problem, show } from "../errors/problem";
import { isEmptyList } from "./raw-team";

/** The teams of a file that several stacks share, as the config would have them, or what is wrong with the file. */
export function teamsIn(file: string, read: (file: string) => string): { teams: unknown } | Problem {
	const problem = (message: string): Problem => ({ path: "teamsFile", message: `${file} ${message}` });
	let text: string;
	try {
		text = read(file);
	} catch (error) {
		const { message } = error as Error;
		return problem(`cannot be read: ${message.trimEnd()}; the path is relative to the project's folder`);
	}
	let found: unknown;
	try {
		found = parse(text, { merge: true, logLevel: "error" });
	} catch (error) {
		return problem(`is not valid YAML: ${sayingOf(error as Error)}`);
	}
	if (typeof found !== "object" || found === null || !("teams" in found) || isEmptyList(found.teams ?? undefined)) {
		return problem("has no teams; allowed is one key, teams, with a list as in a stack's config");
	}
	const others = Object.keys(found).filter((key) => key !== "teams");
	return others.length > 0
		? problem(`has ${others.map(show).join(", ")} beside teams; keys of a stack stand in Pulumi.<stack>.yaml`)
		: { teams: found.teams };
}

/** Without the piece of text behind it, and without what is meant for programmers. */
function sayingOf({ message }: Error): string {
	const [first = ""] = message.split("\n");
	return first.replace(/; please use \S+(?= at line)/, "").replace(/:$/, "");
}
