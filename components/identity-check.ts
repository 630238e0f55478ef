import { getGroup } from "@pulumi/aws/iam/getGroup";
import { getPolicy } from "@pulumi/aws/iam/getPolicy";
import { type GetRoleResult, getRole } from "@pulumi/aws/iam/getRole";
import type * as pulumi from "@pulumi/pulumi";
import { AccessError } from "./access-error";
import { lastResources } from "./last-update";
import { hasRole, roleNameOf, type Team } from "./team";

/** What of a team is in IAM already and not in this stack, as the stack takes it over. */
export interface ExistingIdentity {
	/** The role as it is now: an import has to say the same. */
	role?: {
		/** Without its path. */
		name: string;
		/** Its IAM path, `/` where it has none. */
		path: string;
		/** Its trust policy, JSON. */
		assumeRolePolicy: string;
		/** Its description. */
		description?: string;
		/** Longest session, in seconds. */
		maxSessionDuration: number;
		/** ARN of the policy that bounds it. */
		permissionsBoundary?: string;
		/** Its tags. */
		tags?: Record<string, string>;
	};
	/** The IAM group as it is now. */
	group?: {
		/** Without its path. */
		name: string;
		/** Its IAM path. */
		path: string;
		/** Names of the IAM users in it. */
		members: string[];
	};
}

/**
 * The teams' roles and groups that are there already and are not this stack's, by the team's name: to be adopted. Asks AWS only for
 * what is not in the stack's state.
 *
 * @throws {AccessError} where there are some and they are not to be adopted, or cannot be.
 */
export async function existingIdentities(
	teams: Team[],
	adoptExisting: boolean | undefined,
	opts: pulumi.InvokeOptions,
): Promise<Map<string, ExistingIdentity>> {
	const own = await inStack();
	const found = await Promise.all(
		teams.filter(hasRole).map(async (team): Promise<[string, ExistingIdentity]> => {
			const [role, group] = await Promise.all([
				own.has(`role ${roleNameOf(team)}`) ? undefined : findRole(team, opts),
				team.users.length === 0 || own.has(`group ${team.name}`) ? undefined : findGroup(team.name, opts),
				own.has(`policy ${team.name} ${team.assumeRolePolicyArn}`) ? undefined : requirePolicy(team, opts),
			]);
			return [team.name, { role, group }];
		}),
	);
	const foreign = found.flatMap(([, { role, group }]) => [
		...(role ? [`the role ${role.name}`] : []),
		...(group ? [`the group ${group.name}`] : []),
	]);
	if (foreign.length > 0 && !adoptExisting) {
		throw new AccessError(
			"identity-exists",
			`IAM: this stack has not made what is there already: ${foreign.join(", ")}. Nothing was changed. If it is the team's, take it ` +
				"into the stack: pulumi config set adoptExisting true, then pulumi up, which imports it as it is. From then on the stack " +
				"manages it, and pulumi destroy deletes it. If it is somebody else's, give the team another name, or its role one (role.name)",
		);
	}
	return new Map(found.filter(([, { role, group }]) => role || group));
}

/** What the stack's state holds: roles and groups by name, the policies that let groups assume roles by both. */
async function inStack(): Promise<Set<string>> {
	const resources = Object.values(await lastResources());
	return new Set(
		resources.flatMap(({ type, outputs }) => {
			switch (type) {
				case "aws:iam/role:Role":
					return [`role ${outputs.name}`];
				case "aws:iam/group:Group":
					return [`group ${outputs.name}`];
				case "aws:iam/groupPolicyAttachment:GroupPolicyAttachment":
					return [`policy ${outputs.group} ${outputs.policyArn}`];
				default:
					return [];
			}
		}),
	);
}

async function findRole(team: Team, opts: pulumi.InvokeOptions): Promise<ExistingIdentity["role"]> {
	const name = roleNameOf(team);
	const found = await ask<GetRoleResult>(`the role ${name}`, "iam:GetRole", () => getRole({ name }, opts));
	if (!found) {
		return undefined;
	}
	const path = team.role.path ?? "/";
	if (found.name !== name || found.path !== path) {
		throw new AccessError(
			"role-not-adoptable",
			`IAM: the role ${name} of team ${team.name} is there already, as ${found.arn}, and AWS can change neither the case of its name nor ` +
				`its path. Nothing was changed. Write it as it is, role: {name: ${found.name}, path: ${found.path}}, or take another name`,
		);
	}
	// Those that begin with aws: are AWS's own, and nobody may set them.
	const tags = Object.entries(found.tags ?? {}).filter(([key]) => !key.startsWith("aws:"));
	return {
		name,
		path,
		assumeRolePolicy: found.assumeRolePolicy,
		description: found.description || undefined,
		maxSessionDuration: found.maxSessionDuration,
		permissionsBoundary: found.permissionsBoundary || undefined,
		tags: tags.length > 0 ? Object.fromEntries(tags) : undefined,
	};
}

async function findGroup(name: string, opts: pulumi.InvokeOptions): Promise<ExistingIdentity["group"]> {
	const found = await ask(`the group ${name}`, "iam:GetGroup", () => getGroup({ groupName: name }, opts));
	return found && { name, path: found.path, members: found.users.map(({ userName }) => userName) };
}

async function requirePolicy({ name, assumeRolePolicyArn: arn }: Team, opts: pulumi.InvokeOptions): Promise<undefined> {
	if (arn && !(await ask(`the policy ${arn}`, "iam:GetPolicy", () => getPolicy({ arn }, opts)))) {
		throw new AccessError(
			"policy-not-found",
			`IAM: there is no policy ${arn}, which team ${name} has as assumeRolePolicyArn. Nothing was changed. Correct the ARN, or leave ` +
				"it out: the team then makes a policy of its own",
		);
	}
}

async function ask<T>(what: string, action: string, request: () => Promise<T>): Promise<T | undefined> {
	try {
		return await request();
	} catch (error) {
		const { message } = error as Error;
		if (/NoSuchEntity|couldn't find resource|empty result|not found|cannot be found|no matching/i.test(message)) {
			return undefined;
		}
		throw new AccessError(
			"iam-unreadable",
			`IAM: cannot read ${what} (${message}). Nothing was changed. Use AWS credentials that may call ${action}`,
		);
	}
}
