export { AccessEntries, type AccessEntriesArgs, type AccessEntryArgs } from "./access-entries";
export type { ExistingEntry } from "./access-entry-check";
export { AccessError } from "./access-error";
export type { LevelName } from "./access-levels";
export type { AccessRow } from "./access-matrix";
export type { PolicyRule } from "./access-rules";
export type { Authentication } from "./authentication";
export { AwsAuth, type AwsAuthArgs } from "./aws-auth";
export type { RoleMapping, UserMapping } from "./aws-auth-map";
export type { ClusterConnectionArgs } from "./cluster-connection";
export { ClusterProvider, type ClusterProviderArgs } from "./cluster-provider";
export { type AccessConfig, ConfigError, readConfig } from "./config";
export type { Problem } from "./config-problem";
export { type CheckedEksAccessArgs, EksAccess, type EksAccessArgs } from "./eks-access";
export type { ErrorCode } from "./error-codes";
export type { ExistingIdentity } from "./identity-check";
export { NamespaceAccess, type NamespaceAccessArgs } from "./namespace-access";
export type { AwsAccount } from "./policy-documents";
export type { AccessPolicy } from "./principal";
export { readStackConfig } from "./stack-config";
export type {
	AccessLevel,
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
} from "./team";
export type { MappedUserArgs, NamespaceArgs, TeamArgs } from "./team-args";
export { TeamIdentity, type TeamIdentityArgs } from "./team-identity";
