import type { AwsClients } from "../../core/aws/clients";
import { changesOf, formOf, type Json, type Place, type Planted } from "./live-changes";

const MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const INLINE = JSON.stringify({
	Version: "2012-10-17",
	Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});

/** A change that alters access, or does not, and what takes it back. */
function step(what: string, alters: boolean, act: () => Promise<unknown>, undo: () => Promise<unknown>) {
	const plant = async (): Promise<Planted> => {
		await act();
		return { alters, undo };
	};
	return { what, plant };
}

/** What a policy may be instead; IAM refuses some of it, and then nothing has changed. */
function policyChanges(
	what: string,
	document: Json,
	put: (text: string) => Promise<unknown>,
	undo: () => Promise<unknown>,
) {
	return changesOf(document).map((change) => ({
		what: `${what} ${change.what}`,
		plant: async (): Promise<Planted> => {
			try {
				await put(JSON.stringify(change.value));
			} catch {
				return { alters: false, undo: async () => undefined };
			}
			return { alters: formOf(change.value) !== formOf(document), undo };
		},
	}));
}

/** A team's role, with everything that somebody can do to it. */
export async function rolePlace({ iam }: AwsClients, RoleName: string): Promise<Place> {
	const { Role } = await iam.getRole({ RoleName });
	const { MaxSessionDuration, PermissionsBoundary } = Role ?? {};
	const boundary = PermissionsBoundary?.PermissionsBoundaryArn;
	const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
	const bound = (PermissionsBoundary: string | undefined) =>
		PermissionsBoundary
			? iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary })
			: iam.deleteRolePermissionsBoundary({ RoleName });
	const setTrust = (PolicyDocument: string) => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument });
	const inline = { RoleName, PolicyName: "more" };
	const managed = { RoleName, PolicyArn: MANAGED };
	const tag = { Key: "other", Value: "x" };
	return {
		names: [`iam role ${RoleName}`],
		changes: [
			step(
				"maxSessionDuration: longer",
				true,
				() => iam.updateRole({ RoleName, MaxSessionDuration: 36000 }),
				() => iam.updateRole({ RoleName, MaxSessionDuration }),
			),
			step(
				"boundary: another",
				true,
				() => bound(boundary ? undefined : MANAGED),
				() => bound(boundary),
			),
			step(
				"attached: new",
				true,
				() => iam.attachRolePolicy(managed),
				() => iam.detachRolePolicy(managed),
			),
			step(
				"inline: new",
				true,
				() => iam.putRolePolicy({ ...inline, PolicyDocument: INLINE }),
				() => iam.deleteRolePolicy(inline),
			),
			step(
				"tags: new",
				false,
				() => iam.tagRole({ RoleName, Tags: [tag] }),
				() => iam.untagRole({ RoleName, TagKeys: [tag.Key] }),
			),
			...policyChanges("trust", JSON.parse(trust), setTrust, () => setTrust(trust)),
		],
	};
}

/** A team's group, with everything that somebody can do to it. */
export async function groupPlace({ iam }: AwsClients, GroupName: string, stranger: string): Promise<Place> {
	const { Users = [] } = await iam.getGroup({ GroupName });
	const members = Users.map(({ UserName }) => UserName as string);
	const { AttachedPolicies = [] } = await iam.listAttachedGroupPolicies({ GroupName });
	const PolicyArn = AttachedPolicies[0]?.PolicyArn as string;
	const own = { GroupName, PolicyArn };
	const other = { GroupName, PolicyArn: MANAGED };
	const inline = { GroupName, PolicyName: "more" };
	const { Policy } = await iam.getPolicy({ PolicyArn });
	const VersionId = Policy?.DefaultVersionId as string;
	const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId });
	const document = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""));
	let made: string | undefined;
	const put = async (PolicyDocument: string) => {
		const version = await iam.createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true });
		made = version.PolicyVersion?.VersionId;
	};
	const putBack = async () => {
		await iam.setDefaultPolicyVersion({ PolicyArn, VersionId });
		await iam.deletePolicyVersion({ PolicyArn, VersionId: made });
	};
	const member = (UserName: string) => ({ GroupName, UserName });
	return {
		names: [`iam group ${GroupName}`, ...[...members, stranger].map((user) => `iam user/${user}`)],
		changes: [
			...members.map((user) =>
				step(
					"member: gone",
					true,
					() => iam.removeUserFromGroup(member(user)),
					() => iam.addUserToGroup(member(user)),
				),
			),
			step(
				"stranger: new",
				true,
				() => iam.addUserToGroup(member(stranger)),
				() => iam.removeUserFromGroup(member(stranger)),
			),
			step(
				"policy: gone",
				true,
				() => iam.detachGroupPolicy(own),
				() => iam.attachGroupPolicy(own),
			),
			step(
				"attached: new",
				true,
				() => iam.attachGroupPolicy(other),
				() => iam.detachGroupPolicy(other),
			),
			step(
				"inline: new",
				true,
				() => iam.putGroupPolicy({ ...inline, PolicyDocument: INLINE }),
				() => iam.deleteGroupPolicy(inline),
			),
			...policyChanges("policy", document, put, putBack),
		],
	};
}
