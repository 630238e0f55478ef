import * as pulumi from "@pulumi/pulumi";
import type { Ways } from "../core/kubernetes/authentication-mode";
import { updateKubeconfigCommand } from "../core/kubernetes/kubeconfig";
import { type AccessMatrix, teamOutputs } from "../core/teams/access-output";
import type { AwsAccount } from "../core/teams/iam-policies";
import { hasRole } from "../core/teams/principal-kinds";
import { teamsSharingUsers } from "../core/teams/principals";
import type { Team } from "../core/teams/team";
import type { EksAccessArgs } from "./eks-access-args";
import { type ClusterConnection, teamKubeconfig } from "./preflight/cluster-connection";
import type { Preparation } from "./preflight/preflight";
import type { TeamIdentity } from "./team-identity";

/** What an {@link EksAccess} is made of. */
export interface Setting {
	name: string;
	args: EksAccessArgs;
	prepared: Preparation | undefined;
	teams: Team[];
	ways: Ways;
	account: pulumi.Output<AwsAccount>;
	region: pulumi.Output<string>;
	connection: ClusterConnection;
}

export type Identities = Map<string, TeamIdentity>;

export function outputsOf({ args, teams, region, connection }: Setting, identities: Identities) {
	const roleArnOf = ({ name }: Team) => identities.get(name)?.roleArn;
	const sharing = teamsSharingUsers(teams);
	const command = (team: Team) =>
		pulumi.all([region, connection.name, pulumi.output(roleArnOf(team))]).apply(([inRegion, cluster, roleArn]) =>
			updateKubeconfigCommand({
				...{ region: inRegion, cluster, roleArn },
				context: sharing.has(team.name) ? `${cluster}.${team.name}` : undefined,
			}),
		);
	const kubeconfig = (team: Team) => teamKubeconfig(connection, region, { name: team.name, roleArn: roleArnOf(team) });
	const { authentication = "auto", adminRoleArn } = args;
	const matrix = pulumi.all([connection.name, region, adminRoleArn]).apply(
		([cluster, inRegion, operator]): AccessMatrix => ({
			cluster,
			region: inRegion,
			authentication,
			...(operator === undefined ? {} : { adminRoleArn: operator }),
			teams: teamOutputs(teams),
		}),
	);
	return {
		roleArns: perTeam(teams.filter(hasRole), (team) => roleArnOf(team) as pulumi.Output<string>),
		updateKubeconfigCommands: perTeam(teams, command),
		kubeconfigs: perTeam(teams, kubeconfig),
		accessMatrix: matrix,
	};
}

function perTeam<T>(teams: Team[], value: (team: Team) => pulumi.Input<T>): pulumi.Output<Record<string, T>> {
	const values = Object.fromEntries(teams.map((team) => [team.name, value(team)]));
	return pulumi.output(values) as pulumi.Output<Record<string, T>>;
}
