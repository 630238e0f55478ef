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

/** What is wrong with a Kubernetes username in aws-auth, or undefined: what was found, what is allowed, what to do. */
export function usernameProblem(username: string, rules: NameRules): string | undefined {
	return nameProblem("username", username, rules);
}

/** The same for a Kubernetes group, which may hold templates too. */
export function groupProblem(group: string, rules: NameRules): string | undefined {
	return nameProblem("group", group, rules);
}

function nameProblem(what: "username" | "group", name: string, { of, admin }: NameRules): string | undefined {
	const found = `${what} ${JSON.stringify(name)}`;
	if (name.trim() === "") {
		return `${found} is empty: everybody who comes in needs one. Give a name, such as developer.`;
	}
	if (name !== name.trim() || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(name)) {
		return `${found} holds a control character, or blanks at an end. Allowed: printable text. Remove them.`;
	}
	const unknown = /\{\{[^{}]*\}?\}?|\}\}/.exec(
		name.replace(/\{\{(\w+)\}\}/g, (all, template) => (TEMPLATES.includes(template) ? "" : all)),
	);
	if (unknown) {
		const allowed = TEMPLATES.map((each) => `{{${each}}}`).join(", ");
		return `${found} holds ${unknown[0]}, which the authenticator does not know. Allowed: ${allowed}. Correct it.`;
	}
	if (/^system:/i.test(name) && !admin) {
		return `${found} begins with system:, which Kubernetes keeps for itself. Take another name.`;
	}
	const session = OF_SESSION.exec(name);
	if (session && what === "group" && /^system:/i.test(name)) {
		return `${found} lets people choose one of Kubernetes' own groups, such as system:masters. Write the group that is meant.`;
	}
	if (session && of === "user") {
		return `${found} holds ${session[0]}, but a user has no session. Allowed for users: {{AccountID}}, {{AccessKeyID}}.`;
	}
	if (session && !/^[^{}:]+(?:[^{}]|\{\{(?:AccountID|AccessKeyID)\}\})*:$/.test(name.slice(0, session.index))) {
		return (
			`${found} lets people choose it: the session's name is up to them. ` +
			`Allowed: ${session[0]} behind a fixed prefix and a colon. Write for example dev:${session[0]}.`
		);
	}
	return undefined;
}

/** Prefixes that EKS keeps for itself in access entries: https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html */
const RESERVED_PREFIX = /^(system|eks|aws|amazon|iam):/;

/** What is wrong with a username or group for access entries; refused in aws-auth too, so that a team can move. */
export function reservedNameProblem(name: string): string | undefined {
	const prefix = RESERVED_PREFIX.exec(name)?.[0];
	return prefix && `${JSON.stringify(name)} begins with ${prefix}, which EKS keeps for itself; take another name`;
}
