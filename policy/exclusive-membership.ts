import { guardRail } from "./guard-rail";

/** Types that hold the whole list, and put out whoever is not in it. */
const EXCLUSIVE: Record<string, string> = {
	"aws:iam/groupMembership:GroupMembership":
		"GroupMembership puts everybody who is not in its list out of the group. Allowed is UserGroupMembership: use one a user",
	"aws:iam/policyAttachment:PolicyAttachment":
		"PolicyAttachment takes its policy from every user, group and role of the account that is not in its list. Allowed are " +
		"GroupPolicyAttachment, RolePolicyAttachment and UserPolicyAttachment: use one each",
};

export const exclusiveMembership = guardRail({
	name: "exclusive-membership",
	description: "No resource puts others out of an IAM group, or takes a policy from them.",
	severity: "high",
	allows: "names of resources in the program that may",
	find: ({ type, name }) => {
		const message = EXCLUSIVE[type];
		return message ? [{ allow: name, message }] : [];
	},
});
