import type * as pulumi from "@pulumi/pulumi";
import type { TeamArgs } from "../core/config/team-args";
import type { Authentication } from "../core/kubernetes/authentication-mode";
import type { AwsAccount } from "../core/teams/iam-policies";
import type { Team } from "../core/teams/team";
import type { ClusterConnectionArgs } from "./preflight/cluster-connection";

export interface EksAccessArgs extends ClusterConnectionArgs {
	/** The teams; what a name, a namespace or a user may be is checked before anything is registered. */
	teams: (TeamArgs | Team)[];
	/**
	 * Name of the teams' IAM groups and, with `-role` and `-assume-role-…`, of their roles and policies: `{team}-{cluster}` tells apart stacks
	 * with the same teams in one account. `{cluster}` needs the cluster's name as a value.
	 * @default "{team}"
	 */
	iamName?: string;
	/**
	 * The cluster's region.
	 * @default the AWS provider's
	 */
	region?: pulumi.Input<string>;
	/**
	 * The account in which the roles are made.
	 * @default the AWS provider's
	 */
	account?: pulumi.Input<AwsAccount>;
	/**
	 * How people come in: by aws-auth, by access entries, or by both. `auto` takes access entries where the cluster's mode is API, else
	 * aws-auth; only {@link EksAccess.create} looks the mode up. The constructor takes aws-auth, and for a `Cluster` of @pulumi/eks, which
	 * writes the whole aws-auth itself, access entries.
	 * @default "auto"
	 */
	authentication?: Authentication;
	/**
	 * Adopt IAM roles and groups, RBAC objects, entries in aws-auth and access entries that are there already, instead of failing. Those of
	 * AWS only with {@link EksAccess.create}. A kubernetes provider that the options give needs `upsertExistingObjects` for it.
	 * @default false
	 */
	adoptExisting?: boolean;
	/**
	 * Write to an aws-auth that another Pulumi program or Terraform manages.
	 * @default false: refused, with the ways out
	 */
	takeOver?: boolean;
	/**
	 * Tags of the IAM roles, policies and access entries.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** {@link EksAccessArgs} that are known before anything is registered. */
export interface CheckedEksAccessArgs extends EksAccessArgs {
	cluster: string;
	region?: string;
	account?: AwsAccount;
	kubeconfig?: string;
}
