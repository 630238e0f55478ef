import { accessPolicyOf } from "./access-levels";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "./access-rules";
import { canonicalRoleArn } from "./arn";
import type { Mappings, RoleMapping, UserMapping } from "./aws-auth-map";
import { type DirectPrincipal, directPrincipals } from "./principal-kinds";
import { hasRole, type Team } from "./team";

/** An IAM identity that the cluster lets in, with what the cluster knows of it; one, in however many teams it is. */
export interface Principal {
	/** Names it in the graph of resources: `team/shop`, `sso/Developers`, or its ARN. */
	key: string;
	/** Where its ARN comes from. */
	source: { team: string } | { permissionSet: string } | { arn: string };
	type: "role" | "user";
	username: string;
	/** Kubernetes groups, the teams' own first; for an administrator without system:masters, which access entries know not. */
	groups: string[];
	admin: boolean;
	/** EKS access policies that are equal to its teams' levels. */
	policies: AccessPolicy[];
}

/** An access policy of EKS, and where it holds. */
export interface AccessPolicy {
	/** For example `AmazonEKSViewPolicy`. */
	name: string;
	/** Sorted; undefined stands for the whole cluster. */
	namespaces?: string[];
}

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
				groups: [...new Set([...(known?.groups ?? []), team.name, ...groups])],
				admin: found.admin || (known?.admin ?? false),
				policies: mergePolicies(known?.policies ?? [], policiesOf(team, found.admin)),
			});
		};
		if (hasRole(team)) {
			add({ key: `team/${team.name}`, source: { team: team.name }, type: "role", username, admin });
		}
		for (const direct of directPrincipals(team)) {
			add(direct);
		}
	}
	return [...principals.values()];
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
