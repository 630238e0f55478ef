import type { NameReason } from "../errors/reasons";

/** What aws-iam-authenticator v0.6 replaces in usernames and groups (pkg/server/server.go, renderTemplate). */
const TEMPLATES = ["AccountID", "AccessKeyID", "SessionName", "SessionNameRaw", "EC2PrivateDNSName"];
/** Known of a session only, and (for a person) chosen by whoever assumes the role. */
const OF_SESSION = /\{\{(?:SessionName|SessionNameRaw|EC2PrivateDNSName)\}\}/;

export interface NameRules {
	/** A user has no session: templates of a session stay empty there. */
	of: "role" | "user";
	/** Allows names that begin with `system:`, such as the group system:masters. */
	admin?: boolean;
}

/** What is wrong with a Kubernetes username in aws-auth, if anything. */
export function usernameProblem(username: string, rules: NameRules): NameReason | undefined {
	return nameProblem("username", username, rules);
}

/** The same for a Kubernetes group, which may hold templates too. */
export function groupProblem(group: string, rules: NameRules): NameReason | undefined {
	return nameProblem("group", group, rules);
}

function nameProblem(what: "username" | "group", name: string, { of, admin }: NameRules): NameReason | undefined {
	const named = { what, name };
	if (name.trim() === "") {
		return { is: "empty", ...named };
	}
	if (name !== name.trim() || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) {
		return { is: "invisible", ...named };
	}
	const known = name.replace(/\{\{(\w+)\}\}/g, (all, template) => (TEMPLATES.includes(template) ? "" : all));
	const [unknown] = /\{\{[^{}]*\}?\}?|\}\}/.exec(known) ?? [];
	if (unknown !== undefined) {
		return { is: "template-unknown", ...named, template: unknown, allowed: TEMPLATES.map((each) => `{{${each}}}`) };
	}
	const isSystem = /^system:/i.test(name);
	return isSystem && !admin ? { is: "system-prefix", ...named } : sessionProblem(named, of, isSystem);
}

function sessionProblem(
	named: { what: "username" | "group"; name: string },
	of: "role" | "user",
	isSystem: boolean,
): NameReason | undefined {
	const session = OF_SESSION.exec(named.name);
	if (!session) {
		return undefined;
	}
	const [template] = session;
	if (named.what === "group" && isSystem) {
		return { is: "system-group-chosen", ...named };
	}
	if (of === "user") {
		return { is: "no-session", ...named, template };
	}
	const prefix = named.name.slice(0, session.index);
	return /^[^{}:]+(?:[^{}]|\{\{(?:AccountID|AccessKeyID)\}\})*:$/.test(prefix)
		? undefined
		: { is: "self-chosen", ...named, template };
}

/** Prefixes that EKS keeps for itself in access entries: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html */
const RESERVED_PREFIX = /^(system|eks|aws|amazon|iam):/;

/** What is wrong with a username or group for access entries; refused in aws-auth too, so that a team can move. */
export function reservedNameProblem(what: "username" | "group", name: string): NameReason | undefined {
	const prefix = RESERVED_PREFIX.exec(name)?.[0];
	return prefix ? { is: "eks-prefix", what, name, prefix } : undefined;
}
