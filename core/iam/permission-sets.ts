import { AccessError } from "../errors/access-error";

/** Where IAM Identity Center keeps the roles of its permission sets. */
const PATH = "/aws-reserved/sso.amazonaws.com/";

/** What finds the roles of all permission sets of an account. */
export const ALL_PERMISSION_SETS = { pathPrefix: PATH, nameRegex: "^AWSReservedSSO_" };

/**
 * The role of each permission set, by the set's name. A role is called `AWSReservedSSO_<name>_<16 hex digits>`:
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 *
 * @throws says which sets have no role or several, and what is there.
 */
export function findPermissionSets(names: readonly string[], { arns }: { arns: string[] }): Record<string, string> {
	const problems = permissionSetProblems(names, { arns });
	if (problems.length > 0) {
		throw new AccessError(
			"permission-set-not-found",
			`ssoPermissionSets: ${problems.join("\n")}\nNothing was changed.`,
		);
	}
	return Object.fromEntries(names.map((name) => [name, rolesOf(name, arns)[0] as string]));
}

/** Which sets have no role or several, and what is there. */
export function permissionSetProblems(names: readonly string[], { arns }: { arns: string[] }): string[] {
	return names.flatMap((name) => {
		const roles = rolesOf(name, arns);
		if (roles.length > 1) {
			return [`${name} has ${roles.length} roles: ${roles.join(", ")}; list the one that is meant under roleArns`];
		}
		const there = [...new Set(arns.flatMap((arn) => permissionSetOf(arn) ?? []))].join(", ") || "none";
		return roles.length === 1
			? []
			: [`${name} has no role in this account; assign it to the account, or correct the name. There are: ${there}`];
	});
}

function rolesOf(name: string, arns: string[]): string[] {
	return arns.filter((arn) => permissionSetOf(arn) === name);
}

function permissionSetOf(arn: string): string | undefined {
	return /\/AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(arn)?.[1];
}
