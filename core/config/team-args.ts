// Made by `npm run reference` from the config's schema; do not edit.
import type { AccessLevel } from "../rbac/access-levels";
import type { ContainerLimits, LabelSelector, RoleOptions, TrustedAccountArgs } from "../teams/team";

/** A team as a program passes it, and as a config lists it: a must are its name, whom it lets in, and where. */
export interface TeamArgs {
	/**
	 * Name of the IAM group, and of the Kubernetes group unless `group` is set: up to 59 letters, digits and `_+=,.@-`, beginning with a letter or digit; the role is `<name>-role`.
	 */
	name: string;
	/**
	 * Kubernetes group of the team's people, where the cluster uses the team's name for somebody else already; named like a team.
	 * @default the team's name
	 */
	group?: string;
	/**
	 * Names, or `{name, access, …}` with the settings of a namespace (see below).
	 * @default none
	 */
	namespaces?: (string | NamespaceArgs)[];
	/**
	 * Additional namespaces by label, with the level `access`: `{matchLabels: {team: shop}}`, or `matchExpressions`; evaluated in each preview and `up`.
	 * @default none
	 */
	namespaceSelector?: LabelSelector;
	/**
	 * Level in namespaces that have no level of their own: `full, edit, view, {clusterRole: <name>}, {rules: [{apiGroups, resources, verbs}]} or {policy: <access policy>}`.
	 * @default `full`
	 */
	access?: AccessLevel;
	/**
	 * Level in every namespace and for cluster-scoped objects, with the same values as `access`; writing and reading Secrets are refused unless `allow` names them.
	 * @default none
	 */
	clusterAccess?: AccessLevel;
	/**
	 * Name of the team's RoleBindings and ClusterRoleBinding, if they exist under another name; a namespace can have its own: `{name, binding}`. With a change of level or group it alternates with `<binding>:<ClusterRole>`, so that nobody is without access meanwhile.
	 * @default `<team>`, or `<team>:<ClusterRole>`
	 */
	binding?: string;
	/**
	 * `true` allows `kubectl top pods` in the team's namespaces; the cluster needs metrics-server.
	 * @default `false`
	 */
	metrics?: boolean;
	/**
	 * IAM user names, or `{name, until}`; they assume the team's role; a user can be in 10 teams.
	 * @default none
	 */
	users?: (string | NamedPrincipalArgs)[];
	/**
	 * End of the access of the whole team: a day, which is included (UTC), or an RFC 3339 time; single principals can have an end of their own.
	 * @default none
	 */
	until?: string;
	/**
	 * ARNs of existing IAM roles, for example of CI, that get the team's access, or `{arn, until}`.
	 * @default none
	 */
	roleArns?: (string | ExistingRoleArgs)[];
	/**
	 * Permission sets of IAM Identity Center, by name or as `{name, until}`; their roles in this account get the team's access.
	 * @default none
	 */
	ssoPermissionSets?: (string | NamedPrincipalArgs)[];
	/**
	 * IAM users that authenticate directly, without a role: ARNs, or `{arn, username, admin, until}`.
	 * @default none
	 */
	userArns?: (string | MappedUserArgs)[];
	/**
	 * Other AWS accounts whose people can assume the team's role: `{account, externalId, principals, until}`; `principals` are ARNs, with `*` and `?` as wildcards.
	 * @default none
	 */
	trustedAccounts?: TrustedAccountArgs[];
	/**
	 * Kubernetes username of everybody who authenticates through a role: up to 128 letters, digits and `-_.@`.
	 * @default the team's name
	 */
	username?: string;
	/**
	 * A username that tells sessions apart in audit logs, instead of `username`: a prefix, a colon and `{{SessionName}}`, for example `shop:{{SessionName}}`.
	 * @default none
	 */
	usernameTemplate?: string;
	/**
	 * Kubernetes groups in addition to the team's own, for example `[auditors]`.
	 * @default none
	 */
	groups?: string[];
	/**
	 * `true` makes the team cluster administrators (`system:masters`, or AmazonEKSClusterAdminPolicy).
	 * @default `false`
	 */
	admin?: boolean;
	/**
	 * Options of the team's IAM role (see below).
	 * @default none
	 */
	role?: RoleOptions;
	/**
	 * ARN of an existing policy that lets the IAM group assume the team's role, instead of creating one.
	 * @default none
	 */
	assumeRolePolicyArn?: string;
	/**
	 * Exceptions to what is refused, by the name that the error gives, for example `[kube-system]`.
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
	 * Pod Security Standard for new pods: `privileged`, `baseline` or `restricted`.
	 * @default none
	 */
	podSecurity?: "privileged" | "baseline" | "restricted";
	/**
	 * Limits (`hard`) of the ResourceQuota `eks-access`, for example `{requests.cpu: "4", pods: "20"}`.
	 * @default none
	 */
	quota?: Record<string, string>;
	/**
	 * LimitRange `eks-access` for containers: `default`, `defaultRequest`, `max`, `min`, each a map such as `{cpu: 500m, memory: 256Mi}`.
	 * @default none
	 */
	limits?: ContainerLimits;
	/**
	 * `default-deny`: the NetworkPolicy `eks-access` allows only DNS and traffic within the namespace.
	 * @default none
	 */
	networkPolicy?: "default-deny";
}

/** A namespace of a team, where its name alone does not say all. */
export interface NamespaceArgs {
	/**
	 * Its name: up to 63 lower-case letters, digits and hyphens; with `*`, all namespaces that match, those to come too, if `authentication` is `access-entries`.
	 */
	name: string;
	/**
	 * Level of the team in the namespace: `full, edit, view, {clusterRole: <name>}, {rules: [{apiGroups, resources, verbs}]} or {policy: <access policy>}`.
	 * @default the team's `access`
	 */
	access?: AccessLevel;
	/**
	 * Name of the team's RoleBinding in the namespace, if one exists under another name.
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
	 * Pod Security Standard for new pods: `privileged`, `baseline` or `restricted`.
	 * @default none
	 */
	podSecurity?: "privileged" | "baseline" | "restricted";
	/**
	 * Limits (`hard`) of the ResourceQuota `eks-access`, for example `{requests.cpu: "4", pods: "20"}`.
	 * @default none
	 */
	quota?: Record<string, string>;
	/**
	 * LimitRange `eks-access` for containers: `default`, `defaultRequest`, `max`, `min`, each a map such as `{cpu: 500m, memory: 256Mi}`.
	 * @default none
	 */
	limits?: ContainerLimits;
	/**
	 * `default-deny`: the NetworkPolicy `eks-access` allows only DNS and traffic within the namespace.
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
	 * `true` makes the user a cluster administrator.
	 * @default `false`
	 */
	admin?: boolean;
	/**
	 * End of this one's access: a day, which is included (UTC), or an RFC 3339 time.
	 * @default the team's `until`
	 */
	until?: string;
}

/** An IAM user or a permission set of a team whose access ends. */
export interface NamedPrincipalArgs {
	/**
	 * Its name.
	 */
	name: string;
	/**
	 * End of this one's access: a day, which is included (UTC), or an RFC 3339 time.
	 * @default the team's `until`
	 */
	until?: string;
}

/** An existing IAM role of a team whose access ends. */
export interface ExistingRoleArgs {
	/**
	 * ARN of the role.
	 */
	arn: string;
	/**
	 * End of this one's access: a day, which is included (UTC), or an RFC 3339 time.
	 * @default the team's `until`
	 */
	until?: string;
}
