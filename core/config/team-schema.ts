import { z } from "zod";
import { show } from "../errors/problem";
import { groupProblem, usernameProblem } from "../iam/username";
import { TRUST } from "../teams/team";
import {
	accessSchema,
	bindingName,
	LEVELS,
	labelSelector,
	namespaceSchema,
	namespaceSettings,
} from "./namespace-schema";
import { existingRole, mappedUser, permissionSet, trustedAccount, until, usersSchema } from "./principal-schema";
import {
	checked,
	checkedName,
	flagOf,
	iamPath,
	kubernetesUsername,
	listOf,
	mapOf,
	nonEmpty,
	objectOf,
	oneOf,
	policyArn,
	teamName,
	text,
} from "./values";

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
			.meta({ description: "name of the role: up to 64 letters, digits and `_+=,.@-`", fallback: "`<team>-role`" }),
		path: iamPath.optional().meta({ description: "IAM path of the role, for example `/teams/`", fallback: "`/`" }),
		permissionsBoundary: policyArn
			.optional()
			.meta({ description: "ARN of the policy that is the role's permissions boundary" }),
		maxSessionDuration: z
			.int({ error: sessionError })
			.min(SESSION_SECONDS.min, { error: sessionError })
			.max(SESSION_SECONDS.max, { error: sessionError })
			.optional()
			.meta({
				description: "longest session in seconds, 3600 to 43200; a role that assumes it gets 3600 at most",
				fallback: "`3600`",
			}),
		mfa: flagOf().optional().meta({
			description:
				"`true`: only people who authenticated with a second factor can assume it; needs a profile with `mfa_serial`",
			fallback: "`false`",
		}),
		trust: oneOf(TRUST).optional().meta({
			description:
				"who of this account may assume it: whoever its IAM policies let (`account`), or the team's `users` only (`users`)",
			fallback: "`account`",
		}),
		tags: mapOf(text("platform"), "{owner: platform}")
			.optional()
			.meta({ description: "tags of the role and its policy, in addition to the stack's tags" }),
	},
	"{path, permissionsBoundary, maxSessionDuration, mfa, trust, tags}",
);

/** What a role's username may be: with what tells sessions apart, only behind a fixed prefix. */
const usernameTemplate = checkedName("a prefix, a colon and {{SessionName}}", "shop:{{SessionName}}", (template) =>
	usernameProblem(template, { of: "role" }),
);

const group = checkedName("a Kubernetes group", "auditors", (name) =>
	// Whether a group of Kubernetes' own is meant is a question for the whole team.
	groupProblem(name, { of: "role", admin: true }),
);

export const teamShape = {
	name: teamName.meta({
		description:
			"name of the IAM group, and of the Kubernetes group unless `group` is set: up to 59 letters, digits and `_+=,.@-`, beginning with a letter or digit; the role is `<name>-role`",
		fallback: "required",
	}),
	group: teamName.optional().meta({
		description:
			"Kubernetes group of the team's people, where the cluster uses the team's name for somebody else already; named like a team",
		fallback: "the team's name",
	}),
	namespaces: listOf(namespaceSchema, "namespace names", "[prod, uat, dev]").default([]).meta({
		description: "names, or `{name, access, …}` with the settings of a namespace (see below)",
		fallback: "none",
	}),
	namespaceSelector: labelSelector.optional().meta({
		description:
			"additional namespaces by label, with the level `access`: `{matchLabels: {team: shop}}`, or `matchExpressions`; evaluated in each preview and `up`",
	}),
	access: accessSchema
		.optional()
		.meta({ description: `level in namespaces that have no level of their own: \`${LEVELS}\``, fallback: "`full`" }),
	clusterAccess: accessSchema.optional().meta({
		description:
			"level in every namespace and for cluster-scoped objects, with the same values as `access`; writing and reading Secrets are refused unless `allow` names them",
	}),
	binding: bindingName.optional().meta({
		description:
			"name of the team's RoleBindings and ClusterRoleBinding, if they exist under another name; a namespace can have its own: `{name, binding}`. With a change of level or group it alternates with `<binding>:<ClusterRole>`, so that nobody is without access meanwhile",
		fallback: "`<team>`, or `<team>:<ClusterRole>`",
	}),
	metrics: flagOf().optional().meta({
		description: "`true` allows `kubectl top pods` in the team's namespaces; the cluster needs metrics-server",
		fallback: "`false`",
	}),
	users: usersSchema.meta({
		description: "IAM user names, or `{name, until}`; they assume the team's role; a user can be in 10 teams",
		fallback: "none",
	}),
	until: until.optional().meta({
		description:
			"end of the access of the whole team: a day, which is included (UTC), or an RFC 3339 time; single principals can have an end of their own",
	}),
	roleArns: listOf(existingRole, "role ARNs", "[arn:aws:iam::123456789012:role/ci]").default([]).meta({
		description: "ARNs of existing IAM roles, for example of CI, that get the team's access, or `{arn, until}`",
		fallback: "none",
	}),
	ssoPermissionSets: listOf(permissionSet, "permission sets", "[Developers]").default([]).meta({
		description:
			"permission sets of IAM Identity Center, by name or as `{name, until}`; their roles in this account get the team's access",
		fallback: "none",
	}),
	userArns: listOf(mappedUser, "user ARNs", "[arn:aws:iam::123456789012:user/jane]").default([]).meta({
		description: "IAM users that authenticate directly, without a role: ARNs, or `{arn, username, admin, until}`",
		fallback: "none",
	}),
	trustedAccounts: listOf(trustedAccount, "accounts", '[{account: "123456789012", externalId: acme-7f3a}]')
		.default([])
		.meta({
			description:
				"other AWS accounts whose people can assume the team's role: `{account, externalId, principals, until}`; `principals` are ARNs, with `*` and `?` as wildcards",
			fallback: "none",
		}),
	username: kubernetesUsername.optional().meta({
		description:
			"Kubernetes username of everybody who authenticates through a role: up to 128 letters, digits and `-_.@`",
		fallback: "the team's name",
	}),
	usernameTemplate: usernameTemplate.optional().meta({
		description:
			"a username that tells sessions apart in audit logs, instead of `username`: a prefix, a colon and `{{SessionName}}`, for example `shop:{{SessionName}}`",
	}),
	groups: listOf(group, "Kubernetes groups", "[auditors]").default([]).meta({
		description: "Kubernetes groups in addition to the team's own, for example `[auditors]`",
		fallback: "none",
	}),
	admin: flagOf().optional().meta({
		description: "`true` makes the team cluster administrators (`system:masters`, or AmazonEKSClusterAdminPolicy)",
		fallback: "`false`",
	}),
	role: roleOptions.optional().meta({ description: "options of the team's IAM role (see below)", fallback: "none" }),
	assumeRolePolicyArn: policyArn.optional().meta({
		description: "ARN of an existing policy that lets the IAM group assume the team's role, instead of creating one",
	}),
	allow: listOf(nonEmpty("a name", "kube-system"), "names", "[kube-system]").default([]).meta({
		description: "exceptions to what is refused, by the name that the error gives, for example `[kube-system]`",
		fallback: "none",
	}),
	...namespaceSettings,
};

export const teamSchema = objectOf(teamShape, "{name, namespaces, users}");

/** The parts of a team that have tables of their own in the reference. */
export const NESTED = { role: roleOptions, namespace: namespaceSettings };
