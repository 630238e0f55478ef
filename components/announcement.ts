import * as pulumi from "@pulumi/pulumi";
import { accessChanges, describeChange } from "./access-changes";
import { type AccessRow, accessMatrix } from "./access-matrix";
import { lastOutputsOf, lastOutputsOfType } from "./last-update";
import { principalNames } from "./principal-kinds";
import { hasRole, roleNameOf, type Team } from "./team";

/** A role's sessions last an hour unless it says otherwise: IAM User Guide, "Update the maximum session duration for a role". */
const SESSION_SECONDS = 3600;

/**
 * Says once, in a preview and in an up, who gains or loses what since the last update, and how long sessions of those who leave may go
 * on. Says nothing where nothing changes, or at the first update.
 */
export async function announceChanges(urn: string, teams: Team[], resource: pulumi.Resource): Promise<void> {
	const last = (await lastOutputsOf(urn))?.accessMatrix as AccessRow[] | undefined;
	if (!last) {
		return;
	}
	const lines = accessChanges(last, accessMatrix(teams)).map(describeChange);
	const roles = await lastOutputsOfType("aws:iam/role:Role");
	const sessions = teams.flatMap((team) => {
		const role = roles.find(({ name }) => name === roleNameOf(team));
		return sessionNote(team, last, role?.maxSessionDuration as number | undefined);
	});
	if (lines.length + sessions.length > 0) {
		await pulumi.log.info(["Access changes:", ...lines.map((line) => `  ${line}`), ...sessions].join("\n"), resource);
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
	const inAws = team.revokeSessions
		? "revokeSessions denies them everything in AWS; AWS checks no policy when Kubernetes asks who somebody is, so "
		: "";
	return [
		`  ${left.join(", ")} can start no session of ${roleNameOf(team)} any more; ${inAws}one that began before may reach the ` +
			`cluster until it ends, after ${length} at most`,
	];
}
