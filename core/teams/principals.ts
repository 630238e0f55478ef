import type { Mappings, RoleMapping, UserMapping } from "../aws-auth/map";
import { canonicalRoleArn } from "../iam/arn";
import { accessPolicyOf } from "../rbac/access-levels";
import type { TeamSubjects } from "../rbac/live-bindings";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "../rbac/policy-rules";
import { type AccessPolicy, type DirectPrincipal, directPrincipals, hasRole, type Principal } from "./principal-kinds";
import type { Team } from "./team";

/** Everyone to be let in, by aws-auth or by access entries. */
export function principalsOf(teams: Team[]): Principal[] {
	const principals = new Map<string, Principal>();
	for (const team of teams) {
		const { username, admin } = team;
		const groups = team.groups.filter((group) => group !== CLUSTER_ADMIN_GROUP);
		const add = (found: DirectPrincipal) => {
			// IAM compares names without regard to case.
			const known = principals.get(found.key.toLowerCase());
			principals.set(found.key.toLowerCase(), {
				...found,
				...known,
				groups: [...new Set([...(known?.groups ?? []), team.group, ...groups])],
				admin: found.admin || (known?.admin ?? false),
				policies: mergePolicies(known?.policies ?? [], policiesOf(team, found.admin)),
			});
		};
		if (hasRole(team)) {
			add({ key: roleKeyOf(team), source: { team: team.name }, type: "role", username, admin });
		}
		for (const direct of directPrincipals(team)) {
			add(direct);
		}
	}
	return [...principals.values()];
}

/** Key of the role that a team's people assume. */
export function roleKeyOf({ name }: Pick<Team, "name">): string {
	return `team/${name}`;
}

/** Names of the teams with a user who is in another team too, and so has a role, and a context in the kubeconfig, for each. */
export function teamsSharingUsers(teams: readonly Team[]): Set<string> {
	const teamsOf = new Map<string, string[]>();
	for (const { name, users } of teams) {
		for (const user of users) {
			teamsOf.set(user.toLowerCase(), [...(teamsOf.get(user.toLowerCase()) ?? []), name]);
		}
	}
	return new Set([...teamsOf.values()].filter((names) => names.length > 1).flat());
}

/** The names by which the cluster knows a team's people, Kubernetes' own groups left out. */
export function subjectsOf({ group, groups, username, userArns }: Team): TeamSubjects {
	const usernames = [username, ...userArns.map((user) => user.username)];
	return {
		groups: [group, ...groups.filter((each) => !/^system:/i.test(each))],
		usernames: [...new Set(usernames)],
	};
}

/** Those that have an ARN, as entries of aws-auth. */
export function mappingsOf(principals: Principal[], arnOf: (principal: Principal) => string): Mappings {
	return {
		roles: principals.filter(({ type }) => type === "role").map((each) => roleMapping(each, arnOf(each))),
		users: principals.filter(({ type }) => type === "user").map((each) => userMapping(each, arnOf(each))),
	};
}

export function roleMapping(principal: Principal, arn: string): RoleMapping {
	return { roleArn: canonicalRoleArn(arn), ...entryOf(principal) };
}

export function userMapping(principal: Principal, userArn: string): UserMapping {
	return { userArn, ...entryOf(principal) };
}

function entryOf({ username, groups, admin }: Principal): Omit<RoleMapping, "roleArn"> {
	const withAdmin = admin ? [...groups, CLUSTER_ADMIN_GROUP] : groups;
	// What Kubernetes keeps for itself has been allowed by the config, group by group.
	return {
		username,
		groups: withAdmin,
		...(withAdmin.some((group) => /^system:/i.test(group)) ? { systemGroups: true } : {}),
	};
}

function policiesOf(team: Team, admin: boolean): AccessPolicy[] {
	const inCluster = team.clusterAccess && accessPolicyOf(team.clusterAccess);
	return [
		...(admin ? [{ name: CLUSTER_ADMIN_POLICY }] : []),
		...(inCluster ? [{ name: inCluster }] : []),
		...team.namespaces.flatMap(({ name: namespace, access }) => {
			const name = accessPolicyOf(access);
			return name ? [{ name, namespaces: [namespace] }] : [];
		}),
	];
}

/** Each policy once: an identity has it in the whole cluster, or in a list of namespaces. */
function mergePolicies(...lists: AccessPolicy[][]): AccessPolicy[] {
	const merged = new Map<string, AccessPolicy>();
	for (const { name, namespaces } of lists.flat()) {
		const known = merged.get(name);
		const isEverywhere = !namespaces || (known && !known.namespaces);
		const all = new Set([...(known?.namespaces ?? []), ...(namespaces ?? [])]);
		merged.set(name, isEverywhere ? { name } : { name, namespaces: [...all].sort() });
	}
	return [...merged.values()];
}
