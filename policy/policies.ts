import type { Policies } from "@pulumi/policy";
import { awsAuthNames } from "./aws-auth-names";
import { awsAuthOwnership } from "./aws-auth-ownership";
import { clusterAdmin } from "./cluster-admin";
import { bindingsForEverybody } from "./everybody";
import { exclusiveMembership } from "./exclusive-membership";
import { mfaIfExists, trustOfEverybody } from "./iam-trust";
import { rbacEscalation } from "./rbac-escalation";
import { systemNamespaces, systemNamespacesOwnRoles } from "./system-namespaces";

export const policies: Policies = [
	clusterAdmin,
	rbacEscalation,
	bindingsForEverybody,
	systemNamespaces,
	systemNamespacesOwnRoles,
	trustOfEverybody,
	mfaIfExists,
	exclusiveMembership,
	awsAuthOwnership,
	awsAuthNames,
];
