import { AccessError } from "../errors/access-error";
import { type ArnReason, explainArn, sentences } from "../errors/reasons";

export interface Arn {
	partition: string;
	/** Twelve digits. */
	account: string;
	type: "role" | "user";
	/** `/` or `/…/`. */
	path: string;
	name: string;
}

const ARN =
	/^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(?:-[a-z]+)?):iam::(\d{12}):(role|user)(\/(?:[!-.0-~]+\/)*)([\w+=,.@-]{1,64})$/;

/** Why a text is not the ARN of an IAM role or user, or not of the `wanted` one of the two. */
export function arnProblem(arn: string, wanted?: Arn["type"]): ArnReason | undefined {
	const type = ARN.exec(arn)?.[3] as Arn["type"] | undefined;
	if (type) {
		return wanted && type !== wanted ? { is: "wrong-type", arn, type, wanted } : undefined;
	}
	const [, partition, account, session, other] =
		/^arn:([^:]*):(?:iam|sts)::(\d*):(?:assumed-role\/([^/]*)|(root|group)(?:\/|$))/i.exec(arn) ?? [];
	if (session !== undefined) {
		return { is: "assumed-role", arn, role: `arn:${partition}:iam::${account}:role/${session}` };
	}
	return { is: (other?.toLowerCase() as "root" | "group" | undefined) ?? "not-an-arn", arn };
}

/**
 * An IAM role's or user's ARN, taken apart. Anything else is refused: the authenticator finds no one by it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function parseArn(arn: string, wanted?: Arn["type"]): Arn {
	const reason = arnProblem(arn, wanted);
	if (reason) {
		throw new AccessError("arn-invalid", sentences(explainArn(reason)));
	}
	const [, partition, account, type, path, name] = ARN.exec(arn) as unknown as string[];
	return { partition, account, type, path, name } as Arn;
}

/**
 * The role as the authenticator sees it. The session's ARN, from which the authenticator starts, has no path, so an entry
 * with a path never matches: `role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_X_h` is `role/AWSReservedSSO_X_h`.
 */
export function canonicalRoleArn(arn: string): string {
	const { partition, account, name } = parseArn(arn, "role");
	return `arn:${partition}:iam::${account}:role/${name}`;
}

/** The user as the authenticator sees it: users keep their path. */
export function canonicalUserArn(arn: string): string {
	parseArn(arn, "user");
	return arn;
}

/** A role or a user as the authenticator sees it. */
export function canonicalArn(arn: string): string {
	return parseArn(arn).type === "role" ? canonicalRoleArn(arn) : canonicalUserArn(arn);
}

/** Under what the authenticator stores and looks up a role: two ARNs with one key are one entry. */
export function roleMatchKey(arn: string): string {
	return canonicalRoleArn(arn).toLowerCase();
}

/** The role of a session, as the authenticator sees it; undefined for any other ARN. */
export function sessionRoleArn(session: string): string | undefined {
	const found = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(session);
	return found ? `arn:${found[1]}:iam::${found[2]}:role/${found[3]}` : undefined;
}
