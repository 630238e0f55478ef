import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getGroup } from "@pulumi/aws/iam/getGroup";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsReader } from "../../../core/aws/reader";
import { awsReader } from "../../../core/aws/sdk-reader";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import type { Finding } from "../../../core/teams/allow";
import { type AwsAccount, trustPolicy } from "../../../core/teams/iam-policies";
import { hasRole, type Principal } from "../../../core/teams/principal-kinds";
import { entrySurplus, identitySurplus, overridingSurplus } from "../../../core/teams/surplus";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { log } from "../../log";
import { providerIdentity } from "../cluster-connection";
import type { ExistingEntry, OverridingEntry } from "./entries";
import type { ExistingIdentity } from "./iam";

/** What is looked at in AWS. */
export interface Adopted {
	teams: Team[];
	principals: Principal[];
	account: AwsAccount;
	cluster: string;
	region: string;
	/** By the team's name. */
	identities: Map<string, ExistingIdentity>;
	/** The principals' ARNs, by their keys. */
	arns: ReadonlyMap<string, string>;
	/** That people come in by access entries. */
	hasEntries: boolean;
	/** By the principal's key. */
	entries: Map<string, ExistingEntry>;
	/** Where people come in by aws-auth: entries that EKS takes instead, by the principal's ARN. */
	overriding?: Promise<Map<string, OverridingEntry>>;
}

/**
 * What roles, groups and access entries have besides what the config lists: of those that are to be adopted, and of those of teams
 * whose `allow` accepts such. Undefined where they cannot be looked at.
 */
export async function awsFindings(
	adopted: Adopted,
	aws: pulumi.InvokeOptions,
	live: readonly LiveBinding[],
): Promise<Finding[] | undefined> {
	const { teams, identities, entries, arns } = adopted;
	const overriding = (await adopted.overriding) ?? new Map<string, OverridingEntry>();
	const accepting = teams.filter(({ allow }) => allow.some((key) => /^(policy|member|trust|group)\//.test(key)));
	if (identities.size + entries.size + overriding.size + accepting.length === 0) {
		return [];
	}
	const reader = await readerOf(adopted, aws);
	if (!reader) {
		return undefined;
	}
	const found = await Promise.all([
		...teams.filter(hasRole).map((team) => ofIdentity(team, accepting.includes(team), adopted, reader, aws)),
		...adopted.principals
			.filter(() => adopted.hasEntries)
			.map((principal) => ofEntry(principal, arns.get(principal.key) as string, accepting, adopted, reader)),
		...adopted.principals
			.filter(({ key, admin }) => !admin && overriding.has(arns.get(key) as string))
			.map(async (principal) => {
				const principalArn = arns.get(principal.key) as string;
				const entry = overriding.get(principalArn) as OverridingEntry;
				const policies = [...(await reader.policiesOfEntry(adopted.cluster, principalArn)).keys()];
				const team = teamOf(principal, teams).name;
				return overridingSurplus(team, principal, { ...entry, principalArn, policies }, adopted.cluster, live);
			}),
	]);
	return found.flat();
}

/** Of what is the stack's already, only what `allow` accepts counts: whether it is still needed. */
async function ofIdentity(
	team: Team,
	isAccepting: boolean,
	{ account, identities }: Adopted,
	reader: AwsReader,
	aws: pulumi.InvokeOptions,
): Promise<Finding[]> {
	const { role, group } = identities.get(team.name) ?? {};
	const hasGroup = team.users.length > 0;
	const [ofRole, ofGroup, members] = await Promise.all([
		role || isAccepting ? reader.policiesOfRole(roleNameOf(team)) : undefined,
		hasGroup && (group || isAccepting) ? reader.policiesOfGroup(groupNameOf(team)) : undefined,
		group?.members ?? (hasGroup && isAccepting ? membersOf(groupNameOf(team), aws) : []),
	]);
	const written = trustPolicy(account, team);
	const live = {
		// The trust of a role that is the stack's already is what the stack has written.
		role: ofRole && {
			trust: JSON.parse(role?.assumeRolePolicy ?? written),
			policies: ofRole,
			permissionsBoundary: role?.permissionsBoundary,
		},
		group: ofGroup && { members, policies: ofGroup },
	};
	const surplus = (which: Partial<typeof live>) => identitySurplus(team, which, JSON.parse(written));
	const isAllowed = ({ key }: Finding) => team.allow.includes(key);
	const [fromRole, fromGroup] = [surplus({ role: live.role }), surplus({ group: live.group })];
	return [...(role ? fromRole : fromRole.filter(isAllowed)), ...(group ? fromGroup : fromGroup.filter(isAllowed))];
}

async function ofEntry(
	principal: Principal,
	arn: string,
	accepting: Team[],
	{ teams, cluster, entries }: Adopted,
	reader: AwsReader,
): Promise<Finding[]> {
	const team = teamOf(principal, teams);
	const entry = entries.get(principal.key);
	if (!entry && !accepting.includes(team)) {
		return [];
	}
	const policies = [...(await reader.policiesOfEntry(cluster, arn)).keys()];
	const live = { principalArn: arn, groups: entry?.groups ?? [], policies };
	const findings = entrySurplus(team.name, principal, live, cluster);
	return entry ? findings : findings.filter(({ key }) => team.allow.includes(key));
}

async function membersOf(groupName: string, aws: pulumi.InvokeOptions): Promise<string[]> {
	const found = await getGroup({ groupName }, aws).catch(() => undefined);
	return (found?.users ?? []).map(({ userName }) => userName);
}

/** Undefined where the program itself is somebody else to AWS than the aws provider, which then sees other things. */
async function readerOf({ region }: Adopted, aws: pulumi.InvokeOptions): Promise<AwsReader | undefined> {
	const reader = awsReader({ region, ...providerIdentity(undefined) });
	const asked = reader.caller().catch(() => undefined);
	const [{ arn }, own] = await Promise.all([getCallerIdentity({}, aws), asked.then((caller) => caller?.arn)]);
	if (own !== undefined && withoutSession(own) === withoutSession(arn)) {
		return reader;
	}
	await log.warn(
		`the aws provider is ${arn}, and this program ${own ?? "has no AWS credentials"}. So policies of the roles, groups and access entries ` +
			"that are adopted, and their members, were not checked: they may give people more than the config lists. Run it with the credentials " +
			"that the provider has",
	);
	return undefined;
}

/** Each session of a role has a name of its own. */
function withoutSession(arn: string): string {
	return arn.replace(/^(arn:[^:]+:sts::\d+:assumed-role\/[^/]+)\/.*$/, "$1");
}

/** The team whose people a principal is; of several, the first. */
export function teamOf({ groups }: Principal, teams: Team[]): Team {
	return teams.find(({ group }) => groups.includes(group)) as Team;
}
