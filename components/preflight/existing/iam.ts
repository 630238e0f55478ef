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
		teams.filter(hasRole).map(async (team) => {
			const [roleName, groupName] = [roleNameOf(team), groupNameOf(team)];
			requireSamePath(team, before);
			const [role, group] = await Promise.all([
				own.has(`role ${roleName}`) ? undefined : findRole(team, opts),
				team.users.length === 0 || own.has(`group ${groupName}`) ? undefined : findGroup(groupName, opts),
			]);
			return { team, role, group };
		}),
	);
	const there = found.flatMap(({ role, group }) => [role ?? [], group ?? []].flat());
	const isOwn = ({ key }: Found<object>) => [...own].some((each) => each.toLowerCase() === key.toLowerCase());
	const { refusal } = there.find((each) => each.refusal && (adoptExisting || isOwn(each))) ?? {};
	if (refusal) {
		throw refusal;
	}
	if (there.length > 0 && !adoptExisting) {
		throw existsAlready(there);
	}
	const identities = found.map(({ team, role, group }): [string, ExistingIdentity] => {
		const isAdopted = (kind: string, existing: unknown) => existing !== undefined || before.has(kind);
		const adopted = { role: isAdopted(roleIn(team), role), group: isAdopted(`group/${groupNameOf(team)}`, group) };
		return [team.name, { role: role?.identity, group: group?.identity, adopted }];
	});
	return new Map(identities.filter(([, { adopted }]) => adopted.role || adopted.group));
}

/** A role or group that is there and not in the stack. */
interface Found<T> {
	/** For example `role shop-role`, as the team has it. */
	key: string;
	arn: string;
	identity: T;
	/** Why it cannot be adopted, if it cannot. */
	refusal?: AccessError;
}

/** Also of those that could not be adopted: to write them as they are would take another stack's. */
function existsAlready(there: Found<object>[]): AccessError {
	const names = there.map(({ key, arn, refusal }) => `the ${key}${refusal ? ` as ${arn}` : ""}`);
	return new AccessError(
		"identity-exists",
		`IAM: this stack has not made what is there already: ${names.join(", ")}. Nothing was changed. If it is the team's, take it ` +
			"into the stack: pulumi config set adoptExisting true, then pulumi up, which imports it and gives it what the config says. From then " +
			"on the stack manages it, and pulumi destroy leaves it. If it is that of another stack or of somebody else, name those of this stack otherwise: pulumi config set iamName '{team}-{cluster}'",
	);
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

type Role = NonNullable<ExistingIdentity["role"]>;
type Group = NonNullable<ExistingIdentity["group"]>;

async function findRole(team: Team, opts: pulumi.InvokeOptions): Promise<Found<Role> | undefined> {
	const name = roleNameOf(team);
	const found = await ask<GetRoleResult>(`the role ${name}`, "iam:GetRole", () => getRole({ name }, opts));
	if (!found) {
		return undefined;
	}
	const { assumeRolePolicy, description, permissionsBoundary, arn } = found;
	const identity = {
		...{ name, assumeRolePolicy },
		description: description || undefined,
		permissionsBoundary: permissionsBoundary || undefined,
	};
	const key = `role ${name}`;
	if (found.name === name && found.path === (team.role.path ?? "/")) {
		return { key, arn, identity };
	}
	const refusal = new AccessError(
		"role-not-adoptable",
		`IAM: the role ${name} of team ${team.name} is there already, as ${arn}, and AWS can change neither the case of its name nor ` +
			`its path. Nothing was changed. Write it as it is, role: {name: ${found.name}, path: ${found.path}}, or take another name`,
	);
	return { key, arn, identity, refusal };
}

async function findGroup(name: string, opts: pulumi.InvokeOptions): Promise<Found<Group> | undefined> {
	const found = await ask(`the group ${name}`, "iam:GetGroup", () => getGroup({ groupName: name }, opts));
	if (!found) {
		return undefined;
	}
	const { arn, path } = found;
	const identity = { name, path, members: found.users.map(({ userName }) => userName) };
	// What the provider calls its name is what it was asked for.
	const there = arn.split("/").at(-1) as string;
	const refusal = new AccessError(
		"group-not-adoptable",
		`IAM: the group ${name} is there already, as ${arn}: IAM compares names without regard to case, and AWS cannot change it. ` +
			`Nothing was changed. Name it ${there}, by the team's name or iamName, or take another name`,
	);
	return { key: `group ${name}`, arn, identity, ...(there === name ? {} : { refusal }) };
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
