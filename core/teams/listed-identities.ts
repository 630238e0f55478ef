import type { Problem } from "../errors/problem";
import { canonicalRoleArn } from "../iam/arn";
import type { AwsAccount } from "./iam-policies";
import { hasRole } from "./principal-kinds";
import type { Team } from "./team";

/** An IAM user, role or policy that teams list and this stack does not make. */
export interface ListedIdentity {
	kind: "user" | "role" | "policy";
	/** As the config writes it: the name of a user, or an ARN. */
	listed: string;
	/** Where it is listed first, for example `teams[0] (shop).users`. */
	path: string;
}

/** Everything that the teams expect to find in IAM, each once. */
export function listedIdentities(teams: readonly Team[]): ListedIdentity[] {
	const all = teams.flatMap((team, at) => {
		const list = (kind: ListedIdentity["kind"], key: string, values: readonly (string | undefined)[]) =>
			values.flatMap((listed) => (listed ? [{ kind, listed, path: `teams[${at}] (${team.name}).${key}` }] : []));
		const { users, roleArns, userArns, role, assumeRolePolicyArn } = team;
		return [
			...list("user", "users", users),
			...list(
				"user",
				"userArns",
				userArns.map(({ arn }) => arn),
			),
			...list("role", "roleArns", roleArns),
			...(hasRole(team) ? list("policy", "role.permissionsBoundary", [role.permissionsBoundary]) : []),
			...(users.length > 0 ? list("policy", "assumeRolePolicyArn", [assumeRolePolicyArn]) : []),
		];
	});
	return [...new Map(all.reverse().map((each) => [keyOf(each), each])).values()].reverse();
}

/** Tells identities apart, of the same kind or not. */
export function keyOf({ kind, listed }: Pick<ListedIdentity, "kind" | "listed">): string {
	return `${kind} ${listed}`;
}

/** The last part of an ARN, without its path; a name as it is. */
export function nameOf(listed: string): string {
	return listed.split("/").pop() as string;
}

/** What cannot be right whatever IAM says: another partition than the account's, a role that nobody can assume. */
export function impossible(teams: readonly Team[], account: AwsAccount): Problem[] {
	const ofOthers = teams.flatMap((team, at) =>
		team.trustedAccounts.flatMap(({ principals = [] }) =>
			principals.map((listed) => ({ listed, path: `teams[${at}] (${team.name}).trustedAccounts` })),
		),
	);
	return [...listedIdentities(teams), ...ofOthers].flatMap(({ listed, path }) => {
		const message = whyImpossible(listed, account);
		return message ? [{ path, message, code: "principal-not-found" as const }] : [];
	});
}

export function whyImpossible(listed: string, { partition }: AwsAccount): string | undefined {
	const found = /^arn:([^:]*):/.exec(listed)?.[1];
	if (found && found !== partition) {
		return (
			`${listed} is in the partition ${found}, and the cluster's account is in ${partition}: nobody can come from one to the ` +
			`other. Write arn:${partition}:… if that is where it is`
		);
	}
	return isServiceLinked(listed) ? serviceLinked(listed) : undefined;
}

/** Whether an ARN is of another account, whose identities this one cannot read. AWS's own policies are in every account. */
export function isElsewhere({ listed }: ListedIdentity, { accountId }: AwsAccount): boolean {
	const account = listed.split(":")[4];
	return account !== undefined && account !== accountId && account !== "aws";
}

/**
 * What is wrong with an identity by what IAM has under its name.
 *
 * @param found Its ARN; undefined where IAM has nothing.
 * @param isExact Whether the ARN has to be right to the letter, as in access entries. aws-auth compares roles without their path.
 */
export function problemOf(identity: ListedIdentity, found: string | undefined, isExact: boolean): Problem[] {
	const { kind, listed, path } = identity;
	const problem = (message: string, code: Problem["code"] = "principal-not-found") => [{ path, message, code }];
	if (found === undefined) {
		return kind === "policy"
			? problem(`IAM has no policy ${listed}. Correct the ARN: aws iam list-policies`, "policy-not-found")
			: problem(`IAM has no ${kind} ${nameOf(listed)}. Create it first, or correct the name: aws iam list-${kind}s`);
	}
	if (isServiceLinked(found)) {
		return problem(serviceLinked(found));
	}
	if (!listed.startsWith("arn:")) {
		return nameOf(found) === listed ? [] : problem(`IAM calls this user ${nameOf(found)}; write the name in this case`);
	}
	const isSame = kind !== "role" || isExact ? listed === found : canonicalRoleArn(listed) === canonicalRoleArn(found);
	return isSame ? [] : problem(`${listed} does not exist; the ${kind} of that name is ${found}. Write this ARN`);
}

function isServiceLinked(arn: string): boolean {
	return arn.includes(":role/aws-service-role/");
}

function serviceLinked(arn: string): string {
	return `${arn} is a service-linked role, which only its AWS service can assume. Give people and CI a role of their own`;
}
