import type { AwsReader } from "../../core/aws/reader";
import type { AccessError } from "../../core/errors/access-error";
import { canonicalRoleArn, parseArn } from "../../core/iam/arn";
import { findPermissionSets } from "../../core/iam/permission-sets";
import { type AwsAccount, roleArnOf } from "../../core/teams/iam-policies";
import type { Principal } from "../../core/teams/principal-kinds";
import { principalsOf } from "../../core/teams/principals";
import { roleNameOf, type Team } from "../../core/teams/team";
import { about, type Finding } from "./finding";

/** A principal with its ARN, as the account has it. */
export interface KnownPrincipal {
	principal: Principal;
	arn: string;
	/** When IAM made it; unknown for one of another account. */
	createdAt?: Date;
}

/** Everyone whom the config lets in, with their ARNs; who is not in IAM is a finding, and left out where there is no ARN. */
export async function knownPrincipals(
	aws: AwsReader,
	account: AwsAccount,
	teams: Team[],
): Promise<{ known: KnownPrincipal[]; findings: Finding[] }> {
	const principals = principalsOf(teams);
	const roles = principals.some(({ source }) => "permissionSet" in source) ? await aws.permissionSetRoles() : [];
	const findings: Finding[] = [];
	const known = await Promise.all(
		principals.map(async (principal): Promise<KnownPrincipal | undefined> => {
			const { source, key } = principal;
			if ("team" in source) {
				const team = teams.find(({ name }) => name === source.team) as Team;
				return { principal, arn: roleArnOf(account, roleNameOf(team), team.role.path) };
			}
			if ("permissionSet" in source) {
				try {
					const found = findPermissionSets([source.permissionSet], { arns: roles });
					return { principal, arn: found[source.permissionSet] as string };
				} catch (error) {
					const reason = (error as AccessError).explanation.replace(/^ssoPermissionSets: |\n.*$/gs, "");
					findings.push(about("iam", key).unmended("missing", reason));
					return undefined;
				}
			}
			const { finding, createdAt } = await lookUp(aws, account, source.arn);
			findings.push(...(finding ? [finding] : []));
			return { principal, arn: source.arn, createdAt };
		}),
	);
	return { known: known.filter((each) => each !== undefined), findings };
}

/** Who is listed by ARN and is not there lets in whoever makes a role or user of that name. */
async function lookUp(
	aws: AwsReader,
	account: AwsAccount,
	arn: string,
): Promise<{ finding?: Finding; createdAt?: Date }> {
	const { account: owner, type, name } = parseArn(arn);
	if (owner !== account.accountId) {
		return {};
	}
	const found = await (type === "role" ? aws.role(name) : aws.user(name));
	const isSame =
		found &&
		(type === "role" ? canonicalRoleArn(found.arn) : found.arn) === (type === "role" ? canonicalRoleArn(arn) : arn);
	return isSame
		? { createdAt: found.createdAt }
		: {
				finding: about("iam", arn).unmended(
					"missing",
					`is not in IAM; whoever makes a ${type} of this name comes in by it`,
				),
			};
}
