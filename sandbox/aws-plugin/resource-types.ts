import { accessEntry } from "./access-entry";
import { accessPolicyAssociation } from "./access-policy-association";
import { group } from "./group";
import { groupPolicyAttachment } from "./group-policy-attachment";
import { policy } from "./policy";
import type { ResourceType } from "./resource-type";
import { role } from "./role";
import { rolePolicy } from "./role-policy";
import { userGroupMembership } from "./user-group-membership";

/** Every resource type that this plugin has, by its token. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = {
	"aws:eks/accessEntry:AccessEntry": accessEntry,
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": accessPolicyAssociation,
	"aws:iam/role:Role": role,
	"aws:iam/rolePolicy:RolePolicy": rolePolicy,
	"aws:iam/policy:Policy": policy,
	"aws:iam/group:Group": group,
	"aws:iam/groupPolicyAttachment:GroupPolicyAttachment": groupPolicyAttachment,
	"aws:iam/userGroupMembership:UserGroupMembership": userGroupMembership,
};
