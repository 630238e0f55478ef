import type { AwsReader } from "../../core/aws/reader";
import { decodePolicy, defaultVersion } from "../../core/iam/policy-text";
import type { LiveGroup, LiveRole } from "./facts";

/** The roles of these names that are there, by name in lower case: IAM compares names without regard to it. */
export async function readRoles(aws: AwsReader, names: string[]): Promise<Map<string, LiveRole>> {
	const found = await Promise.all(
		names.map(async (name) => {
			const role = await aws.role(name);
			return role && { ...role, policies: await aws.policiesOfRole(name) };
		}),
	);
	return new Map(found.flatMap((role) => (role ? [[role.name.toLowerCase(), role] as const] : [])));
}

/** The account's groups with their policies and members; members of those only that `areWanted`, by their policies. */
export async function readGroups(aws: AwsReader, areWanted: (group: LiveGroup) => boolean): Promise<LiveGroup[]> {
	const { GroupDetailList, Policies } = await aws.accountDetails(["Group", "LocalManagedPolicy"]);
	const documents = new Map(Policies.map((policy) => [policy.Arn, defaultVersion(policy)]));
	return Promise.all(
		GroupDetailList.map(
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
			.map(async (group) => ({ ...group, members: ((await aws.members(group.name)) ?? []).sort() })),
	);
}
