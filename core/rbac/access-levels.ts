import { ACCESS_POLICY_RULES } from "./access-policies";
import { FULL_ACCESS_CLUSTER_ROLE, fullAccessRules, type PolicyRule } from "./policy-rules";

/** A ClusterRole of which is known what it allows, without asking the cluster. */
interface KnownRole {
	/** Its name. */
	clusterRole: string;
	/** Its rules, where Kubernetes has no such role: it is made. */
	rules?: PolicyRule[];
	/** The EKS access policy that is similar to it: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html */
	accessPolicy?: string;
	/** Reads only, and no secrets. */
	isReadOnly?: boolean;
	/** Reads secrets, enters pods and makes tokens. */
	isBroad?: boolean;
}

const named = <Name extends string>(levels: Record<Name, KnownRole>) => levels;

/**
 * What a word in a config gives, from the least to the most. An entry here is all that a further word needs: the config and its types,
 * the bindings, the access policies, the matrix, what is refused, and the commands of `eks-access` read it.
 */
export const ACCESS_LEVELS = named({
	view: { clusterRole: "view", accessPolicy: "AmazonEKSViewPolicy", isReadOnly: true },
	edit: { clusterRole: "edit", accessPolicy: "AmazonEKSEditPolicy", isBroad: true },
	full: { clusterRole: FULL_ACCESS_CLUSTER_ROLE, rules: fullAccessRules, isBroad: true },
});

/** A level that is a word. */
export type LevelName = keyof typeof ACCESS_LEVELS;

/**
 * What somebody may do: all of a namespace's workloads (`full`), the same as Kubernetes' own ClusterRoles `edit` and `view`, as a
 * ClusterRole that is there already, by rules of one's own, or by an access policy of EKS.
 */
export type AccessLevel =
	| LevelName
	| {
			/** Name of a ClusterRole that is in the cluster already. */
			clusterRole: string;
	  }
	| {
			/** Rules of a ClusterRole that is made for the team. */
			rules: PolicyRule[];
	  }
	| {
			/** Name of an EKS access policy, for example `AmazonEKSAdminViewPolicy`; with access entries only. */
			policy: string;
	  };

/** From the least to the most. */
export const LEVEL_NAMES = Object.keys(ACCESS_LEVELS) as [LevelName, ...LevelName[]];

/** Kubernetes' own ClusterRole that no word stands for, since who has it can give the namespace to others; a config may name it. */
const NAMESPACE_ADMIN: KnownRole = { clusterRole: "admin", accessPolicy: "AmazonEKSAdminPolicy", isBroad: true };

/** Kubernetes' own ClusterRoles for people; what they allow is judged by their names. */
export const OWN_CLUSTER_ROLES = [
	...Object.values(ACCESS_LEVELS).flatMap(({ clusterRole, rules }) => (rules ? [] : [clusterRole])),
	NAMESPACE_ADMIN.clusterRole,
	"cluster-admin",
];

/** The levels that have an EKS access policy. */
export const LEVELS_WITH_POLICY: AccessLevel[] = [
	...LEVEL_NAMES.filter((name) => ACCESS_LEVELS[name].accessPolicy),
	{ clusterRole: NAMESPACE_ADMIN.clusterRole },
];

/** What is known of a level: of a word, and of a ClusterRole of Kubernetes' own. */
export function knownRole(level: AccessLevel): KnownRole | undefined {
	if (typeof level === "string") {
		return ACCESS_LEVELS[level];
	}
	const known: KnownRole[] = [...Object.values(ACCESS_LEVELS), NAMESPACE_ADMIN];
	// One that is made here may have other rules in a cluster where it has been made by hand.
	return "clusterRole" in level
		? known.find(({ clusterRole, rules }) => clusterRole === level.clusterRole && !rules)
		: undefined;
}

/** A level in a word, for people: `full`, `edit`, `view`, `clusterRole/deployer`, `policy/AmazonEKSAdminViewPolicy`, `rules`. */
export function describeLevel(level: AccessLevel): string {
	if (typeof level === "string") {
		return level;
	}
	if ("policy" in level) {
		return `policy/${level.policy}`;
	}
	return "clusterRole" in level ? `clusterRole/${level.clusterRole}` : "rules";
}

/** The rules that a level says itself, or that AWS publishes of its access policy; of others the cluster says them. */
export function givenRules(level: AccessLevel): PolicyRule[] | undefined {
	if (typeof level === "string") {
		return undefined;
	}
	if ("policy" in level) {
		return ACCESS_POLICY_RULES[level.policy];
	}
	return "rules" in level ? level.rules : undefined;
}

/** The ClusterRole of a level; one with rules of its own is called `ownName`. */
export function clusterRoleOf(level: AccessLevel, ownName: string): string {
	if (typeof level === "string") {
		return ACCESS_LEVELS[level].clusterRole;
	}
	return "clusterRole" in level ? level.clusterRole : ownName;
}

/** The EKS access policy that is similar to a level, or that it is, or undefined. */
export function accessPolicyOf(level: AccessLevel): string | undefined {
	return typeof level === "object" && "policy" in level ? level.policy : knownRole(level)?.accessPolicy;
}
