import type { EksCluster } from "../../core/aws/reader";
import { awsReader } from "../../core/aws/sdk-reader";
import { type AwsAccount, roleArnOf } from "../../core/teams/iam-policies";
import { hasRole } from "../../core/teams/principal-kinds";
import { roleNameOf, type Team } from "../../core/teams/team";
import { EXIT, Failure } from "../errors/failure";
import { accessSource } from "../project/access-config";
import { awsSettingsOf } from "../project/aws-settings";
import { answersOf } from "../project/each-stack";
import type { ProjectFiles } from "../project/project";
import { type Caller, callerOf } from "../whoami/caller";
import { openTeams, waysInOf } from "../whoami/login-paths";

/** A team in a cluster, with what its people need to get there. */
export interface TeamInCluster {
	stack: string;
	team: Team;
	region: string;
	account: AwsAccount;
	cluster: EksCluster;
	/** Of the team, where it has one. */
	roleArn?: string;
}

/**
 * Asks AWS where the stacks' clusters are.
 *
 * @param name Of the team; default: the teams of whoever asks.
 */
export async function teamsInClusters(files: ProjectFiles, stacks: string[], name?: string): Promise<TeamInCluster[]> {
	const found = (await answersOf(stacks, (stack) => ofStack(files, stack, name))).flat();
	if (found.length === 0) {
		const what = name === undefined ? "no team lists you, or your access has ended," : `there is no team ${name}`;
		throw new Failure("cli-teams-not-found", `${what} in ${stacks.join(", ")}; eks-access matrix shows the teams`);
	}
	return found;
}

async function ofStack(files: ProjectFiles, stack: string, name: string | undefined): Promise<TeamInCluster[]> {
	const { config, region: ofOutput } = accessSource(files, stack);
	const ofFile = awsSettingsOf(files, stack);
	const aws = awsReader({ ...ofFile, region: ofFile.region ?? ofOutput });
	const caller = callerOf((await aws.caller()).arn);
	const teams = teamsFor(caller, config.teams, name);
	if (teams.length === 0) {
		return [];
	}
	const [cluster, region] = await Promise.all([aws.cluster(config.cluster), aws.region()]);
	if (!cluster?.endpoint) {
		const remedy = "set aws:region or the credentials that you use, or wait until it is ACTIVE";
		throw new Failure(
			"cluster-not-found",
			`stack ${stack}: AWS shows no cluster ${config.cluster} in ${region}; ${remedy}`,
			EXIT.unreachable,
		);
	}
	const account = { partition: caller.partition, accountId: caller.account };
	return teams.map((team) => ({
		...{ stack, team, region, account, cluster },
		...(hasRole(team) ? { roleArn: roleArnOf(account, roleNameOf(team), team.role.path) } : {}),
	}));
}

function teamsFor(caller: Caller, teams: Team[], name: string | undefined): Team[] {
	const ways = name === undefined ? waysInOf(caller, teams) : [];
	const own = ways.flatMap((way) => openTeams(way, caller));
	return teams.filter((team) => (name === undefined ? own.includes(team) : team.name === name));
}
