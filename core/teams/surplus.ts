import type { LiveEntry } from "../aws-auth/map";
import { quoted } from "../errors/escape";
import { demandsLost, principalsIn } from "../iam/trust";
import {
	actsAsServiceAccounts,
	type BindingFinding,
	bindingsOfOthers,
	type LiveBinding,
	type RulesOf,
	serviceAccountsIn,
	strongServiceAccounts,
} from "../rbac/live-bindings";
import { meantBy } from "../rbac/namespace-pattern";
import type { Finding } from "./allow";
import { namespacesOf } from "./namespaces";
import type { AccessPolicy, Principal } from "./principal-kinds";
import { subjectsOf } from "./principals";
import { groupNameOf, roleNameOf, type Team } from "./team";

/** Policies of a role or a group, or of an access entry. */
export interface LivePolicies {
	/** ARNs. */
	attached: readonly string[];
	/** Names. */
	inline: readonly string[];
}

/** What of a team is in IAM already, as far as it can give more than the config lists. */
export interface LiveIdentity {
	/** Undefined where the role is not adopted. */
	role?: { trust: unknown; policies: LivePolicies; permissionsBoundary?: string };
	/** Undefined where the group is not adopted. */
	group?: { members: readonly string[]; policies: LivePolicies };
}

/**
 * What people would have, or lose, by the adoption of a team's role and group as they are.
 *
 * @param written The trust policy that the team's role gets.
 */
export function identitySurplus(team: Team, { role, group }: LiveIdentity, written: unknown): Finding[] {
	const finding = (key: string, message: string): Finding => ({ team: team.name, key, message });
	const policies = (what: string, detach: string, drop: string, { attached, inline }: LivePolicies) => [
		...attached.map((arn) =>
			finding(
				`policy/${arn}`,
				`${what} has the policy ${arn}, which the config does not give it; detach it: ${detach} --policy-arn ${arn}`,
			),
		),
		...inline.map((name) =>
			finding(
				`policy/${name}`,
				`${what} has the inline policy ${name}, which the config does not give it; delete it: ${drop} --policy-name ${name}`,
			),
		),
	];
	const [roleName, groupName] = [roleNameOf(team), groupNameOf(team)];
	const trusted = principalsIn(written);
	return [
		...(role
			? [
					...policies(
						`the IAM role ${roleName}`,
						`aws iam detach-role-policy --role-name ${roleName}`,
						`aws iam delete-role-policy --role-name ${roleName}`,
						role.policies,
					),
					...[...principalsIn(role.trust)]
						.filter((principal) => !trusted.has(principal))
						.map((principal) =>
							finding(
								`trust/${principal}`,
								`the trust policy of the IAM role ${roleName} lets ${principal} assume it, which the config does not: pulumi up takes that away`,
							),
						),
					...demandsLost(role.trust, written).map((demand) => finding(`trust/${demand}`, lostDemand(roleName, demand))),
					...boundaryLost(team, role.permissionsBoundary).map((boundary) =>
						finding(
							`boundary/${boundary}`,
							`the IAM role ${roleName} has the permissions boundary ${boundary}, which pulumi up takes away; keep it: ` +
								`role: {permissionsBoundary: ${boundary}}`,
						),
					),
				]
			: []),
		...(group
			? [
					...policies(
						`the IAM group ${groupName}`,
						`aws iam detach-group-policy --group-name ${groupName}`,
						`aws iam delete-group-policy --group-name ${groupName}`,
						{
							attached: group.policies.attached.filter((arn) => arn !== team.assumeRolePolicyArn),
							inline: group.policies.inline,
						},
					),
					...strangersOf(team, group.members).map((user) =>
						finding(
							`member/${user}`,
							`the IAM user ${user} is in the IAM group ${groupName} and may assume its role, and the config does not list ${user}; ` +
								`take the user out: aws iam remove-user-from-group --group-name ${groupName} --user-name ${user}`,
						),
					),
				]
			: []),
	];
}

function lostDemand(roleName: string, demand: string): string {
	if (demand === "Deny") {
		return `the trust policy of the IAM role ${roleName} has statements that deny, which pulumi up takes away`;
	}
	const keep = /^aws:MultiFactorAuthPresent$/i.test(demand) ? "; keep it: role: {mfa: true}" : "";
	return `the trust policy of the IAM role ${roleName} has a condition on ${demand}, which pulumi up takes away${keep}`;
}

function boundaryLost({ role }: Team, boundary: string | undefined): string[] {
	return boundary && !role.permissionsBoundary ? [boundary] : [];
}

/**
 * What bindings give the teams' people besides what the config lists: by their groups and usernames, and by service accounts as which
 * they can act. In the whole cluster nobody can act as those without having accepted more than they have.
 *
 * @param others Bindings that are not the stack's.
 */
export function bindingSurplus(
	teams: Team[],
	others: readonly LiveBinding[],
	rulesOf: RulesOf,
): (Finding & BindingFinding)[] {
	const accounts = serviceAccountsIn(others);
	const { namespaces } = namespacesOf(teams);
	const places = new Set([...accounts.keys(), ...others.flatMap(({ metadata }) => metadata.namespace ?? [])]);
	return teams.flatMap((team) => {
		const acting = team.namespaces.filter(({ access }) => actsAsServiceAccounts(access, rulesOf));
		const writesIn = [...new Set(acting.flatMap(({ name }) => meantBy(name, places)))];
		const found = [
			...bindingsOfOthers(others, subjectsOf(team)),
			...writesIn.flatMap((name) =>
				strongServiceAccounts(accounts.get(name) ?? [], name, rulesOf, { writesIn, settings: namespaces.get(name) }),
			),
		];
		return found.map((finding) => ({ team: team.name, ...finding }));
	});
}

/** Members of a team's IAM group whom the config does not list. */
export function strangersOf({ users }: Team, members: readonly string[]): string[] {
	// IAM compares names without regard to case.
	const listed = new Set(users.map((user) => user.toLowerCase()));
	return members.filter((member) => !listed.has(member.toLowerCase()));
}

/** What an access entry that is adopted has besides what its identity gets. */
export function entrySurplus(
	team: string,
	{ groups, policies }: Pick<Principal, "groups" | "policies">,
	live: { principalArn: string; groups: readonly string[]; policies: readonly string[] },
	cluster: string,
): Finding[] {
	const wanted = policies.map(({ name }: AccessPolicy) => name);
	return [
		...live.groups
			.filter((group) => !groups.includes(group))
			.map((group) => lostGroup(team, group, `the access entry of ${live.principalArn}`)),
		...live.policies
			.filter((arn) => !wanted.includes(arn.split("/").pop() as string))
			.map((arn) => ({
				team,
				key: `policy/${arn}`,
				message:
					`the access entry of ${live.principalArn} has the access policy ${arn}, which the config does not give it; take it away: ` +
					`aws eks disassociate-access-policy --cluster-name ${cluster} --principal-arn ${quoted(live.principalArn)} --policy-arn ${arn}`,
			})),
	];
}

/**
 * What an access entry gives whose place is not the stack's: EKS takes it instead of the identity's entry in aws-auth.
 *
 * @param bindings Of the cluster, for what its username is bound to.
 */
export function overridingSurplus(
	team: string,
	{ groups, username }: Pick<Principal, "groups" | "username">,
	live: { principalArn: string; groups: readonly string[]; policies: readonly string[]; username: string },
	cluster: string,
	bindings: readonly LiveBinding[],
): Finding[] {
	const { principalArn } = live;
	const what = `the access entry of ${principalArn}, which EKS takes instead of aws-auth,`;
	const end = `delete it: aws eks delete-access-entry --cluster-name ${cluster} --principal-arn ${quoted(principalArn)}`;
	const finding = (key: string, has: string) => ({
		...{ team, key, message: `${what} ${has}, and the config does not say so; ${end}` },
	});
	const named = live.username === username ? [] : [live.username];
	return [
		...live.groups
			.filter((group) => !groups.includes(group))
			.map((group) => finding(`group/${group}`, `is in the Kubernetes group ${group}`)),
		...live.policies.map((arn) => finding(`policy/${arn}`, `has the access policy ${arn}`)),
		...bindingsOfOthers(bindings, { groups: [], usernames: named }).map(({ key, message }) =>
			finding(key, `has the username ${live.username}: ${message}`),
		),
	];
}

/** The groups that an entry of aws-auth has besides those that its identity gets. */
export function awsAuthSurplus(
	team: string,
	groups: readonly string[],
	{ arn, line, groups: live }: Pick<LiveEntry, "arn" | "line" | "groups">,
): Finding[] {
	return live
		.filter((group) => !groups.includes(group))
		.map((group) => lostGroup(team, group, `the entry of ${arn} in aws-auth (line ${line})`));
}

function lostGroup(team: string, group: string, what: string): Finding {
	return {
		team,
		key: `group/${group}`,
		message: `${what} is in the Kubernetes group ${group}, and the config does not say so: pulumi up takes that away`,
	};
}
