import { awsMessageOf, awsProblemOf } from "../../core/aws/clients";
import { awsReader } from "../../core/aws/sdk-reader";
import { callerOf } from "./caller";
import { trustingTeams, waysInOf } from "./login-paths";
import { credentialsProblem, otherAccount } from "./problem";
import type { Whoami } from "./report";
import { subjectOf } from "./subject";
import { tryWays } from "./try";

/** Who somebody is to AWS, to the config and to the cluster. @throws {Failure} where AWS or the cluster does not answer. */
export async function whoami(options: { cwd: string; stack?: string; cluster?: string }): Promise<Whoami> {
	const { cluster, region: configured, stack, source, teams } = subjectOf(options);
	const aws = awsReader({ region: configured });
	const region = configured ?? (await aws.region());
	const asked = { cluster, region, stack, source };
	let arn: string;
	try {
		arn = (await aws.caller()).arn;
	} catch (error) {
		const problem = credentialsProblem(awsProblemOf(error), awsMessageOf(error));
		if (!problem) {
			throw error;
		}
		return { ...asked, problem, ways: [] };
	}
	const caller = callerOf(arn);
	const ways = waysInOf(caller, teams);
	const trusting = ways.length === 0 ? trustingTeams(caller, teams) : [];
	if (trusting.length > 0) {
		return { ...asked, caller, problem: otherAccount(caller, trusting), ways: [] };
	}
	const tried = await tryWays({ aws, caller, ...asked }, ways.length > 0 ? ways : [{ teams: [] }]);
	return { ...asked, caller, ...tried };
}
