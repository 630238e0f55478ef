import { AccessError } from "../errors/access-error";

/** Who the AWS provider is by a stack's config: `aws:profile` and `aws:assumeRoles`. */
export interface ProviderIdentity {
	profile?: string;
	/** Assumed one by the other. */
	assumeRoles?: AssumedRole[];
}

/** A role of `aws:assumeRoles`; it may have more fields than these. */
export interface AssumedRole {
	roleArn: string;
	sessionName?: string;
	externalId?: string;
}

/** What of a role `aws eks get-token --role-arn` can pass on, or need not. */
const PASSED_ON = ["roleArn", "sessionName", "duration"];

/**
 * As whom `aws eks get-token` makes the operator's tokens: what is set for it, else as the AWS provider, so that IAM and the cluster are
 * asked by the same identity.
 *
 * @throws {AccessError} where the command cannot become what the provider is.
 */
export function tokenIdentity(
	{ adminRoleArn, awsProfile }: { adminRoleArn?: string; awsProfile?: string },
	provider: ProviderIdentity,
): { roleArn?: string; profile?: string } {
	if (adminRoleArn || awsProfile) {
		return { roleArn: adminRoleArn, profile: awsProfile ?? provider.profile };
	}
	const [role, ...others] = provider.assumeRoles ?? [];
	const further = Object.keys(role ?? {}).filter((key) => !PASSED_ON.includes(key));
	if (others.length > 0 || further.length > 0) {
		const found = others.length > 0 ? "several roles" : further.join(", ");
		throw new AccessError(
			"assume-roles-not-passed-on",
			`aws:assumeRoles: it has ${found}, which aws eks get-token cannot be told. Nothing was changed. Say how the operator gets into the ` +
				"cluster: pulumi config set adminRoleArn <role>, pulumi config set awsProfile <a profile that assumes it>, or a kubeconfig",
		);
	}
	return { roleArn: role?.roleArn, profile: provider.profile };
}

/** The roles of `aws:assumeRoles`, as the config has them: a list or its JSON. */
export function assumedRolesOf(value: unknown): AssumedRole[] {
	let parsed = value;
	try {
		parsed = typeof value === "string" ? JSON.parse(value) : value;
	} catch {
		// The AWS provider says what is wrong with it.
	}
	return Array.isArray(parsed) ? parsed.filter((role) => typeof role?.roleArn === "string") : [];
}
