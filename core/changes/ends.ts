import type { Problem } from "../errors/problem";
import { isOver } from "../iam/until";
import { endsOf, principalNames } from "../teams/principal-kinds";
import type { Team } from "../teams/team";

/** Dates in the past that no update has had: nobody can mean them. Those that were there have ended. */
export function pastProblems(teams: readonly Team[], before: readonly Team[], now: Date): Problem[] {
	const lasted = "and the last update did not have this date; write a later one, or remove what has ended";
	return teams.flatMap((team, at) => {
		// Another component of the program may have a team of the same name.
		const olds = before.filter(({ name }) => name === team.name);
		const path = `teams[${at}] (${team.name})`;
		const isNew = (end: string, lastOf: (old: Team) => string | undefined) =>
			isOver(end, now) && olds.every((old) => lastOf(old) !== end);
		return [
			...(team.until && isNew(team.until, (old) => old.until)
				? [{ path: `${path}.until`, message: `the access of the team ended ${team.until}, ${lasted}` }]
				: []),
			...Object.entries(team.ends ?? {})
				.filter(([name, end]) => isNew(end, (old) => old.ends?.[name]))
				.map(([name, end]) => ({ path, message: `the access of ${name} ended ${end}, ${lasted}` })),
		];
	});
}

/** Ends that are new or other than before, line by line, and how AWS and the program keep to them. */
export function endChanges(teams: readonly Team[], before: readonly Team[]): string[] {
	const changed = teams.flatMap((team) => {
		const old = before.filter(({ name }) => name === team.name).map(endsOf)[0] ?? {};
		return Object.entries(endsOf(team))
			.filter(([name, end]) => end !== old[name])
			.map(([name, end]) => ({
				name,
				line: `* team ${team.name}: ${name} until ${end}${old[name] ? `, not ${old[name]}` : ""}`,
			}));
	});
	const [byRole, direct] = [true, false].map((isRole) =>
		changed.filter(({ name }) => /^(user|account)\//.test(name) === isRole),
	);
	return [
		...changed.map(({ line }) => line),
		...(byRole?.length
			? [
					"  From then on AWS starts no session of the team's role for them; one that began before ends by itself. A user who " +
						"reaches the role through another role is not recognised",
				]
			: []),
		...(direct?.length
			? [
					`  AWS cannot end the access of ${direct.map(({ name }) => name).join(", ")}: the first pulumi up after the date does ` +
						"(for cron: eks-access expired --exit-code)",
				]
			: []),
	];
}

/** Those whom this update takes out because their access has ended. */
export function endedNow(teams: readonly Team[], before: readonly Team[], now: Date): string[] {
	return before.flatMap((old) => {
		const team = teams.find(({ name }) => name === old.name);
		const left = team ? principalNames(team) : [];
		return Object.entries(endsOf(old))
			.filter(([name, end]) => team && isOver(end, now) && !left.includes(name))
			.map(([name, end]) => `  The access of ${name} by team ${old.name} ended ${end}`);
	});
}
