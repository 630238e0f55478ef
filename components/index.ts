export { AwsAuth, type AwsAuthArgs } from "./aws-auth";
export type { RoleMapping } from "./aws-auth-map";
export type { ClusterConnectionArgs } from "./cluster-connection";
export { type AccessConfig, ConfigError, readConfig, type TeamArgs } from "./config";
export { EksAccess, type EksAccessArgs } from "./eks-access";
export { NamespaceAccess, type NamespaceAccessArgs } from "./namespace-access";
export type { AwsAccount } from "./policy-documents";
export type { AccessRow, Team } from "./team";
export { TeamIdentity, type TeamIdentityArgs } from "./team-identity";
