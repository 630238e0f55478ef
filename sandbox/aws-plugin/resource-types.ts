import { group } from "./group";
import { groupPolicyAttachment } from "./group-policy-attachment";
import { policy } from "./policy";
import type { ResourceType } from "./resource-type";
import { role } from "./role";
import { userGroupMembership } from "./user-group-membership";

/** Every resource type that this plugin has, by its token. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
	"aws:iam/role:Role": role,
	"aws:iam/policy:Policy": policy,
	"aws:iam/group:Group": group,
	"aws:iam/groupPolicyAttachment:GroupPolicyAttachment": groupPolicyAttachment,
	"aws:iam/userGroupMembership:UserGroupMembership": userGroupMembership,
};
