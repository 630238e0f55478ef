import type { GroupDetail, IAM, ManagedPolicyDetail, Role } from "@aws-sdk/client-iam";
import { type AwsClients, askAws } from "../../core/aws/clients";
import { awsReader } from "../../core/aws/reader";
import type { LivePolicies } from "../../core/teams/surplus";
import { atATime } from "../clients/limit";
import { decodePolicy } from "../verify/policy-text";
import type { LiveGroup, LiveRole } from "./facts";

/** More at once is throttled. */
const AT_A_TIME = 8;

/** The roles of these names that are there, by name in lower case: IAM compares names without regard to it. */
export async function readRoles(aws: AwsClients, names: string[]): Promise<Map<string, LiveRole>> {
	const limit = atATime(AT_A_TIME);
	const reader = awsReader(aws);
	const found = await Promise.all(
		names.map((name) =>
			limit(async () => {
				const role = (await askAws(`read the role ${name}`, () => aws.iam.getRole({ RoleName: name })))?.Role;
				return role && roleOf(role, await reader.policiesOfRole(name));
			}),
		),
	);
	return new Map(found.flatMap((role) => (role ? [[role.name.toLowerCase(), role] as const] : [])));
}

function roleOf({ Arn, RoleName, Path = "/", Tags = [], ...role }: Role, policies: LivePolicies): LiveRole {
	return {
		arn: Arn as string,
		name: RoleName as string,
		path: Path,
		trust: decodePolicy(role.AssumeRolePolicyDocument),
		maxSessionDuration: role.MaxSessionDuration ?? 3600,
		permissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
		tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key as string, Value as string])),
		policies,
	};
}

/** The account's groups with their policies and members; members of those only that `areWanted`, by their policies. */
export async function readGroups(iam: IAM, areWanted: (group: LiveGroup) => boolean): Promise<LiveGroup[]> {
	const groups: GroupDetail[] = [];
	const policies: ManagedPolicyDetail[] = [];
	let Marker: string | undefined;
	do {
		const page = await askAws("read the account's IAM groups and policies", () =>
			iam.getAccountAuthorizationDetails({ Filter: ["Group", "LocalManagedPolicy"], Marker }),
		);
		groups.push(...(page?.GroupDetailList ?? []));
		policies.push(...(page?.Policies ?? []));
		Marker = page?.IsTruncated ? page.Marker : undefined;
	} while (Marker);
	const documents = new Map(policies.map((policy) => [policy.Arn, documentOf(policy)]));
	const limit = atATime(AT_A_TIME);
	return Promise.all(
		groups
			.map(
				(group): LiveGroup => ({
					name: group.GroupName as string,
					members: [],
					attached: (group.AttachedManagedPolicies ?? []).map(({ PolicyArn }) => ({
						arn: PolicyArn as string,
						document: documents.get(PolicyArn),
					})),
					inline: (group.GroupPolicyList ?? []).map(({ PolicyName, PolicyDocument }) => ({
						name: PolicyName as string,
						document: decodePolicy(PolicyDocument),
					})),
				}),
			)
			.filter(areWanted)
			.map(async (group) => ({ ...group, members: await limit(() => membersOf(iam, group.name)) })),
	);
}

function documentOf({ PolicyVersionList = [] }: ManagedPolicyDetail): unknown {
	return decodePolicy(PolicyVersionList.find(({ IsDefaultVersion }) => IsDefaultVersion)?.Document);
}

async function membersOf(iam: IAM, GroupName: string): Promise<string[]> {
	const members: string[] = [];
	let Marker: string | undefined;
	do {
		const page = await askAws(`read the IAM group ${GroupName}`, () => iam.getGroup({ GroupName, Marker }));
		members.push(...(page?.Users ?? []).map(({ UserName }) => UserName as string));
		Marker = page?.IsTruncated ? page.Marker : undefined;
	} while (Marker);
	return members.sort();
}
