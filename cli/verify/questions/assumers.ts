import type { RoleDetail } from "@aws-sdk/client-iam";
import type { AccountDetails, AwsReader } from "../../../core/aws/reader";
import { allowsToAssume } from "../../../core/iam/policy-decision";
import { decodePolicy, defaultVersion } from "../../../core/iam/policy-text";
import { type AwsAccount, roleArnOf, rolesOpenToAccount } from "../../../core/teams/iam-policies";
import { roleNameOf, type Team } from "../../../core/teams/team";
import { listed } from "../finding";

/** An identity of the account with the policies that are its own or its groups'. */
export interface Holder {
	/** `user/joe`, `role/admin`. */
	name: string;
	arn: string;
	createdAt?: Date;
	policies: { of: string; document: unknown }[];
	/** The document of its permissions boundary; null where that cannot be read. */
	boundary?: unknown;
	/** Of a role: who may assume it. */
	trust?: unknown;
}

interface Attached {
	PolicyArn?: string;
}
type Common = Pick<RoleDetail, "Arn" | "CreateDate" | "PermissionsBoundary">;

/**
 * Notes on who besides the teams' users can assume their roles by policies of their own, as the roles' trust in the account leaves it to
 * them.
 */
export async function noteAssumers(aws: AwsReader, account: AwsAccount, teams: Team[]): Promise<string[]> {
	if (rolesOpenToAccount(teams).length === 0) {
		return [];
	}
	return assumersOf(holdersIn(await aws.accountDetails()), account, teams);
}

/** A note for each list of identities; roles that the same ones can assume are in one. */
export function assumersOf(holders: readonly Holder[], account: AwsAccount, teams: Team[]): string[] {
	const roles = new Map<string, string[]>();
	const open = rolesOpenToAccount(teams);
	for (const team of teams.filter((each) => open.includes(roleNameOf(each)))) {
		const role = roleNameOf(team);
		const arn = roleArnOf(account, role, team.role.path);
		const members = team.users.map((user) => `user/${user}`.toLowerCase());
		const others = holders
			.filter(({ name }) => !members.includes(name.toLowerCase()) && name !== `role/${role}`)
			.filter(({ policies }) =>
				allowsToAssume(
					policies.map(({ document }) => document),
					arn,
				),
			)
			.map(({ name }) => name)
			.sort();
		if (others.length > 0) {
			const list = listed(others);
			roles.set(list, [...(roles.get(list) ?? []), role]);
		}
	}
	return [...roles].map(
		([list, names]) =>
			`${list} can assume ${names.join(", ")} too, by policies of their own; role: {trust: users} shuts them out. The list is not ` +
			"complete: conditions, permissions boundaries and SCPs are not evaluated",
	);
}

/** Users, and roles that people can come by: those of AWS services act for AWS alone, and are left out unless they are wanted. */
export function holdersIn(details: AccountDetails, withServices = false): Holder[] {
	const managed = new Map(details.Policies.map((policy) => [policy.Arn, defaultVersion(policy)]));
	const held = (of: string, inline: { PolicyDocument?: string }[] = [], attached: Attached[] = []) =>
		[
			...inline.map(({ PolicyDocument }) => decodePolicy(PolicyDocument)),
			...attached.map(({ PolicyArn }) => managed.get(PolicyArn)),
		].map((document) => ({ of, document }));
	const groups = new Map(
		details.GroupDetailList.map(({ GroupName, GroupPolicyList, AttachedManagedPolicies }) => [
			GroupName,
			held(`the group ${GroupName}`, GroupPolicyList, AttachedManagedPolicies),
		]),
	);
	const common = ({ Arn = "", CreateDate, PermissionsBoundary: { PermissionsBoundaryArn: bound } = {} }: Common) => ({
		arn: Arn,
		createdAt: CreateDate,
		...(bound ? { boundary: managed.get(bound) ?? null } : {}),
	});
	return [
		...details.UserDetailList.map((user) => ({
			...common(user),
			name: `user/${user.UserName}`,
			policies: [
				...held("its own", user.UserPolicyList, user.AttachedManagedPolicies),
				...(user.GroupList ?? []).flatMap((group) => groups.get(group) ?? []),
			],
		})),
		...details.RoleDetailList.filter(({ Path }) => withServices || !Path?.startsWith("/aws-service-role/")).map(
			(role) => ({
				...common(role),
				name: `role/${role.RoleName}`,
				policies: held("its own", role.RolePolicyList, role.AttachedManagedPolicies),
				trust: decodePolicy(role.AssumeRolePolicyDocument),
			}),
		),
	];
}
