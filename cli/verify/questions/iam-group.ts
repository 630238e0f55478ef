import type { AwsReader } from "../../../core/aws/reader";
import { allowsToAssume } from "../../../core/iam/policy-decision";
import { samePolicy } from "../../../core/iam/policy-text";
import { type AwsAccount, assumeRolePolicy, roleArnOf } from "../../../core/teams/iam-policies";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { about, type Finding } from "../finding";
import { policyName } from "./iam-role";

/** What is read of an IAM group. */
export interface LiveGroup {
	members: string[];
	attached: { arn: string; document: unknown }[];
	/** Names of the policies that are the group's own. */
	inline: string[];
}

export async function readGroup(aws: AwsReader, name: string): Promise<LiveGroup | undefined> {
	const members = await aws.members(name);
	if (!members) {
		return undefined;
	}
	const { attached, inline } = await aws.policiesOfGroup(name);
	const documents = attached.map(async (arn) => ({ arn, document: await aws.policy(arn) }));
	return { members, attached: await Promise.all(documents), inline };
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
		given === undefined ? allowsToAssume([document], roleArn) : arn === given,
	);
	const exact = lets.find(({ document }) =>
		// One that was there already may say more than the stack's own would.
		given === undefined ? samePolicy(document, wanted) : allowsToAssume([document], roleArn),
	);
	const similar = exact ?? lets[0];
	if (!similar) {
		findings.push(missing(`has no policy${given ? ` ${given}` : ""} that lets its members assume ${roleArn}`));
	} else if (!exact) {
		const should = given ? `it should let its members assume ${roleArn}` : `the config says ${JSON.stringify(wanted)}`;
		findings.push(drifted(`its policy ${policyName(similar.arn)} is ${JSON.stringify(similar.document)}; ${should}`));
	}
	const accepts = (name: string) => team.allow.includes(`policy/${name}`);
	const surplus = group.attached.filter((each) => each !== similar && !accepts(each.arn));
	const inline = group.inline.filter((name) => !accepts(name));
	const foreign = [...surplus.map(({ arn }) => policyName(arn)), ...inline];
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
