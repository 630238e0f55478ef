import { awsMessageOf } from "../../../core/aws/clients";
import type { AwsReader } from "../../../core/aws/reader";
import { awsReader } from "../../../core/aws/sdk-reader";
import type { MapKey } from "../../../core/aws-auth/map";
import type { Observation } from "../finding";

export interface Principal {
	arn: string;
	key: MapKey;
	at: number;
}

export interface IamFinding {
	observation: Observation;
	key?: MapKey;
}

/**
 * Whether the roles and users of the account still exist, with whatever AWS credentials there are. Where IAM does not say, that
 * is noted once, and nothing else.
 */
export async function iamFindings(principals: readonly Principal[]): Promise<IamFinding[]> {
	const aws = awsReader();
	let caller: string;
	try {
		caller = (await aws.caller()).arn;
	} catch (error) {
		return [notChecked(`AWS does not say who you are (${awsMessageOf(error)})`)];
	}
	const [, partition, , , account] = caller.split(":");
	const own = principals.filter(({ arn }) => arn.startsWith(`arn:${partition}:iam::${account}:`));
	const answers = await Promise.allSettled(
		own.map(async ({ arn, key, at }): Promise<IamFinding[]> => {
			const problem = problemOf(arn, await arnInIam(aws, arn));
			return problem ? [{ key, observation: { code: "EKS501", at, arn, ...problem } }] : [];
		}),
	);
	const findings = answers.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
	const refused = answers.find((each) => each.status === "rejected");
	return refused ? [...findings, notChecked(`IAM does not answer (${awsMessageOf(refused.reason)})`)] : findings;
}

/** The ARN of the role or user of this name, or undefined where there is none. */
async function arnInIam(aws: AwsReader, arn: string): Promise<string | undefined> {
	const [, type, name = ""] = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
	if (!type) {
		return arn;
	}
	return (await (type === "role" ? aws.role(name) : aws.user(name)))?.arn;
}

function problemOf(arn: string, found: string | undefined): { what: string; fix: string } | undefined {
	if (found === undefined) {
		return {
			what: `${arn} does not exist; whoever makes a role or user of this name comes in by this entry`,
			fix: "Remove the entry",
		};
	}
	// A role's path does not count; a user's does.
	if (/:user\//.test(arn) && found.toLowerCase() !== arn.toLowerCase()) {
		return { what: `${arn} does not exist; the user is ${found}, and the entry never matches`, fix: `Write ${found}` };
	}
	return undefined;
}

function notChecked(why: string): IamFinding {
	return {
		observation: {
			code: "EKS502",
			what: `not checked whether roles and users still exist: ${why}`,
			fix: "Set AWS credentials that may iam:GetRole and iam:GetUser, or pass --offline",
		},
	};
}
