import { AccessError } from "./access-error";

export interface Arn {
	partition: string;
	/** Twelve digits. */
	account: string;
	type: "role" | "user";
	/** `/` or `/…/`. */
	path: string;
	name: string;
}

const REMEDY: Record<string, string> = {
	"assumed-role": "Give the role itself (arn:aws:iam::<account>:role/<name>), not a session of it.",
	root: "Give the roles or users of the account one by one.",
	group: "The authenticator knows no IAM groups; give a role that the group's members may assume, or its users.",
};

/**
 * An IAM role's or user's ARN, taken apart. Anything else is refused: the authenticator finds no one by it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function parseArn(arn: string): Arn {
	const found =
		/^arn:(aws|aws-cn|aws-us-gov|aws-eusc|aws-iso(?:-[a-z]+)?):iam::(\d{12}):(role|user)(\/(?:[!-.0-~]+\/)*)([\w+=,.@-]{1,64})$/.exec(
			arn,
		);
	if (!found) {
		const kind = /^arn:[^:]*:(?:iam|sts)::\d*:(assumed-role|root|group)(?:\/|$)/.exec(arn)?.[1] ?? "";
		throw new AccessError(
			"arn-invalid",
			`${JSON.stringify(arn)} is no ARN of an IAM role or user. Allowed: arn:<partition>:iam::<12 digits>:role/<path and name> ` +
				`or :user/<path and name>, partition aws, aws-cn, aws-us-gov, aws-eusc or aws-iso…. ` +
				(REMEDY[kind] ?? "Correct the ARN; `aws iam get-role` and `aws iam get-user` print it."),
		);
	}
	const [, partition, account, type, path, name] = found as unknown as string[];
	return { partition, account, type, path, name } as Arn;
}

function ofType(arn: string, type: Arn["type"]): Arn {
	const parsed = parseArn(arn);
	if (parsed.type !== type) {
		throw new AccessError(
			"arn-invalid",
			`${JSON.stringify(arn)} is a ${parsed.type}, a ${type} is wanted. ` +
				`Give arn:<partition>:iam::<account>:${type}/<name>, or list it as a ${parsed.type}.`,
		);
	}
	return parsed;
}

/**
 * The role as the authenticator sees it. The session's ARN, from which the authenticator starts, has no path, so an entry
 * with a path never matches: `role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_X_h` is `role/AWSReservedSSO_X_h`.
 */
export function canonicalRoleArn(arn: string): string {
	const { partition, account, name } = ofType(arn, "role");
	return `arn:${partition}:iam::${account}:role/${name}`;
}

/** The user as the authenticator sees it: users keep their path. */
export function canonicalUserArn(arn: string): string {
	ofType(arn, "user");
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
