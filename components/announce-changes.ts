import type * as pulumi from "@pulumi/pulumi";
import { accessChanges, describeChange } from "../core/changes/access-changes";
import { describeDanger } from "../core/changes/danger";
import { teamDangers } from "../core/changes/dangers";
import { endChanges, endedNow } from "../core/changes/ends";
import { HeldAccess } from "../core/changes/held-access";
import { heldTeams, namesInIam } from "../core/changes/held-teams";
import { type AccessRow, accessMatrix } from "../core/teams/access-matrix";
import { type AccessMatrix, teamsOfOutput } from "../core/teams/access-output";
import { describeOpenRoles, rolesOpenToAccount } from "../core/teams/iam-policies";
import { hasRole, principalNames } from "../core/teams/principal-kinds";
import { roleNameOf, SESSION_SECONDS, type Team } from "../core/teams/team";
import { log } from "./log";
import { lastOutputsOf, lastOutputsOfType, lastResources } from "./preflight/stack-state";

/**
 * Says once, in a preview and in an up, what is dangerous about the change and who gains or loses what, against what the state holds: at
 * the first update everything, and after one that failed what it has not done yet. And how long sessions of those who leave may go on. Says
 * nothing where nothing changes.
 */
export async function announceChanges(urn: string, teams: Team[], resource: pulumi.Resource): Promise<void> {
	const state = new HeldAccess(Object.values(await lastResources()));
	const wanted = accessMatrix(teams);
	const last = (await lastOutputsOf(urn))?.accessMatrix as AccessMatrix | undefined;
	const lastTeams = teamsOfOutput(last?.teams ?? {});
	const lastRows = accessMatrix(lastTeams);
	const held = state.rows([...lastRows, ...wanted], namesInIam([...teams, ...lastTeams]));
	const dangers = teamDangers(heldTeams(teams, held, state, lastTeams), teams).map(
		(danger) => `! ${describeDanger(danger)}`,
	);
	const changes = accessChanges(held, wanted).flatMap((change) => describeChange(change).split("\n"));
	const sessions = teams.flatMap((team) => {
		return sessionNote(team, held, state.roleCalled([roleNameOf(team)])?.maxSessionDuration as number | undefined);
	});
	const ends = [...endChanges(teams, lastTeams), ...endedNow(teams, lastTeams, new Date())];
	if (dangers.length + changes.length + ends.length + sessions.length > 0) {
		const lines = [...dangers, ...changes, ...ends].map((line) => `  ${line}`);
		await log.info(["Access changes:", ...lines, ...sessions].join("\n"), resource);
	}
}

/** Says of roles that are made who else can assume them; of those that are there it has been said. */
export async function announceOpenRoles(teams: Team[], resource: pulumi.Resource): Promise<void> {
	const known = await lastOutputsOfType("aws:iam/role:Role");
	const open = rolesOpenToAccount(teams).filter((name) => !known.some((role) => role.name === name));
	if (open.length > 0) {
		await log.info(`${describeOpenRoles(open)}.`, resource);
	}
}

/** Of the users and accounts that have left a team whose role is still there. */
function sessionNote(team: Team, last: AccessRow[], lastSeconds: number | undefined): string[] {
	const before = last.filter((row) => row.team === team.name).flatMap(({ principals }) => principals);
	const now = principalNames(team);
	const left = [...new Set(before)].filter((each) => /^(user|account)\//.test(each) && !now.includes(each));
	if (left.length === 0 || !hasRole(team)) {
		return [];
	}
	const hours = Math.max(team.role.maxSessionDuration ?? SESSION_SECONDS, lastSeconds ?? SESSION_SECONDS) / 3600;
	const length = `${Number(hours.toFixed(2))} ${hours === 1 ? "hour" : "hours"}`;
	return [
		`  ${left.join(", ")} can start no session of ${roleNameOf(team)} any more; one that began before may reach the ` +
			`cluster until it ends, after ${length} at most`,
	];
}
