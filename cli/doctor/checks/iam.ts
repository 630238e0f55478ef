import { type AwsClients, awsClients } from "../../../core/aws/clients";
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

/** IAM throttles; more at a time is not faster. */
const AT_A_TIME = 5;

/**
 * Whether the roles and users of the account still exist, with whatever AWS credentials there are. Where IAM does not say, that
 * is noted once, and nothing else.
 */
export async function iamFindings(principals: readonly Principal[]): Promise<IamFinding[]> {
	const { sts, iam } = awsClients({ region: process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION });
	let caller: string;
	try {
		caller = (await sts.getCallerIdentity({})).Arn ?? "";
	} catch (error) {
		return [notChecked(`AWS does not say who you are (${firstLine(error)})`)];
	}
	const [, partition, , , account] = caller.split(":");
	const own = principals.filter(({ arn }) => arn.startsWith(`arn:${partition}:iam::${account}:`));
	const findings: IamFinding[] = [];
	const queue = [...own];
	let refused: string | undefined;
	await Promise.all(
		Array.from({ length: AT_A_TIME }, async () => {
			for (let next = queue.shift(); next && refused === undefined; next = queue.shift()) {
				const { arn, key, at } = next;
				try {
					const problem = problemOf(next, await lookUp(iam, arn));
					if (problem) {
						findings.push({ key, observation: { at, arn, ...problem } });
					}
				} catch (error) {
					refused = firstLine(error);
				}
			}
		}),
	);
	const order = ({ observation: { arn } }: IamFinding) => own.findIndex((each) => each.arn === arn);
	findings.sort((one, other) => order(one) - order(other));
	return refused === undefined ? findings : [...findings, notChecked(`IAM does not answer (${refused})`)];
}

interface Found {
	Arn?: string;
	CreateDate?: Date;
}

/** The role or user of this name, or undefined where there is none. */
async function lookUp(iam: AwsClients["iam"], arn: string): Promise<Found | undefined> {
	const [, type, name] = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
	try {
		switch (type) {
			case "role":
				return (await iam.getRole({ RoleName: name })).Role;
			case "user":
				return (await iam.getUser({ UserName: name })).User;
			default:
				return { Arn: arn };
		}
	} catch (error) {
		if (/^NoSuchEntity/.test((error as Error).name)) {
			return undefined;
		}
		throw error;
	}
}

type Problem = Pick<Observation, "code" | "what" | "fix">;

/** What is wrong with an entry, by what IAM has of its principal. */
export function problemOf({ arn, key, entryMade }: Principal, found: Found | undefined): Problem | undefined {
	const isEntry = key === undefined;
	if (found === undefined || (isEntry && found.Arn !== arn)) {
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
	if (entryMade && found.CreateDate && entryMade < found.CreateDate) {
		const what = `${arn} was created again after its access entry; EKS knows it by its id, so the entry lets nobody in`;
		return { code: "EKS601", what, fix: "Delete the access entry and create it again" };
	}
	// A role's path does not count; a user's does.
	if (/:user\//.test(arn) && found.Arn?.toLowerCase() !== arn.toLowerCase()) {
		const what = `${arn} does not exist; the user is ${found.Arn}, and the entry never matches`;
		return { code: "EKS501", what, fix: `Write ${found.Arn}` };
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

export function firstLine(error: unknown): string {
	const { name, message } = error as Error;
	return `${name}: ${message}`.split("\n")[0] as string;
}
