import { z } from "zod";
import { show } from "./config-problem";
import {
	accountId,
	checked,
	flagOf,
	iamPath,
	kubernetesUsername,
	listOf,
	mapOf,
	nonEmpty,
	objectOf,
	policyArn,
	roleArn,
	teamName,
	text,
	userArn,
	userName,
} from "./config-values";
import {
	accessSchema,
	bindingName,
	LEVELS,
	labelSelector,
	namespaceSchema,
	namespaceSettings,
} from "./namespace-schema";
import { groupProblem, reservedNameProblem, usernameProblem } from "./username";

export const mappedUserShape = {
	arn: userArn.meta({ description: "the user's ARN, with its path", fallback: "required" }),
	username: checked("a username", "jane", (name) => usernameProblem(name, { of: "user" }) ?? reservedNameProblem(name))
		.optional()
		.meta({ description: "Kubernetes username", fallback: "the ARN" }),
	admin: flagOf().optional().meta({ description: "`true`: the user administers the cluster", fallback: "`false`" }),
};

const mappedUser = z.union([userArn, objectOf(mappedUserShape, "an ARN or {arn, username, admin}")], {
	error: ({ input }) => `found ${show(input)}; allowed is a user's ARN, or {arn, username, admin}`,
});

const trustedAccount = objectOf(
	{
		account: accountId,
		// IAM: 2 to 1,224 characters of these.
		externalId: checked("2 to 1224 letters, digits and +=,.@:/-_", "acme-7f3a", (id) =>
			/^[\w+=,.@:/-]{2,1224}$/.test(id)
				? undefined
				: `${show(id)} is no external ID; allowed are 2 to 1224 letters, digits and +=,.@:/-_`,
		).optional(),
		principals: listOf(
			checked("an IAM ARN with * and ? as wildcards", "arn:aws:iam::123456789012:role/ci-*", (arn) =>
				/^arn:[a-z-]+:iam::\d{12}:(role|user)\/\S+$/.test(arn)
					? undefined
					: `${show(arn)} is no principal; allowed is arn:<partition>:iam::<account>:role/… or :user/…, with * and ? as wildcards in the name`,
			),
			"principals",
			"[arn:aws:iam::123456789012:role/ci-*]",
		).optional(),
	},
	"{account, externalId, principals}",
);

/** A session of a role lasts one to twelve hours: "Update the maximum session duration for a role", IAM User Guide. */
const SESSION_SECONDS = { min: 3600, max: 43200 };
const sessionError = ({ input }: { input?: unknown }) =>
	`found ${show(input)}; allowed are ${SESSION_SECONDS.min} to ${SESSION_SECONDS.max} seconds, in whole seconds`;

const roleOptions = objectOf(
	{
		name: checked("up to 64 letters, digits and _+=,.@-", "k8s-devs-role", (name) =>
			/^[\w+=,.@-]{1,64}$/.test(name)
				? undefined
				: `${show(name)} is no role name; allowed are up to 64 letters, digits and _+=,.@-`,
		)
			.optional()
			.meta({ description: "its name: up to 64 letters, digits and `_+=,.@-`", fallback: "`<team>-role`" }),
		path: iamPath.optional().meta({ description: "its IAM path, for example `/teams/`", fallback: "`/`" }),
		permissionsBoundary: policyArn
			.optional()
			.meta({ description: "ARN of the policy that is its permissions boundary" }),
		maxSessionDuration: z
			.int({ error: sessionError })
			.min(SESSION_SECONDS.min, { error: sessionError })
			.max(SESSION_SECONDS.max, { error: sessionError })
			.optional()
			.meta({
				description: "longest session in seconds, 3600 to 43200; where a role assumes it, AWS gives 3600 at most",
				fallback: "`3600`",
			}),
		mfa: flagOf().optional().meta({
			description: "`true`: only who has shown a second factor may assume it; needs a profile with `mfa_serial`",
			fallback: "`false`",
		}),
		tags: mapOf(text("platform"), "{owner: platform}")
			.optional()
			.meta({ description: "tags of the role and its policy, besides those of the stack" }),
	},
	"{path, permissionsBoundary, maxSessionDuration, mfa, tags}",
);

/** What a role's username may be: with what tells sessions apart, only behind a fixed prefix. */
const usernameTemplate = checked("a prefix, a colon and {{SessionName}}", "shop:{{SessionName}}", (template) =>
	usernameProblem(template, { of: "role" }),
);

const group = checked("a Kubernetes group", "auditors", (name) =>
	// Whether a group of Kubernetes' own is meant is a question for the whole team.
	groupProblem(name, { of: "role", admin: true }),
);

export const teamShape = {
	name: teamName.meta({
		description:
			"IAM group and Kubernetes group: up to 59 letters, digits and `_+=,.@-`, first a letter or a digit; the role is `<name>-role`",
		fallback: "required",
	}),
	namespaces: listOf(namespaceSchema, "namespace names", "[prod, uat, dev]")
		.default([])
		.meta({ description: "names, or `{name, access, …}` with the settings of a namespace, below", fallback: "none" }),
	namespaceSelector: labelSelector.optional().meta({
		description:
			"further namespaces by label, with the level `access`: `{matchLabels: {team: shop}}`, also `matchExpressions`; looked up at each preview and `up`",
	}),
	access: accessSchema
		.optional()
		.meta({ description: `level in the namespaces that give none of their own: \`${LEVELS}\``, fallback: "`full`" }),
	clusterAccess: accessSchema.optional().meta({
		description:
			"level in every namespace and for what is in none: as `access`; writing and Secrets are refused there, unless `allow` names them",
	}),
	binding: bindingName.optional().meta({
		description:
			"name of the team's RoleBindings and ClusterRoleBinding, where they are there already under another one; a namespace may give its own: `{name, binding}`",
		fallback: "`<team>`, or `<team>:<ClusterRole>`",
	}),
	metrics: flagOf().optional().meta({
		description: "`true` allows `kubectl top pods` in the team's namespaces; the cluster needs metrics-server",
		fallback: "`false`",
	}),
	users: listOf(userName, "IAM user names", "[jane, joe]")
		.default([])
		.meta({ description: "IAM user names; they assume the team's role; a user may be in 10 teams", fallback: "none" }),
	roleArns: listOf(roleArn, "role ARNs", "[arn:aws:iam::123456789012:role/ci]")
		.default([])
		.meta({ description: "ARNs of existing IAM roles, of CI for example, that come in as the team", fallback: "none" }),
	ssoPermissionSets: listOf(
		checked("a permission set's name", "Developers", (name) =>
			/^[\w+=,.@-]{1,32}$/.test(name)
				? undefined
				: `${show(name)} is no permission set; allowed is its name: up to 32 letters, digits and _+=,.@-`,
		),
		"permission sets",
		"[Developers]",
	)
		.default([])
		.meta({
			description: "permission sets of IAM Identity Center, by name; their roles in this account come in as the team",
			fallback: "none",
		}),
	userArns: listOf(mappedUser, "user ARNs", "[arn:aws:iam::123456789012:user/jane]").default([]).meta({
		description: "IAM users that come in as themselves, without a role: ARNs, or `{arn, username, admin}`",
		fallback: "none",
	}),
	trustedAccounts: listOf(trustedAccount, "accounts", '[{account: "123456789012", externalId: acme-7f3a}]')
		.default([])
		.meta({
			description:
				"other AWS accounts whose people may assume the team's role: `{account, externalId, principals}`; `principals` are ARNs, `*` and `?` are wildcards",
			fallback: "none",
		}),
	username: kubernetesUsername.optional().meta({
		description: "Kubernetes username of all who come in through a role: up to 128 letters, digits and `-_.@`",
		fallback: "the team's name",
	}),
	usernameTemplate: usernameTemplate.optional().meta({
		description:
			"instead of `username`, one that tells sessions apart in audit logs: a prefix, a colon and `{{SessionName}}`, for example `shop:{{SessionName}}`",
	}),
	groups: listOf(group, "Kubernetes groups", "[auditors]")
		.default([])
		.meta({ description: "Kubernetes groups besides the team's own, for example `[auditors]`", fallback: "none" }),
	admin: flagOf().optional().meta({
		description: "`true`: the team administers the cluster (`system:masters`, or AmazonEKSClusterAdminPolicy)",
		fallback: "`false`",
	}),
	role: roleOptions.optional().meta({ description: "options of the team's IAM role, below", fallback: "none" }),
	assumeRolePolicyArn: policyArn.optional().meta({
		description:
			"ARN of an existing policy that lets the IAM group assume the team's role, instead of one that is made",
	}),
	policyArns: listOf(policyArn, "policy ARNs", "[arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly]")
		.default([])
		.meta({ description: "ARNs of further policies for the IAM group, 9 at most", fallback: "none" }),
	revokeSessions: flagOf().optional().meta({
		description:
			"`true`: when a user leaves the team, the role's older sessions, everybody's, may do nothing in AWS any more; the cluster they still reach",
		fallback: "`false`",
	}),
	allow: listOf(nonEmpty("a name", "kube-system"), "names", "[kube-system]").default([]).meta({
		description: "what is refused otherwise, by the name that the error gives, for example `[kube-system]`",
		fallback: "none",
	}),
	...namespaceSettings,
};

export const teamSchema = objectOf(teamShape, "{name, namespaces, users}");

/** The parts of a team that have tables of their own in the reference. */
export const NESTED = { role: roleOptions, namespace: namespaceSettings };
