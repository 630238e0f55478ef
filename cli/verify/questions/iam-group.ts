import { askAws } from "../../../core/aws/clients";
import { type AwsAccount, assumeRolePolicy, roleArnOf } from "../../../core/teams/iam-policies";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { about, type Finding } from "../finding";
import { allowsToAssume, decodePolicy, samePolicy } from "../policy-text";
import type { Iam } from "./iam-role";

/** What is read of an IAM group. */
export interface LiveGroup {
	members: string[];
	attached: { name: string; arn: string; document: unknown }[];
	/** Names of the policies that are the group's own. */
	inline: string[];
}

export async function readGroup(iam: Iam, name: string): Promise<LiveGroup | undefined> {
	const { client, limit } = iam;
	const subject = `read the IAM group ${name}`;
	const members = await membersOf(iam, name);
	if (!members) {
		return undefined;
	}
	const [attached, inline] = await Promise.all([
		limit(() => askAws(subject, () => client.listAttachedGroupPolicies({ GroupName: name }))),
		limit(() => askAws(subject, () => client.listGroupPolicies({ GroupName: name }))),
	]);
	return {
		members,
		attached: await Promise.all(
			(attached?.AttachedPolicies ?? []).map(async ({ PolicyName, PolicyArn }) => ({
				name: PolicyName as string,
				arn: PolicyArn as string,
				document: await documentOf(iam, PolicyArn as string),
			})),
		),
		inline: inline?.PolicyNames ?? [],
	};
}

/** A team's group against the config: who is in it, and what it lets them do. */
export function compareGroup(
	account: AwsAccount,
	clusterArn: string,
	team: Team,
	group: LiveGroup | undefined,
): Finding[] {
	const groupName = groupNameOf(team);
	const { missing, extra, drifted } = about("iam", `group ${groupName}`);
	if (!group) {
		return [missing(`is not there; ${team.users.join(", ")} cannot assume the team's role`)];
	}
	// IAM compares names without regard to case.
	const has = (list: string[], name: string) => list.some((each) => each.toLowerCase() === name.toLowerCase());
	const role = roleNameOf(team);
	const findings = [
		...team.users
			.filter((user) => !has(group.members, user))
			.map((user) =>
				about("iam", `user/${user}`).missing(`is not in the IAM group ${groupName}: cannot assume ${role}`),
			),
		...group.members
			.filter((user) => !has(team.users, user) && !has(team.allow, `member/${user}`))
			.map((user) =>
				about("iam", `user/${user}`).foreign(
					`is in the IAM group ${groupName} and not in the config: may assume ${role}`,
					`aws iam remove-user-from-group --group-name ${groupName} --user-name ${user}`,
				),
			),
	];
	const roleArn = roleArnOf(account, role, team.role.path);
	const wanted = JSON.parse(assumeRolePolicy({ roleArn, clusterArn }));
	const given = team.assumeRolePolicyArn;
	const lets = group.attached.filter(({ arn, document }) =>
		given === undefined ? allowsToAssume(document, roleArn) : arn === given,
	);
	const exact = lets.find(({ document }) =>
		// One that was there already may say more than the stack's own would.
		given === undefined ? samePolicy(document, wanted) : allowsToAssume(document, roleArn),
	);
	const similar = exact ?? lets[0];
	if (!similar) {
		findings.push(missing(`has no policy${given ? ` ${given}` : ""} that lets its members assume ${roleArn}`));
	} else if (!exact) {
		const should = given ? `it should let its members assume ${roleArn}` : `the config says ${JSON.stringify(wanted)}`;
		findings.push(drifted(`its policy ${similar.name} is ${JSON.stringify(similar.document)}; ${should}`));
	}
	const accepts = (name: string) => team.allow.includes(`policy/${name}`);
	const surplus = group.attached.filter((each) => each !== similar && !accepts(each.arn));
	const inline = group.inline.filter((name) => !accepts(name));
	const foreign = [...surplus.map(({ name }) => name), ...inline];
	if (foreign.length > 0) {
		const ofGroup = `--group-name ${groupName}`;
		const fixes = [
			...surplus.map(({ arn }) => `aws iam detach-group-policy ${ofGroup} --policy-arn ${arn}`),
			...inline.map((name) => `aws iam delete-group-policy ${ofGroup} --policy-name ${name}`),
		];
		const message = `gives its members permissions in AWS that the config does not: ${foreign.join(", ")}`;
		findings.push(extra(message, fixes.join(" && ")));
	}
	return findings;
}

async function membersOf({ client, limit }: Iam, group: string): Promise<string[] | undefined> {
	const members: string[] = [];
	let Marker: string | undefined;
	do {
		const page = await limit(() =>
			askAws(`read the IAM group ${group}`, () => client.getGroup({ GroupName: group, Marker })),
		);
		if (!page) {
			return undefined;
		}
		members.push(...(page.Users ?? []).map(({ UserName }) => UserName as string));
		Marker = page.IsTruncated ? page.Marker : undefined;
	} while (Marker);
	return members;
}

async function documentOf({ client, limit }: Iam, PolicyArn: string): Promise<unknown> {
	const what = `read the policy ${PolicyArn}`;
	const found = await limit(() => askAws(what, () => client.getPolicy({ PolicyArn })));
	const VersionId = found?.Policy?.DefaultVersionId;
	if (!VersionId) {
		return undefined;
	}
	const version = await limit(() => askAws(what, () => client.getPolicyVersion({ PolicyArn, VersionId })));
	return decodePolicy(version?.PolicyVersion?.Document);
}
