import { getGroup } from "@pulumi/aws/iam/getGroup";
import { type GetRoleResult, getRole } from "@pulumi/aws/iam/getRole";
import type * as pulumi from "@pulumi/pulumi";
import { isAbsent, providerWords } from "../../../core/aws/provider-errors";
import { AccessError } from "../../../core/errors/access-error";
import { hasRole } from "../../../core/teams/principal-kinds";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { lastOutputsOfType, lastResources } from "../stack-state";

/** What of a team is in IAM already and not in this stack, as the stack takes it over. */
export interface ExistingIdentity {
	/** The role as it is now. */
	role?: {
		/** Without its path. */
		name: string;
		/** Its trust policy, JSON. */
		assumeRolePolicy: string;
		/** Its description. */
		description?: string;
		/** ARN of the policy that is its permissions boundary. */
		permissionsBoundary?: string;
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
	/** Which of the two were there before this stack, whether it adopts them now or has done so before: a destroy leaves them. */
	adopted: {
		/** The team's role. */
		role: boolean;
		/** The team's group. */
		group: boolean;
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
	const [own, before] = await Promise.all([inStack(), adoptedBefore()]);
	const found = await Promise.all(
		teams.filter(hasRole).map(async (team): Promise<[string, ExistingIdentity]> => {
			const [roleName, groupName] = [roleNameOf(team), groupNameOf(team)];
			requireSamePath(team, before);
			const [role, group] = await Promise.all([
				own.has(`role ${roleName}`) ? undefined : findRole(team, opts),
				team.users.length === 0 || own.has(`group ${groupName}`) ? undefined : findGroup(groupName, opts),
			]);
			const isAdopted = (kind: string, existing: unknown) => existing !== undefined || before.has(kind);
			const adopted = { role: isAdopted(roleIn(team), role), group: isAdopted(`group/${groupName}`, group) };
			return [team.name, { role, group, adopted }];
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
				"into the stack: pulumi config set adoptExisting true, then pulumi up, which imports it and gives it what the config says. From then " +
				"on the stack manages it, and pulumi destroy leaves it. If it is that of another stack or of somebody else, name those of this stack otherwise: pulumi config set iamName '{team}-{cluster}'",
		);
	}
	return new Map(found.filter(([, { adopted }]) => adopted.role || adopted.group));
}

/**
 * The teams' roles that the stack has as those of teams of other names, by the team's name: their URNs. A team that is renamed and keeps
 * its role keeps the resource too; a role of the same name cannot be made beside it.
 *
 * @param component Name of the EksAccess.
 */
export async function formerRoles(component: string, teams: Team[]): Promise<Map<string, string>> {
	const resourceOf = ({ name }: Team) => `${component}-${name}-role`;
	const taken = new Set(teams.filter(hasRole).map(resourceOf));
	const resources = Object.entries(await lastResources());
	return new Map(
		teams.filter(hasRole).flatMap((team): [string, string][] => {
			const [urn] =
				resources.find(
					([each, { type, outputs }]) =>
						type === "aws:iam/role:Role" &&
						outputs.name === roleNameOf(team) &&
						!taken.has(each.split("::").pop() as string),
				) ?? [];
			return urn === undefined ? [] : [[team.name, urn]];
		}),
	);
}

/** AWS cannot change a path, and the role that a replacement leaves there has the name. */
function requireSamePath(team: Team, adopted: Set<string>): void {
	const role = roleIn(team);
	const other = [...adopted].find(
		(each) => each !== role && each.startsWith("role/") && each.endsWith(`/${roleNameOf(team)}`),
	);
	if (other) {
		throw new AccessError(
			"role-not-adoptable",
			`IAM: team ${team.name} has adopted its role as ${other}, and AWS cannot change the path to that of ${role}. Nothing was changed. ` +
				"Set role.path back, or give the role another name (role.name)",
		);
	}
}

/** As its ARN ends, with the path. */
export function roleIn(team: Team): string {
	return `role${team.role.path ?? "/"}${roleNameOf(team)}`;
}

/** What TeamIdentity has noted of adopted roles and groups in the stack's state. */
async function adoptedBefore(): Promise<Set<string>> {
	const teams = await lastOutputsOfType("eks-access:index:TeamIdentity");
	return new Set(teams.flatMap(({ adopted }) => (adopted as string[] | undefined) ?? []));
}

/** What the stack's state holds: roles and groups by name. */
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
	const { assumeRolePolicy, description, permissionsBoundary } = found;
	return {
		...{ name, assumeRolePolicy },
		description: description || undefined,
		permissionsBoundary: permissionsBoundary || undefined,
	};
}

async function findGroup(name: string, opts: pulumi.InvokeOptions): Promise<ExistingIdentity["group"]> {
	const found = await ask(`the group ${name}`, "iam:GetGroup", () => getGroup({ groupName: name }, opts));
	// What the provider calls its name is what it was asked for.
	const there = found && (found.arn.split("/").at(-1) as string);
	if (found && there !== name) {
		throw new AccessError(
			"group-not-adoptable",
			`IAM: the group of team ${name} is there already, as ${found.arn}: IAM compares names without regard to case, and AWS cannot change ` +
				`it. Nothing was changed. Call the team ${there}, or take another name`,
		);
	}
	return found && { name, path: found.path, members: found.users.map(({ userName }) => userName) };
}

async function ask<T>(what: string, action: string, request: () => Promise<T>): Promise<T | undefined> {
	try {
		return await request();
	} catch (error) {
		if (isAbsent(error as Error)) {
			return undefined;
		}
		throw new AccessError(
			"iam-unreadable",
			`IAM: cannot read ${what} (${providerWords(error as Error)}). Nothing was changed. Use AWS credentials that may call ${action}`,
		);
	}
}
