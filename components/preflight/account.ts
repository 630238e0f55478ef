import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getPartition } from "@pulumi/aws/getPartition";
import type * as pulumi from "@pulumi/pulumi";
import { providerFailure } from "../../core/aws/provider-errors";
import { ALL_PERMISSION_SETS, findPermissionSets } from "../../core/iam/permission-sets";
import type { AwsAccount } from "../../core/teams/iam-policies";
import type { Team } from "../../core/teams/team";
import { permissionSetNames } from "./existing/principals";

/** The account that the AWS provider's credentials are of. */
export async function lookUpAccount(aws: pulumi.InvokeOptions): Promise<AwsAccount> {
	const asked = Promise.all([getPartition({}, aws), getCallerIdentity({}, aws)]);
	const [{ partition }, { accountId }] = await fromAws("find the account", asked);
	return { partition, accountId };
}

/** Permission set -> ARN of its role. */
export async function lookUpPermissionSets(teams: Team[], aws: pulumi.InvokeOptions): Promise<Record<string, string>> {
	return findPermissionSets(permissionSetNames(teams), await askPermissionSets(teams, aws));
}

/** The roles that permission sets have made in the account; asks only where a team has a permission set. */
export async function askPermissionSets(teams: Team[], aws: pulumi.InvokeOptions): Promise<{ arns: string[] }> {
	if (permissionSetNames(teams).length === 0) {
		return { arns: [] };
	}
	const { getRoles } = await import("@pulumi/aws/iam/getRoles");
	return fromAws("list the roles of permission sets", getRoles(ALL_PERMISSION_SETS, aws));
}

/** The answer of a function of the AWS provider, or its error in our words. */
export function fromAws<T>(what: string, asked: Promise<T>): Promise<T> {
	return asked.catch((error: Error) => {
		throw providerFailure(what, error);
	});
}
