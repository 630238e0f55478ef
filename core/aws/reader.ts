import type {
	GetAccountAuthorizationDetailsCommandInput,
	GetAccountAuthorizationDetailsResponse,
} from "@aws-sdk/client-iam";
import type { ClusterMode } from "../kubernetes/authentication-mode";

/**
 * What is asked of AWS by the commands, and by the program where the AWS provider has no function for it. What is not there is undefined;
 * anything else that goes wrong is an `AccessError`.
 */
export interface AwsReader {
	/** Region that the requests go to. */
	region(): Promise<string>;
	/** Whoever asks. */
	caller(): Promise<{ arn: string; account: string }>;
	cluster(name: string): Promise<EksCluster | undefined>;
	/** A session of a role, named as that of `aws eks get-token --role-arn`, for usernames that hold its name. */
	session(roleArn: string): Promise<Session>;
	/** Whether whoever asks has credentials of a session. */
	isSession(): Promise<boolean>;
	role(name: string): Promise<IamRole | undefined>;
	user(name: string): Promise<IamIdentity | undefined>;
	/** ARNs of the roles that permission sets have made. */
	permissionSetRoles(): Promise<string[]>;
	/** Names of the users in a group. */
	members(group: string): Promise<string[] | undefined>;
	/** Characters that a role's trust policy may have in the account. */
	trustPolicyQuota(): Promise<number | undefined>;
	policiesOfRole(name: string): Promise<Policies>;
	policiesOfGroup(name: string): Promise<Policies>;
	/** The document of a policy. */
	policy(arn: string): Promise<unknown>;
	/** Everything that IAM says of identities and their policies. */
	accountDetails(kinds?: GetAccountAuthorizationDetailsCommandInput["Filter"]): Promise<AccountDetails>;
	/** All access entries of a cluster. */
	accessEntries(cluster: string): Promise<LiveAccessEntry[]>;
	/** The access policies of an access entry by ARN, with their namespaces as {@link LiveAccessEntry} has them. */
	policiesOfEntry(cluster: string, principalArn: string): Promise<Map<string, string[]>>;
}

/** What AWS says about a cluster. */
export interface EksCluster {
	name: string;
	arn: string;
	/** Empty while the cluster is being made. */
	endpoint: string;
	/** PEM, base64. */
	certificateAuthorityData?: string;
	mode?: ClusterMode;
}

/** Credentials, as STS gives them. */
export interface Session {
	AccessKeyId?: string;
	SecretAccessKey?: string;
	SessionToken?: string;
}

export interface IamIdentity {
	arn: string;
	createdAt?: Date;
}

export interface IamRole extends IamIdentity {
	name: string;
	path: string;
	/** The trust policy. */
	trust: unknown;
	maxSessionDuration: number;
	permissionsBoundary?: string;
	tags: Record<string, string>;
}

export interface Policies {
	/** ARNs. */
	attached: string[];
	/** Names. */
	inline: string[];
}

export type AccountDetails = Required<
	Pick<GetAccountAuthorizationDetailsResponse, "UserDetailList" | "GroupDetailList" | "RoleDetailList" | "Policies">
>;

/** An access entry as EKS has it. */
export interface LiveAccessEntry {
	principalArn: string;
	type: string;
	username?: string;
	groups: string[];
	createdAt?: Date;
	/** Name of each access policy, for example `AmazonEKSViewPolicy`, and its namespaces, which may hold `*`; `*` alone is the whole cluster. */
	policies: Map<string, string[]>;
}
