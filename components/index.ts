export type { RoleMapping, UserMapping } from "../core/aws-auth/map";
export { type AccessConfig, readConfig } from "../core/config/config";
export type {
	ExistingRoleArgs,
	MappedUserArgs,
	NamedPrincipalArgs,
	NamespaceArgs,
	TeamArgs,
} from "../core/config/team-args";
export { AccessError } from "../core/errors/access-error";
export type { ErrorCode } from "../core/errors/codes";
export type { Problem } from "../core/errors/problem";
export { ConfigError } from "../core/errors/problem";
export type { Authentication } from "../core/kubernetes/authentication-mode";
export type { AccessLevel, LevelName } from "../core/rbac/access-levels";
export type { PolicyRule } from "../core/rbac/policy-rules";
export type { AccessMatrix, GrantOutput, TeamOutput } from "../core/teams/access-output";
export type { AwsAccount } from "../core/teams/iam-policies";
export type { AccessPolicy } from "../core/teams/principal-kinds";
export type {
	ContainerLimits,
	LabelExpression,
	LabelSelector,
	MappedUser,
	NamespaceGrant,
	NamespaceSettings,
	Quantities,
	RoleOptions,
	Team,
	TrustedAccount,
	TrustedAccountArgs,
} from "../core/teams/team";
export { AccessEntries, type AccessEntriesArgs, type AccessEntryArgs } from "./access-entries";
export { AwsAuth, type AwsAuthArgs } from "./aws-auth";
export { ClusterProvider, type ClusterProviderArgs } from "./cluster-provider";
export { EksAccess } from "./eks-access";
export type { CheckedEksAccessArgs, EksAccessArgs } from "./eks-access-args";
export { NamespaceAccess, type NamespaceAccessArgs } from "./namespace-access";
export type { ClusterConnectionArgs } from "./preflight/cluster-connection";
export type { ExistingEntry } from "./preflight/existing/entries";
export type { ExistingIdentity } from "./preflight/existing/iam";
export { readStackConfig } from "./stack-config";
export { TeamIdentity, type TeamIdentityArgs } from "./team-identity";
