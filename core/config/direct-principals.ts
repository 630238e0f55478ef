import { type Problem, show, showPath } from "../errors/problem";
import { DIRECT_KEYS, PRINCIPAL_KINDS } from "../teams/principal-kinds";
import { type LooseTeam, list, nameOf } from "./raw-team";

/** One who comes in directly has one entry in the cluster, and one username, in however many teams. */
export function mappingProblems(teams: LooseTeam[]): Problem[] {
	const problems: Problem[] = [];
	const firsts = new Map<string, Mention>();
	for (const mention of teams.flatMap(mentionsIn)) {
		const { id, name, username, path } = mention;
		const first = firsts.get(id) ?? mention;
		if (first.name.toLowerCase() !== name.toLowerCase()) {
			problems.push({
				path,
				message: `${show(name)} is the role ${show(first.name)} at ${first.path}, with another path; write the one that it has in both`,
			});
		}
		if (first.username !== username) {
			problems.push({
				path,
				message:
					`${show(name)} comes in as ${show(username)} here and as ${show(first.username)} at ${first.path}; ` +
					"it can have one username only: set the same one in both",
			});
		}
		if (typeof username === "string") {
			firsts.set(id, first);
		}
	}
	return problems;
}

/** One who comes in directly, where a team lists them. */
interface Mention {
	/** The same for whoever has one entry in the cluster. */
	id: string;
	name: string;
	username: unknown;
	path: string;
}

function mentionsIn({ path, raw }: LooseTeam): Mention[] {
	const ofTeam = raw.usernameTemplate ?? raw.username ?? raw.name;
	return DIRECT_KEYS.flatMap((key) => {
		const { hasOwnUsername, identity } = PRINCIPAL_KINDS[key];
		return list(raw[key]).flatMap((each, at) => {
			const name = nameOf(each);
			if (!name) {
				return [];
			}
			const own = (each as { username?: unknown } | null)?.username ?? name;
			const id = `${key} ${(identity ? identity(name) : name).toLowerCase()}`;
			return [{ id, name, username: hasOwnUsername ? own : ofTeam, path: showPath([...path, key, at]) }];
		});
	});
}
