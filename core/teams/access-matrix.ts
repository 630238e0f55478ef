import { isDeepStrictEqual } from "node:util";
import type { AccessLevel } from "../rbac/access-levels";
import { describeLevel } from "../rbac/access-levels";
import type { PolicyRule } from "../rbac/policy-rules";
import { endsOf, principalNames } from "./principal-kinds";
import type { Team } from "./team";

/** One row of the stack output `accessMatrix`: a team, where it has one and the same access. */
export interface AccessRow {
	/** Its name. */
	team: string;
	/**
	 * `user/<name>` for an IAM user, `sso/<name>` for a permission set, `account/<id>` for another account, or `account/<id>:role/<name>` for
	 * one of it, and ARNs of roles and users.
	 */
	principals: string[];
	/** Names, or `*` for the whole cluster; empty for a group, which others may have bound anywhere. */
	namespaces: string[];
	/** `full`, `edit`, `view`, `clusterRole/<name>`, `rules`, `admin`, or `group/<name>` for a Kubernetes group besides the team's own. */
	access: string;
	/** What `rules` are. */
	rules?: PolicyRule[];
	/** Principal -> when its access ends: a day, which is included (UTC), or an RFC 3339 time. */
	ends?: Record<string, string>;
}

/** Who has which access where. Namespaces that a selector chooses are in it once it has been looked up. */
export function accessMatrix(teams: Team[]): AccessRow[] {
	return teams.flatMap((team) => {
		const admins = team.userArns.filter(({ admin }) => admin && !team.admin).map(({ arn }) => arn);
		const rows: AccessRow[] = levelsOf(team).map(({ level, namespaces }) => ({
			team: team.name,
			principals: principalNames(team),
			namespaces,
			access: describeLevel(level),
			...(typeof level === "object" && "rules" in level ? { rules: level.rules } : {}),
		}));
		if (team.admin) {
			rows.unshift({ team: team.name, principals: principalNames(team), namespaces: ["*"], access: "admin" });
		}
		if (admins.length > 0) {
			rows.push({ team: team.name, principals: admins, namespaces: ["*"], access: "admin" });
		}
		const inGroups = team.groups.map((group) => ({
			team: team.name,
			principals: principalNames(team),
			namespaces: [],
			access: GROUP + group,
		}));
		return withEnds(team, [...rows, ...inGroups]);
	});
}

/** Rows with the ends of those whom they name. */
export function withEnds<T extends AccessRow>(team: Team, rows: T[]): T[] {
	const ends = endsOf(team);
	return rows.map((row) => {
		const theirs = Object.entries(ends).filter(([name]) => row.principals.includes(name));
		return theirs.length > 0 ? { ...row, ends: Object.fromEntries(theirs) } : row;
	});
}

const GROUP = "group/";

/** The Kubernetes group that a row is about, if it is. */
export function groupOf({ access }: AccessRow): string | undefined {
	return access.startsWith(GROUP) ? access.slice(GROUP.length) : undefined;
}

/** Where a row's access is: its namespaces, or, of a group, that others say where. */
export function placesOf(row: AccessRow): string[] {
	const group = groupOf(row);
	return group === undefined ? row.namespaces : [`wherever ${group} is bound`];
}

/** A team's levels, each once, with the namespaces that have it. */
function levelsOf(team: Team): { level: AccessLevel; namespaces: string[] }[] {
	const levels: { level: AccessLevel; namespaces: string[] }[] = [];
	for (const { name, access } of team.namespaces) {
		const same = levels.find(({ level }) => isDeepStrictEqual(level, access));
		if (same) {
			same.namespaces.push(name);
		} else {
			levels.push({ level: access, namespaces: [name] });
		}
	}
	return team.clusterAccess ? [...levels, { level: team.clusterAccess, namespaces: ["*"] }] : levels;
}
