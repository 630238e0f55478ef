import type { TeamArgs } from "../../core/config/team-args";
import { allowsToAssume } from "../../core/iam/policy-decision";
import { samePolicy, statementsOf } from "../../core/iam/policy-text";
import { type AwsAccount, trustPolicy } from "../../core/teams/iam-policies";
import type { LiveGroup, LiveRole } from "./facts";

/** The part of a team that is in IAM; or that its role comes in as it is, and why the stack cannot manage it. */
export interface Identity {
	team: Pick<TeamArgs, "users" | "roleArns" | "ssoPermissionSets" | "role" | "assumeRolePolicyArn">;
	/** The IAM group, which is the team then. */
	group?: string;
	notes: string[];
}

/** How a role and who may assume it are written down, so that adopting it changes nothing. */
export function identityOf(
	account: AwsAccount,
	role: LiveRole,
	kubernetesGroups: string[],
	groups: LiveGroup[],
): Identity {
	const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role.name)?.[1];
	if (permissionSet) {
		return { team: { ssoPermissionSets: [permissionSet] }, notes: [] };
	}
	const asItIs = (...notes: string[]): Identity => ({ team: { roleArns: [role.arn] }, notes });
	const because = (reason: string) =>
		asItIs(`${reason}. So the role ${role.name} comes in as it is, and the stack does not manage it in IAM`);
	const may = groups.filter((group) => mayAssume(group, role.arn));
	if (may.length === 0) {
		return asItIs();
	}
	const group = may.find(({ name }) => kubernetesGroups.includes(name));
	if (!group) {
		const names = may.map(({ name }) => name).join(", ");
		return because(
			`who may assume it is in the IAM group ${names}, and comes in as the Kubernetes group ${kubernetesGroups.join(", ")}: a team has ` +
				"one name for both",
		);
	}
	if (group.members.length === 0) {
		return because(`the IAM group ${group.name}, whose members may assume it, is empty: a team has users`);
	}
	const policy = group.attached.find(({ document }) => allowsToAssume([document], role.arn));
	if (!policy) {
		return because(`the IAM group ${group.name} may assume it by an inline policy, which a team cannot have`);
	}
	const trusted = trustOf(account, role.trust);
	if (!trusted) {
		return because(`its trust policy is none that this program writes: ${JSON.stringify(role.trust)}`);
	}
	const notes: string[] = [];
	const further = may.filter((each) => each !== group).map(({ name }) => name);
	if (further.length > 0) {
		notes.push(`members of ${further.join(", ")} may assume the role ${role.name} too; the stack does not manage that`);
	}
	const options = { ...nameOf(role, group), ...optionsOf(role), ...trusted };
	return {
		team: {
			users: group.members,
			...(Object.keys(options).length > 0 ? { role: options } : {}),
			assumeRolePolicyArn: policy.arn,
		},
		group: group.name,
		notes,
	};
}

/** Whether a group's own policies, AWS's left out, let its members assume a role. */
export function mayAssume({ attached, inline }: LiveGroup, roleArn: string): boolean {
	const documents = [...attached, ...inline].map(({ document }) => document);
	return allowsToAssume(documents, roleArn);
}

function nameOf({ name }: LiveRole, group: LiveGroup): { name?: string } {
	return name === `${group.name}-role` ? {} : { name };
}

function optionsOf({ path, maxSessionDuration, permissionsBoundary, tags }: LiveRole): NonNullable<TeamArgs["role"]> {
	// Those that begin with aws: are AWS's own, and nobody may set them.
	const own = Object.entries(tags).filter(([key]) => !key.startsWith("aws:"));
	return {
		...(path === "/" ? {} : { path }),
		...(permissionsBoundary ? { permissionsBoundary } : {}),
		...(maxSessionDuration === 3600 ? {} : { maxSessionDuration }),
		...(own.length > 0 ? { tags: Object.fromEntries(own) } : {}),
	};
}

/** What makes the program write this trust policy; undefined: nothing does. */
function trustOf(account: AwsAccount, trust: unknown): { mfa?: true } | undefined {
	const candidates: { mfa?: true }[] = [{}, { mfa: true }];
	const live = { ...(trust as object), Statement: statementsOf(trust).map(withoutEmptyCondition) };
	return candidates.find((role) => samePolicy(live, JSON.parse(trustPolicy(account, { users: ["anybody"], role }))));
}

/** As the IAM console writes it. */
function withoutEmptyCondition(statement: object): object {
	const { Condition, ...rest } = statement as { Condition?: object };
	return Condition && Object.keys(Condition).length > 0 ? statement : rest;
}
