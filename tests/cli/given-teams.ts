import { readTeams } from "../../components/config";
import type { Team } from "../../components/team";
import type { TeamArgs } from "../../components/team-args";

/** The teams of a config as the command reads them. */
export function teamsOf(...teams: TeamArgs[]): Team[] {
	return readTeams(teams, "The test");
}

/** The ARN of a role in the account of these tests. */
export const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
