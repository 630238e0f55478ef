import { awsMessageOf } from "../../../core/aws/clients";
import type { AwsReader, IamIdentity } from "../../../core/aws/reader";
import { awsReader } from "../../../core/aws/sdk-reader";
import type { MapKey } from "../../../core/aws-auth/map";
import type { Observation } from "../finding";

export interface Principal {
	arn: string;
	/** Where it is in aws-auth. */
	key?: MapKey;
	at?: number;
	/** When its access entry was made. */
	entryMade?: Date;
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
		own.map(async (principal): Promise<IamFinding[]> => {
			const { arn, key, at } = principal;
			const problem = problemOf(principal, await inIam(aws, arn));
			return problem ? [{ key, observation: { at, arn, ...problem } }] : [];
		}),
	);
	const findings = answers.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
	const refused = answers.find((each) => each.status === "rejected");
	return refused ? [...findings, notChecked(`IAM does not answer (${awsMessageOf(refused.reason)})`)] : findings;
}

/** The role or user of this name, or undefined where there is none. */
async function inIam(aws: AwsReader, arn: string): Promise<IamIdentity | undefined> {
	const [, type, name = ""] = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
	if (!type) {
		return { arn };
	}
	return type === "role" ? aws.role(name) : aws.user(name);
}

type Problem = Pick<Observation, "code" | "what" | "fix">;

/** What is wrong with an entry, by what IAM has of its principal. */
export function problemOf({ arn, key, entryMade }: Principal, found: IamIdentity | undefined): Problem | undefined {
	const isEntry = key === undefined;
	if (found === undefined || (isEntry && found.arn !== arn)) {
		return isEntry
			? {
					code: "EKS501",
					what: `${arn} does not exist; its access entry lets nobody in`,
					fix: "Delete the access entry",
				}
			: {
					code: "EKS501",
					what: `${arn} does not exist; whoever makes a role or user of this name comes in by this entry`,
					fix: "Remove the entry",
				};
	}
	if (entryMade && found.createdAt && entryMade < found.createdAt) {
		const what = `${arn} was created again after its access entry; EKS knows it by its id, so the entry lets nobody in`;
		return { code: "EKS601", what, fix: "Delete the access entry and create it again" };
	}
	// A role's path does not count; a user's does.
	if (/:user\//.test(arn) && found.arn.toLowerCase() !== arn.toLowerCase()) {
		const what = `${arn} does not exist; the user is ${found.arn}, and the entry never matches`;
		return { code: "EKS501", what, fix: `Write ${found.arn}` };
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
