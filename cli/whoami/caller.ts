/** Who AWS takes somebody for. */
export interface Caller {
	arn: string;
	partition: string;
	account: string;
	kind: "user" | "role" | "sso" | "root" | "other";
	/** Of the user, the role or the permission set. */
	name: string;
	/** A role's, without its path, which a session does not tell. */
	roleArn?: string;
	/** Name of the role's session: with SSO, the person's username there. */
	session?: string;
}

/** @param arn As GetCallerIdentity gives it. */
export function callerOf(arn: string): Caller {
	const [, partition = "aws", , , account = "", resource = ""] = arn.split(":");
	const common = { arn, partition, account };
	const [kind, ...path] = resource.split("/");
	const name = path.at(-1) ?? resource;
	if (kind === "user") {
		return { ...common, kind, name };
	}
	if (kind === "assumed-role") {
		const [role = "", session] = path;
		const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role)?.[1];
		const roleArn = `arn:${partition}:iam::${account}:role/${role}`;
		return { ...common, kind: permissionSet ? "sso" : "role", name: permissionSet ?? role, roleArn, session };
	}
	return { ...common, kind: kind === "root" ? "root" : "other", name };
}

export function describeCaller({ kind, name, session, account }: Caller): string {
	switch (kind) {
		case "user":
			return `the IAM user ${name} of account ${account}`;
		case "sso":
			return `${session}, by single sign-on with the permission set ${name} in account ${account}`;
		case "role":
			return `the session ${session} of the role ${name} of account ${account}`;
		case "root":
			return `the root user of account ${account}`;
		default:
			return `${name} of account ${account}`;
	}
}
