import { type AwsClients, awsClients, awsFailure, awsMessageOf, awsProblemOf } from "../../core/aws/clients";
import { callerOf } from "./caller";
import { trustingTeams, waysInOf } from "./login-paths";
import { credentialsProblem } from "./problem";
import type { Whoami } from "./report";
import { subjectOf } from "./subject";
import { tryWays } from "./try";

/** Who somebody is to AWS, to the config and to the cluster. @throws {Failure} where AWS or the cluster does not answer. */
export async function whoami(options: { cwd: string; stack?: string; cluster?: string }): Promise<Whoami> {
	const { cluster, region: configured, stack, source, teams } = subjectOf(options);
	const aws = awsClients({ region: configured });
	const region = configured ?? (await regionOf(aws));
	const asked = { cluster, region, stack, source };
	let arn: string;
	try {
		arn = (await aws.sts.getCallerIdentity({})).Arn ?? "";
	} catch (error) {
		const problem = credentialsProblem(awsProblemOf(error), awsMessageOf(error));
		if (!problem) {
			throw awsFailure("find out who you are", error);
		}
		return { ...asked, problem, ways: [] };
	}
	const caller = callerOf(arn);
	const ways = waysInOf(caller, teams);
	const [trusting] = ways.length === 0 ? trustingTeams(caller, teams) : [];
	if (trusting) {
		const message = `team ${trusting.name} trusts your account ${caller.account}, and its role is in the cluster's account`;
		const fix = "Use the team's kubeconfig, which its operator has: pulumi stack output kubeconfigs --show-secrets";
		return { ...asked, caller, problem: { code: "other-account", message, fix }, ways: [] };
	}
	const tried = await tryWays({ aws, caller, ...asked }, ways.length > 0 ? ways : [{ teams: [] }]);
	return { ...asked, caller, ways: tried };
}

async function regionOf({ sts }: AwsClients): Promise<string> {
	try {
		return await sts.config.region();
	} catch (error) {
		throw awsFailure("find the cluster", error);
	}
}
