import { readTeams } from "../../core/config/config";
import type { TeamArgs } from "../../core/config/team-args";
import type { Team } from "../../core/teams/team";

/** The teams of a config as the command reads them. */
export function teamsOf(...teams: TeamArgs[]): Team[] {
	return readTeams(teams, "The test");
}

/** The ARN of a role in the account of these tests. */
export const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
