// Made by `npm run reference` from the config's schema; do not edit.
import type { AccessLevel, ContainerLimits, LabelSelector, RoleOptions, TrustedAccount } from "./team";

/** A team as a program passes it, and as a config lists it: a must are its name, whom it lets in, and where. */
export interface TeamArgs {
	/**
	 * IAM group and Kubernetes group: up to 59 letters, digits and `_+=,.@-`, first a letter or a digit; the role is `<name>-role`.
	 */
	name: string;
	/**
	 * Names, or `{name, access, …}` with the settings of a namespace, below.
	 * @default none
	 */
	namespaces?: (string | NamespaceArgs)[];
	/**
	 * Further namespaces by label, with the level `access`: `{matchLabels: {team: shop}}`, also `matchExpressions`; looked up at each preview and `up`.
	 * @default none
	 */
	namespaceSelector?: LabelSelector;
	/**
	 * Level in the namespaces that give none of their own: `full, edit, view, {clusterRole: <name>} or {rules: [{apiGroups, resources, verbs}]}`.
	 * @default `full`
	 */
	access?: AccessLevel;
	/**
	 * Level in every namespace and for what is in none: as `access`; writing and Secrets are refused there, unless `allow` names them.
	 * @default none
	 */
	clusterAccess?: AccessLevel;
	/**
	 * Name of the team's RoleBindings and ClusterRoleBinding, where they are there already under another one; a namespace may give its own: `{name, binding}`.
	 * @default `<team>`, or `<team>:<ClusterRole>`
	 */
	binding?: string;
	/**
	 * `true` allows `kubectl top pods` in the team's namespaces; the cluster needs metrics-server.
	 * @default `false`
	 */
	metrics?: boolean;
	/**
	 * IAM user names; they assume the team's role; a user may be in 10 teams.
	 * @default none
	 */
	users?: string[];
	/**
	 * ARNs of existing IAM roles, of CI for example, that come in as the team.
	 * @default none
	 */
	roleArns?: string[];
	/**
	 * Permission sets of IAM Identity Center, by name; their roles in this account come in as the team.
	 * @default none
	 */
	ssoPermissionSets?: string[];
	/**
	 * IAM users that come in as themselves, without a role: ARNs, or `{arn, username, admin}`.
	 * @default none
	 */
	userArns?: (string | MappedUserArgs)[];
	/**
	 * Other AWS accounts whose people may assume the team's role: `{account, externalId, principals}`; `principals` are ARNs, `*` and `?` are wildcards.
	 * @default none
	 */
	trustedAccounts?: TrustedAccount[];
	/**
	 * Kubernetes username of all who come in through a role: up to 128 letters, digits and `-_.@`.
	 * @default the team's name
	 */
	username?: string;
	/**
	 * Instead of `username`, one that tells sessions apart in audit logs: a prefix, a colon and `{{SessionName}}`, for example `shop:{{SessionName}}`.
	 * @default none
	 */
	usernameTemplate?: string;
	/**
	 * Kubernetes groups besides the team's own, for example `[auditors]`.
	 * @default none
	 */
	groups?: string[];
	/**
	 * `true`: the team administers the cluster (`system:masters`, or AmazonEKSClusterAdminPolicy).
	 * @default `false`
	 */
	admin?: boolean;
	/**
	 * Options of the team's IAM role, below.
	 * @default none
	 */
	role?: RoleOptions;
	/**
	 * ARN of an existing policy that lets the IAM group assume the team's role, instead of one that is made.
	 * @default none
	 */
	assumeRolePolicyArn?: string;
	/**
	 * ARNs of further policies for the IAM group, 9 at most.
	 * @default none
	 */
	policyArns?: string[];
	/**
	 * `true`: when a user leaves the team, the role's older sessions, everybody's, may do nothing in AWS any more; the cluster they still reach.
	 * @default `false`
	 */
	revokeSessions?: boolean;
	/**
	 * What is refused otherwise, by the name that the error gives, for example `[kube-system]`.
	 * @default none
	 */
	allow?: string[];
	/**
	 * Labels of the namespace, for example `{team: shop}`.
	 * @default none
	 */
	labels?: Record<string, string>;
	/**
	 * Annotations of the namespace, for example `{owner: shop}`.
	 * @default none
	 */
	annotations?: Record<string, string>;
	/**
	 * Pod Security Standard that new pods have to meet: `privileged`, `baseline` or `restricted`.
	 * @default none
	 */
	podSecurity?: "privileged" | "baseline" | "restricted";
	/**
	 * `hard` of the ResourceQuota `eks-access`, for example `{requests.cpu: "4", pods: "20"}`.
	 * @default none
	 */
	quota?: Record<string, string>;
	/**
	 * LimitRange `eks-access` for containers: `default`, `defaultRequest`, `max`, `min`, each a map such as `{cpu: 500m, memory: 256Mi}`.
	 * @default none
	 */
	limits?: ContainerLimits;
	/**
	 * `default-deny`: the NetworkPolicy `eks-access` lets nothing in or out but DNS and traffic within the namespace.
	 * @default none
	 */
	networkPolicy?: "default-deny";
}

/** A namespace of a team, where its name alone does not say all. */
export interface NamespaceArgs {
	/**
	 * Its name: up to 63 lower-case letters, digits and hyphens.
	 */
	name: string;
	/**
	 * Level of the team there: `full, edit, view, {clusterRole: <name>} or {rules: [{apiGroups, resources, verbs}]}`.
	 * @default the team's `access`
	 */
	access?: AccessLevel;
	/**
	 * Name of the team's RoleBinding there, where it is there already under another one.
	 * @default the team's `binding`
	 */
	binding?: string;
	/**
	 * Labels of the namespace, for example `{team: shop}`.
	 * @default none
	 */
	labels?: Record<string, string>;
	/**
	 * Annotations of the namespace, for example `{owner: shop}`.
	 * @default none
	 */
	annotations?: Record<string, string>;
	/**
	 * Pod Security Standard that new pods have to meet: `privileged`, `baseline` or `restricted`.
	 * @default none
	 */
	podSecurity?: "privileged" | "baseline" | "restricted";
	/**
	 * `hard` of the ResourceQuota `eks-access`, for example `{requests.cpu: "4", pods: "20"}`.
	 * @default none
	 */
	quota?: Record<string, string>;
	/**
	 * LimitRange `eks-access` for containers: `default`, `defaultRequest`, `max`, `min`, each a map such as `{cpu: 500m, memory: 256Mi}`.
	 * @default none
	 */
	limits?: ContainerLimits;
	/**
	 * `default-deny`: the NetworkPolicy `eks-access` lets nothing in or out but DNS and traffic within the namespace.
	 * @default none
	 */
	networkPolicy?: "default-deny";
}

/** An IAM user that comes in as itself, where the ARN alone does not say all. */
export interface MappedUserArgs {
	/**
	 * The user's ARN, with its path.
	 */
	arn: string;
	/**
	 * Kubernetes username.
	 * @default the ARN
	 */
	username?: string;
	/**
	 * `true`: the user administers the cluster.
	 * @default `false`
	 */
	admin?: boolean;
}
