import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import { bindingKey, type LiveBinding, type RulesOf } from "../../core/rbac/live-bindings";
import { type Finding, oncePerKey } from "../../core/teams/allow";
import { bindingsOf } from "../../core/teams/bindings";
import { hasRole } from "../../core/teams/principal-kinds";
import { bindingSurplus, identitySurplus } from "../../core/teams/surplus";
import { roleNameOf, type Team } from "../../core/teams/team";
import { rulesOf } from "./access";
import type { Facts, Note } from "./facts";

/**
 * The teams with `allow` for what is there besides what they list, so that a stack with this config adopts it, and a note on each key:
 * whoever reads the config decides whether it is meant.
 */
export function withAllow(teams: TeamArgs[], facts: Facts): { teams: TeamArgs[]; notes: Note[] } {
	const notes: Note[] = [];
	const complete = readTeams(teams, "the import");
	const wanted = new Set(complete.flatMap(bindingsOf).map(bindingKey));
	const others = facts.bindings
		.filter(({ policy }) => policy === undefined)
		.map(asLive)
		.filter(({ metadata }) => !wanted.has(bindingKey(metadata)));
	const allowed = teams.map((team, at): TeamArgs => {
		const findings = oncePerKey(findingsOf(complete[at] as Team, others, facts));
		const keys = [...new Set([...(team.allow ?? []), ...findings.map(({ key }) => key)])];
		for (const { key, message } of findings) {
			notes.push({ team: team.name, text: `allow has ${key}: ${message}` });
		}
		return keys.length > 0 ? { ...team, allow: keys } : team;
	});
	return { teams: allowed, notes };
}

function findingsOf(team: Team, others: LiveBinding[], facts: Facts): Omit<Finding, "team">[] {
	const rulesIn: RulesOf = (role, namespace) => rulesOf({ role, namespace }, facts.rules);
	const role = hasRole(team) ? facts.roles.get(roleNameOf(team).toLowerCase()) : undefined;
	const group = facts.groups.find(({ name }) => name === team.name);
	return [
		...bindingSurplus([team], others, rulesIn),
		...identitySurplus(
			team,
			{
				// Only a trust policy that the program writes itself becomes a team's.
				role: role && { trust: undefined, policies: role.policies },
				group: group && {
					members: [],
					policies: { attached: group.attached.map(({ arn }) => arn), inline: group.inline.map(({ name }) => name) },
				},
			},
			undefined,
		),
	];
}

function asLive({ name, namespace, role, subjects }: Facts["bindings"][number]): LiveBinding {
	return { metadata: { name, namespace }, roleRef: role, subjects };
}
