import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getGroup } from "@pulumi/aws/iam/getGroup";
import * as pulumi from "@pulumi/pulumi";
import { awsClients } from "../../../core/aws/clients";
import { type AwsReader, awsReader } from "../../../core/aws/reader";
import { type LiveEntry, readEntries } from "../../../core/aws-auth/map";
import { type LiveConfigMap, recordsOf } from "../../../core/aws-auth/ownership-record";
import { ConfigError } from "../../../core/errors/problem";
import { canonicalArn } from "../../../core/iam/arn";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import { CLUSTER_ADMIN_GROUP } from "../../../core/rbac/policy-rules";
import { type Finding, surplusProblems, unneededKeys, unneededWarning } from "../../../core/teams/allow";
import { type AwsAccount, trustPolicy } from "../../../core/teams/iam-policies";
import { hasRole, type Principal } from "../../../core/teams/principal-kinds";
import { awsAuthSurplus, entrySurplus, identitySurplus } from "../../../core/teams/surplus";
import { roleNameOf, type Team } from "../../../core/teams/team";
import { readAwsAuthIfThere } from "../aws-auth";
import { areInStack, bindingFindings } from "./bindings";
import { warnOfDrift } from "./drift";
import type { ExistingEntry } from "./entries";
import type { ExistingIdentity } from "./iam";

/** What a preflight has found by the time that it looks for access besides what the config lists. */
export interface SurplusQuestion extends Adopted {
	/** Of the EksAccess. */
	name: string;
	kubeconfig: string;
	/** Undefined: they could not be listed. */
	bindings: Promise<LiveBinding[] | undefined>;
	/** What to call the config in errors. */
	where: string;
	/** That the cluster lets people in by aws-auth, or by access entries that take the place of entries there. */
	readsAwsAuth: boolean;
	adoptExisting?: boolean;
	aws: pulumi.InvokeOptions;
}

/**
 * Refuses access that people would have besides what the config lists, all of it in one error, and warns about keys of `allow` that
 * accept nothing.
 *
 * @throws {ConfigError}
 */
export async function checkSurplus(question: SurplusQuestion): Promise<void> {
	const { teams, principals, arns, kubeconfig, aws, adoptExisting } = question;
	const live = await question.bindings;
	const [ofBindings, ofAws, awsAuth] = await Promise.all([
		live && bindingFindings(teams, live, kubeconfig),
		awsFindings(question, aws),
		adoptExisting && question.readsAwsAuth ? readAwsAuthIfThere(kubeconfig) : undefined,
		warnOfDrift(teams, question.name, kubeconfig, aws),
	]);
	const foreign = awsAuth ? foreignEntries(awsAuth, teams, principals, arns) : [];
	const findings = [
		...(ofBindings ?? []),
		...(ofAws ?? []),
		...foreign.flatMap(({ team, groups, entry }) => awsAuthSurplus(team, groups, entry)),
	];
	const problems = surplusProblems(teams, findings);
	if (problems.length > 0) {
		throw new ConfigError(question.where, problems);
	}
	for (const team of ofBindings && ofAws ? teams : []) {
		const keys = unneededKeys(team, findings);
		if (keys.length > 0) {
			await pulumi.log.warn(unneededWarning(team.name, keys));
		}
	}
	const isAdopted = question.identities.size + question.entries.size + foreign.length === 0;
	if (adoptExisting && isAdopted && (await areInStack(teams))) {
		await pulumi.log.warn(
			"adoptExisting is true, and everything is in the stack: take it out, so that nothing else is taken over unseen: " +
				"pulumi config rm adoptExisting",
		);
	}
}

/** What is looked at in AWS. */
interface Adopted {
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
}

/**
 * What roles, groups and access entries have besides what the config lists: of those that are to be adopted, and of those of teams
 * whose `allow` accepts such. Undefined where they cannot be looked at.
 */
async function awsFindings(adopted: Adopted, aws: pulumi.InvokeOptions): Promise<Finding[] | undefined> {
	const { teams, identities, entries } = adopted;
	const accepting = teams.filter(({ allow }) => allow.some((key) => /^(policy|member|trust|group)\//.test(key)));
	if (identities.size === 0 && entries.size === 0 && accepting.length === 0) {
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
			.map((principal) => ofEntry(principal, adopted.arns.get(principal.key) as string, accepting, adopted, reader)),
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
		hasGroup && (group || isAccepting) ? reader.policiesOfGroup(team.name) : undefined,
		group?.members ?? (hasGroup && isAccepting ? membersOf(team.name, aws) : []),
	]);
	const written = trustPolicy(account, team);
	const live = {
		// The trust of a role that is the stack's already is what the stack has written.
		role: ofRole && { trust: JSON.parse(role?.assumeRolePolicy ?? written), policies: ofRole },
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
	const policies = await reader.policiesOfEntry(cluster, arn);
	const live = { principalArn: arn, groups: entry?.groups ?? [], policies };
	const findings = entrySurplus(team.name, principal, live, cluster);
	return entry ? findings : findings.filter(({ key }) => team.allow.includes(key));
}

/**
 * Entries of aws-auth for the teams' identities that this program has not written. An access entry takes the place of the one in aws-auth
 * too.
 */
function foreignEntries(
	live: LiveConfigMap,
	teams: Team[],
	principals: Principal[],
	arns: ReadonlyMap<string, string>,
): { team: string; groups: string[]; entry: LiveEntry }[] {
	const recorded = new Set(
		[...recordsOf(live).values()].flatMap(({ roles, users }) => [...roles, ...users]).map((arn) => arn.toLowerCase()),
	);
	return principals.flatMap((principal) => {
		const arn = canonicalArn(arns.get(principal.key) as string).toLowerCase();
		const entries = recorded.has(arn) ? [] : entriesOf(live, principal.type);
		const groups = principal.admin ? [...principal.groups, CLUSTER_ADMIN_GROUP] : principal.groups;
		return entries
			.filter((entry) => entry.arn?.toLowerCase() === arn)
			.map((entry) => ({ team: teamOf(principal, teams).name, groups, entry }));
	});
}

function entriesOf({ data = {} }: LiveConfigMap, type: Principal["type"]): LiveEntry[] {
	const key = type === "role" ? "mapRoles" : "mapUsers";
	try {
		return readEntries(data[key], key);
	} catch {
		// The plan says what is wrong with the text.
		return [];
	}
}

async function membersOf(groupName: string, aws: pulumi.InvokeOptions): Promise<string[]> {
	const found = await getGroup({ groupName }, aws).catch(() => undefined);
	return (found?.users ?? []).map(({ userName }) => userName);
}

/** The team whose people a principal is; of several, the first. */
function teamOf({ groups }: Principal, teams: Team[]): Team {
	return teams.find(({ group }) => groups.includes(group)) as Team;
}

/** Undefined where the program itself is somebody else to AWS than the aws provider, which then sees other things. */
async function readerOf({ region }: Adopted, aws: pulumi.InvokeOptions): Promise<AwsReader | undefined> {
	const profile = new pulumi.Config("aws").get("profile");
	const reader = awsReader(awsClients({ region, profile }));
	const [{ arn }, own] = await Promise.all([getCallerIdentity({}, aws), reader.identity()]);
	if (own !== undefined && withoutSession(own) === withoutSession(arn)) {
		return reader;
	}
	await pulumi.log.warn(
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
