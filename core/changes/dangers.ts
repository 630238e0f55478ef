import { isDeepStrictEqual } from "node:util";
import { hasEnded, principalNames } from "../teams/principal-kinds";
import type { Team } from "../teams/team";
import { looserBounds } from "./bounds";
import { type Danger, type DangerKind, mostDangerousFirst } from "./danger";
import { guardDangers } from "./guards";

/** What gives more than before, or guards less, between two lists of teams. */
export function teamDangers(before: Team[], after: Team[]): Danger[] {
	const dangers = after.flatMap((team) => [
		...gainedDangers(before, team),
		...guardDangers(olderOf(before, team), team).map((danger) => ({ ...danger, team: team.name })),
	]);
	const bounds = [...looserBounds(before, after)].map(([namespace, names]): Danger => {
		return { kind: "bound", what: `namespace ${namespace} has looser bounds`, names };
	});
	return mostDangerousFirst([...dangers, ...bounds]);
}

/** The team of the same name first, then those in which its newcomers were: a team may have been renamed, or split. */
function olderOf(before: Team[], team: Team): Team[] {
	const same = before.filter(({ name }) => name === team.name);
	const known = new Set(same.flatMap(principalNames));
	const newcomers = principalNames(team).filter((name) => !known.has(name));
	const theirs = before.filter((old) => principalNames(old).some((name) => newcomers.includes(name)));
	return [...same, ...theirs];
}

/** What somebody gets that they had through no team before. */
function gainedDangers(before: Team[], team: Team): Danger[] {
	const gained = (kind: DangerKind, what: string, names: string[], knew: string[]): Danger[] => {
		const fresh = names.filter((name) => !knew.includes(name));
		return fresh.length > 0 ? [{ kind, team: team.name, what, names: fresh }] : [];
	};
	const people = peopleOf(team);
	const { clusterAccess } = team;
	const alike = before.filter((old) => isDeepStrictEqual(old.clusterAccess, clusterAccess));
	return [
		...gained("admin", "administers the whole cluster", adminsOf(team), before.flatMap(adminsOf)),
		...(clusterAccess ? gained("cluster", "has access in every namespace", people, alike.flatMap(peopleOf)) : []),
		...team.groups
			.filter((group) => /^system:/i.test(group))
			.flatMap((group) => {
				const knew = before.filter(({ groups }) => groups.includes(group)).flatMap(peopleOf);
				return gained("system-group", `is in Kubernetes' own group ${group}`, people, knew);
			}),
	];
}

function adminsOf(team: Team): string[] {
	const admins = team.userArns.filter(({ admin }) => admin).map(({ arn }) => arn);
	return peopleOf(team).filter((name) => team.admin || admins.includes(name));
}

/** Those whose access has not ended: whoever gets it again has had none. */
function peopleOf(team: Team): string[] {
	return principalNames(team).filter((name) => !hasEnded(team, name, new Date()));
}
