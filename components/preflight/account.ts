import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getPartition } from "@pulumi/aws/getPartition";
import type * as pulumi from "@pulumi/pulumi";
import { providerFailure } from "../../core/aws/provider-errors";
import { awsReader } from "../../core/aws/sdk-reader";
import { throwIfAny } from "../../core/errors/problem";
import { ALL_PERMISSION_SETS, findPermissionSets } from "../../core/iam/permission-sets";
import { type AwsAccount, TRUST_POLICY_QUOTA, trustPolicy } from "../../core/teams/iam-policies";
import { hasRole } from "../../core/teams/principal-kinds";
import type { Team } from "../../core/teams/team";
import { providerIdentity } from "./cluster-connection";
import { permissionSetNames } from "./existing/principals";

/** The account that the AWS provider's credentials are of. */
export async function lookUpAccount(aws: pulumi.InvokeOptions): Promise<AwsAccount> {
	const asked = Promise.all([getPartition({}, aws), getCallerIdentity({}, aws)]);
	const [{ partition }, { accountId }] = await fromAws("find the account", asked);
	return { partition, accountId };
}

/**
 * What the account itself allows is asked only where a trust policy is longer than every account's may be; where it is not known, AWS
 * decides.
 *
 * @throws {ConfigError} where a trust policy is longer than that.
 */
export async function checkTrustPolicies(
	teams: Team[],
	where: string,
	account: AwsAccount,
	region: string,
): Promise<void> {
	const long = teams
		.filter(hasRole)
		.map((team) => ({ path: team.name, size: trustPolicy(account, team).length }))
		.filter(({ size }) => size > TRUST_POLICY_QUOTA);
	if (long.length === 0) {
		return;
	}
	const reader = awsReader({ region, ...providerIdentity(undefined) });
	const [caller, quota] = await Promise.all([reader.caller(), reader.trustPolicyQuota()]).catch(() => []);
	const problems = long.flatMap(({ path, size }) =>
		quota !== undefined && size > quota && caller?.arn.split(":")[4] === account.accountId
			? [
					{
						...{ path, code: "trust-policy-too-long" as const },
						message:
							`its role's trust policy has ${size} characters, and the account allows ${quota}. List fewer users or principals, fewer different ends (until), or ` +
							"ask AWS for more: Service Quotas, IAM, Role trust policy length",
					},
				]
			: [],
	);
	throwIfAny(problems, where);
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
