import { type Problem, show, throwIfAny } from "../errors/problem";
import type { AccessLevel } from "../rbac/access-levels";

/** A team with every default filled in. */
export interface Team {
	/** IAM group, unless there is an `iamName`; the role is `<name>-role`. */
	name: string;
	/** IAM group instead of the name, by the stack's `iamName`; the role is `<iamName>-role`. */
	iamName?: string;
	/** Kubernetes group of its people, to which its access is bound; default: the name. */
	group: string;
	/** IAM user names: they assume the team's role. */
	users: string[];
	/** Other AWS accounts whose people may assume the team's role. */
	trustedAccounts: TrustedAccount[];
	/** ARNs of existing IAM roles (of CI, for example) that come in as the team. */
	roleArns: string[];
	/** Permission sets of IAM Identity Center; their roles come in as the team. */
	ssoPermissionSets: string[];
	/** IAM users that come in as themselves, without a role. */
	userArns: MappedUser[];
	/** Kubernetes username of everyone who comes in through a role; may hold templates such as `{{SessionName}}`. */
	username: string;
	/** Kubernetes groups besides the team's own. */
	groups: string[];
	/** The team administers the cluster. */
	admin: boolean;
	/** The namespaces that it names, and those that its selector has chosen. */
	namespaces: NamespaceGrant[];
	/** Namespaces by label, with the access of the team: `access`. */
	namespaceSelector?: LabelSelector;
	/** In the namespaces that say nothing else. */
	access: AccessLevel;
	/** In every namespace, and (with rules for it) for what is in none, such as nodes. */
	clusterAccess?: AccessLevel;
	/** Name of its RoleBindings in the namespaces that give none, and of its ClusterRoleBinding; default: the team's, with the role's. */
	binding?: string;
	/** Read the usage figures of metrics.k8s.io (`kubectl top pods`) in the team's namespaces. */
	metrics: boolean;
	/** Options of its IAM role. */
	role: RoleOptions;
	/** ARN of an existing policy that lets the IAM group assume the role; default: one that the team makes. */
	assumeRolePolicyArn?: string;
	/** What is refused otherwise, each named: protected namespaces, verbs, resources, groups. */
	allow: string[];
	/** When the access of all its people ends: a day, which is included (UTC), or an RFC 3339 time. */
	until?: string;
	/** When the access of single ones ends, by the name that the matrix has for them: `{"user/jane": "2026-12-31"}`. */
	ends?: Record<string, string>;
}

/** Another AWS account whose people may assume a team's role. */
export interface TrustedAccount {
	/** Twelve digits. */
	account: string;
	/** What whoever assumes the role from there has to give as sts:ExternalId. */
	externalId?: string;
	/** ARNs, with `*` and `?` as wildcards, of those in the account who may; default: everyone whom the account lets. */
	principals?: string[];
}

/** Another account as a program or a config lists it. */
export interface TrustedAccountArgs extends TrustedAccount {
	/** End of its access: a day, which is included (UTC), or an RFC 3339 time; default: the team's `until`. */
	until?: string;
}

/** An IAM user that comes in as itself, without a role. */
export interface MappedUser {
	/** With its path, for example `arn:aws:iam::123456789012:user/legacy`. */
	arn: string;
	/** Default: the ARN. */
	username: string;
	/** Administers the cluster. */
	admin: boolean;
}

/** The values of {@link RoleOptions.trust}. */
export const TRUST = ["account", "users"] as const;

/** Options of a team's IAM role. */
export interface RoleOptions {
	/** Default: `<team>-role`. */
	name?: string;
	/** Default: `/`. */
	path?: string;
	/** ARN of the policy that bounds what the role may do. */
	permissionsBoundary?: string;
	/** Longest session, in seconds: 3600 (the default) to 43200. */
	maxSessionDuration?: number;
	/** Only people who have shown a second factor may assume the role. */
	mfa?: boolean;
	/** Who of this account may assume the role: whoever its IAM policies let (`account`, the default), or the team's `users` only. */
	trust?: (typeof TRUST)[number];
	/** Tags of the role and its policy, besides those of the stack. */
	tags?: Record<string, string>;
}

/** A team's access to a namespace, and what the namespace gets. */
export interface NamespaceGrant extends NamespaceSettings {
	/** Of the namespace. */
	name: string;
	/** What the team may do there. */
	access: AccessLevel;
	/** Name of the RoleBinding; default: the team's `binding`. */
	binding?: string;
	/** The team's `namespaceSelector` has chosen it: the namespace itself belongs to somebody else. */
	isSelected?: boolean;
}

/** What a namespace gets besides access. */
export interface NamespaceSettings {
	/** Labels of the namespace. */
	labels?: Record<string, string>;
	/** Annotations of the namespace. */
	annotations?: Record<string, string>;
	/** Pod Security Standard that its pods have to meet. */
	podSecurity?: "privileged" | "baseline" | "restricted";
	/** `hard` of a ResourceQuota, for example `{"requests.cpu": "4", pods: "20"}`. */
	quota?: Record<string, string>;
	/** A LimitRange for its containers. */
	limits?: ContainerLimits;
	/** Let nothing in or out but DNS and the namespace's own pods. */
	networkPolicy?: "default-deny";
}

/** Quantities by resource, for example `{cpu: "500m", memory: 256Mi}`. */
export type Quantities = Record<string, string>;

/** What a LimitRange says of containers. */
export interface ContainerLimits {
	/** Limit of a container that has none. */
	default?: Quantities;
	/** Request of a container that has none. */
	defaultRequest?: Quantities;
	/** The most that a container may have. */
	max?: Quantities;
	/** The least that a container has to ask for. */
	min?: Quantities;
}

/** As in Kubernetes: what is selected has all labels and meets all expressions. */
export interface LabelSelector {
	/** Labels and their values. */
	matchLabels?: Record<string, string>;
	/** Conditions on labels. */
	matchExpressions?: LabelExpression[];
}

/** A condition on a label, as in Kubernetes. */
export interface LabelExpression {
	/** The label. */
	key: string;
	/** `In` and `NotIn` compare with `values`; the others ask for the label alone. */
	operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
	/** For `In` and `NotIn`. */
	values?: string[];
}

/** The team that the simple form of the config stands for; its names are the article's. */
export const DEFAULT_TEAM = { name: "k8s-devs", username: "developer" };

/** A role's sessions last an hour unless it says otherwise: IAM User Guide, "Update the maximum session duration for a role". */
export const SESSION_SECONDS = 3600;

/** Name of the team's IAM group. */
export function groupNameOf({ name, iamName }: { name: string; iamName?: string }): string {
	return iamName ?? name;
}

export function roleNameOf({ role, ...team }: { name: string; iamName?: string; role?: RoleOptions }): string {
	return role?.name ?? `${groupNameOf(team)}-role`;
}

/** IAM quota: characters of a role's name, which is the longest that a template makes. */
const ROLE_NAME_LIMIT = 64;

/**
 * The teams with the names in IAM that a template makes.
 *
 * @param template For example `{team}-{cluster}`; undefined or "": the teams' own names.
 * @param cluster Its name; undefined where it is not known yet.
 * @throws {ConfigError} lists every problem.
 */
export function withIamNames(
	teams: Team[],
	{ template = "", cluster }: { template?: string; cluster?: string },
	where: string,
): Team[] {
	if (template === "") {
		return teams;
	}
	const named = teams.map((team) => {
		const iamName = template.replaceAll("{team}", team.name).replaceAll("{cluster}", cluster ?? "");
		return { ...team, iamName };
	});
	const problems =
		template.includes("{cluster}") && cluster === undefined
			? [
					iamNameProblem(
						"has {cluster}, whose name is not known before it is made; write a name instead, for example {team}-prod",
					),
				]
			: nameProblems(named);
	throwIfAny(problems, where);
	return named;
}

/** IAM ignores case. */
function nameProblems(teams: readonly Team[]): Problem[] {
	return teams.flatMap((team, at): Problem[] => {
		const role = roleNameOf(team);
		const twin = teams.slice(0, at).find((other) => roleNameOf(other).toLowerCase() === role.toLowerCase());
		const makes = `makes the role of ${team.name} ${show(role)}`;
		const longest = [role, `${groupNameOf(team)}-role`].sort((one, other) => other.length - one.length)[0] as string;
		return [
			...(longest.length > ROLE_NAME_LIMIT
				? [
						iamNameProblem(
							`makes ${show(longest)} of ${team.name}, of ${longest.length} characters; IAM allows ${ROLE_NAME_LIMIT}`,
						),
					]
				: []),
			...(twin ? [iamNameProblem(`${makes}, which is that of ${twin.name} already; change one`)] : []),
		];
	});
}

function iamNameProblem(message: string): Problem {
	return { path: "iamName", message };
}
