import type { IamRole } from "../../core/aws/reader";
import type { LiveEntry } from "../../core/aws-auth/map";
import type { AccessLevel } from "../../core/rbac/access-levels";
import type { Subject } from "../../core/rbac/live-bindings";
import type { PolicyRule } from "../../core/rbac/policy-rules";
import type { AwsAccount } from "../../core/teams/iam-policies";
import type { LivePolicies } from "../../core/teams/surplus";

/** What is there: in aws-auth, in the cluster's RBAC objects, and in IAM. */
export interface Facts {
	account: AwsAccount;
	/** Entries of mapRoles. */
	roleEntries: LiveEntry[];
	/** Entries of mapUsers. */
	userEntries: LiveEntry[];
	hasAccounts: boolean;
	/** Whether the entries are access entries, whose role ARNs have their path. */
	areAccessEntries?: boolean;
	bindings: LiveBinding[];
	/** Rules of ClusterRoles by name, and of Roles by `<namespace>/<name>`; one that is not there is missing. */
	rules: Map<string, PolicyRule[]>;
	/** IAM roles of this account, by name in lower case; one that is not there is missing. */
	roles: Map<string, LiveRole>;
	groups: LiveGroup[];
}

/** A RoleBinding, or (without a namespace) a ClusterRoleBinding. */
export interface LiveBinding {
	name: string;
	namespace?: string;
	role: { kind: string; name: string };
	subjects: Subject[];
	/** The access policy that it stands for: that of an access entry, in one namespace, in those of a pattern, or in the whole cluster. */
	policy?: string;
	/** The level that gives the access policy, if there is one. */
	level?: AccessLevel;
}

/** An IAM role. */
export interface LiveRole extends IamRole {
	/** What is attached to it, and what it has inline. */
	policies: LivePolicies;
}

/** An IAM group. */
export interface LiveGroup {
	name: string;
	members: string[];
	attached: { arn: string; document: unknown }[];
	inline: { name: string; document: unknown }[];
}

/** What the config does not say, for the one who reads it. */
export interface Note {
	/** The team that it is about; undefined: none of those that are written. */
	team?: string;
	text: string;
}
