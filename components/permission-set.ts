import type { GetRolesResult } from "@pulumi/aws/iam/getRoles";
import { AccessError } from "./access-error";

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
export function findPermissionSets(
	names: readonly string[],
	{ arns }: Pick<GetRolesResult, "arns">,
): Record<string, string> {
	const found = new Map(names.map((name) => [name, arns.filter((arn) => permissionSetOf(arn) === name)]));
	const problems = [...found].flatMap(([name, roles]) => {
		if (roles.length > 1) {
			return [`${name} has ${roles.length} roles: ${roles.join(", ")}; list the one that is meant under roleArns`];
		}
		const there = [...new Set(arns.flatMap((arn) => permissionSetOf(arn) ?? []))].join(", ") || "none";
		return roles.length === 1
			? []
			: [`${name} has no role in this account; assign it to the account, or correct the name. There are: ${there}`];
	});
	if (problems.length > 0) {
		throw new AccessError(
			"permission-set-not-found",
			`ssoPermissionSets: ${problems.join("\n")}\nNothing was changed.`,
		);
	}
	return Object.fromEntries([...found].map(([name, [arn]]) => [name, arn]));
}

function permissionSetOf(arn: string): string | undefined {
	return /\/AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(arn)?.[1];
}
