import { type AwsClients, awsClients } from "../../../core/aws/clients";
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
					const found = await arnInIam(iam, arn);
					const problem = problemOf(arn, found);
					if (problem) {
						findings.push({ key, observation: { code: "EKS501", at, arn, ...problem } });
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

/** The ARN of the role or user of this name, or undefined where there is none. */
async function arnInIam(iam: AwsClients["iam"], arn: string): Promise<string | undefined> {
	const [, type, name] = /^arn:[^:]+:iam::\d{12}:(role|user)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
	try {
		switch (type) {
			case "role":
				return (await iam.getRole({ RoleName: name })).Role?.Arn;
			case "user":
				return (await iam.getUser({ UserName: name })).User?.Arn;
			default:
				return arn;
		}
	} catch (error) {
		if (/^NoSuchEntity/.test((error as Error).name)) {
			return undefined;
		}
		throw error;
	}
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

function firstLine(error: unknown): string {
	const { name, message } = error as Error;
	return `${name}: ${message}`.split("\n")[0] as string;
}
