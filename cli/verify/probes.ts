import type { AccessLevel } from "../../core/rbac/access-levels";
import { ACCESS_LEVELS, givenRules } from "../../core/rbac/access-levels";
import { covers } from "../../core/rbac/namespace-pattern";
import { metricsRules, type PolicyRule, PROTECTED_NAMESPACES } from "../../core/rbac/policy-rules";
import { allows, type ResourceRequest, requestsOf } from "../../core/rbac/rule-matcher";
import type { Team } from "../../core/teams/team";

/** A question to the API server: may somebody do this, in a namespace or (without one) in the whole cluster? */
export interface Probe extends ResourceRequest {
	namespace?: string;
}

/** A probe with the answer that is right. */
export interface Question {
	probe: Probe;
	allowed: boolean;
}

/** What tells the levels apart, each with Kubernetes' own ClusterRoles that allow it. */
const PROBES: [verb: string, group: string, path: string, roles: string][] = [
	["get", "", "pods", "view edit"],
	["list", "apps", "deployments", "view edit"],
	["get", "", "configmaps", "view edit"],
	["get", "", "pods/log", "view edit"],
	["get", "", "secrets", "edit"],
	["create", "apps", "deployments", "edit"],
	["patch", "apps", "deployments", "edit"],
	["delete", "", "pods", "edit"],
	["create", "", "pods/exec", "edit"],
	["create", "batch", "jobs", "edit"],
	["create", "networking.k8s.io", "networkpolicies", "edit"],
	["update", "", "endpoints", ""],
	["patch", "", "services/status", ""],
	["delete", "", "resourcequotas", ""],
	["update", "", "limitranges", ""],
	["create", "rbac.authorization.k8s.io", "rolebindings", ""],
	["escalate", "rbac.authorization.k8s.io", "roles", ""],
	["bind", "rbac.authorization.k8s.io", "clusterroles", ""],
];

/** What nobody may who is given namespaces only. */
const CLUSTER_WIDE: Probe[] = [
	probe("list", "", "nodes"),
	probe("get", "", "nodes/proxy"),
	probe("create", "", "namespaces"),
	probe("list", "", "pods"),
	probe("list", "", "secrets"),
	probe("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
	probe("impersonate", "", "users"),
	{ ...probe("impersonate", "", "groups"), name: "system:masters" },
];
const AWS_AUTH: Probe = { ...probe("patch", "", "configmaps", "kube-system"), name: "aws-auth" };
/** Of a ClusterRole with many rules, so many are asked. */
const MOST_OF_A_LEVEL = 40;

/** Rules of the ClusterRoles that levels name, as the cluster has them. */
export type ClusterRoleRules = ReadonlyMap<string, readonly PolicyRule[]>;

/** What a level allows. A ClusterRole of Kubernetes' own has in a cluster what add-ons put into it; without a cluster, what probes ask. */
export function rulesOfLevel(level: AccessLevel, live: ClusterRoleRules): readonly PolicyRule[] {
	if (typeof level === "object") {
		return givenRules(level) ?? ("clusterRole" in level ? live.get(level.clusterRole) : undefined) ?? [];
	}
	const { clusterRole, rules } = ACCESS_LEVELS[level];
	return rules ?? live.get(clusterRole) ?? rulesByProbes(clusterRole);
}

function rulesByProbes(clusterRole: string): PolicyRule[] {
	return PROBES.filter(([, , , roles]) => roles.split(" ").includes(clusterRole)).map(([verb, group, path]) => ({
		...{ apiGroups: [group], resources: [path], verbs: [verb] },
	}));
}

/** What Kubernetes' own ClusterRoles for people should not allow, and do: an add-on, or somebody, has put it there. */
export function surplusOf(clusterRole: string, rules: readonly PolicyRule[]): string[] {
	return PROBES.filter(([, , , roles]) => !roles.split(" ").includes(clusterRole))
		.map(([verb, group, path]) => probe(verb, group, path))
		.filter((each) => allows(rules, each))
		.map(describeProbe);
}

/** What to ask of someone in these teams about a namespace: every kind of cell that their levels have there, or that they have none. */
export function questionsIn(namespace: string, teams: readonly Team[], live: ClusterRoleRules): Question[] {
	const own = teams.flatMap((team) => {
		const levels = team.namespaces.filter(({ name }) => covers(name, namespace)).map(({ access }) => access);
		return levels.length > 0 && team.metrics ? [...levels, { rules: metricsRules }] : levels;
	});
	const rules = [...own, ...clusterLevels(teams)].flatMap((level) => rulesOfLevel(level, live));
	const asked = own.length > 0 ? [...standardIn(namespace), ...derived(own, live, namespace)] : refusedIn(namespace);
	return unique(asked).map((each) => ({ probe: each, allowed: allows(rules, each) }));
}

/** What to ask of someone in these teams about the whole cluster, and about aws-auth, which makes administrators. */
export function questionsInCluster(teams: readonly Team[], live: ClusterRoleRules): Question[] {
	const levels = clusterLevels(teams);
	const rules = levels.flatMap((level) => rulesOfLevel(level, live));
	const inKubeSystem = teams
		.flatMap(({ namespaces }) => namespaces.filter(({ name }) => covers(name, AWS_AUTH.namespace as string)))
		.flatMap(({ access }) => rulesOfLevel(access, live));
	return [
		...unique([...CLUSTER_WIDE, ...derived(levels, live)]).map((each) => ({
			probe: each,
			allowed: allows(rules, each),
		})),
		{ probe: AWS_AUTH, allowed: allows([...rules, ...inKubeSystem], AWS_AUTH) },
	];
}

function clusterLevels(teams: readonly Team[]): AccessLevel[] {
	return teams.flatMap(({ clusterAccess }) => clusterAccess ?? []);
}

function standardIn(namespace: string): Probe[] {
	return PROBES.map(([verb, group, path]) => probe(verb, group, path, namespace));
}

function refusedIn(namespace: string): Probe[] {
	return [
		probe("get", "", "pods", namespace),
		probe("get", "", "secrets", namespace),
		PROTECTED_NAMESPACES.includes(namespace)
			? probe("update", "", "configmaps", namespace)
			: probe("create", "apps", "deployments", namespace),
	];
}

/** What the rules of levels say one by one; `*` is asked as `*`. */
function derived(levels: readonly AccessLevel[], live: ClusterRoleRules, namespace?: string): Probe[] {
	// Of Kubernetes' own ClusterRoles, the standard questions ask enough.
	const own = levels.filter((level) => typeof level === "object" || ACCESS_LEVELS[level].rules);
	return own.flatMap((level) => {
		const all = rulesOfLevel(level, live).flatMap(requestsOf);
		// Of a long list some of every part.
		const step = Math.max(1, all.length / MOST_OF_A_LEVEL);
		return all
			.filter((_, at) => Math.floor(at / step) > Math.floor((at - 1) / step))
			.map((each) => ({ ...each, namespace }));
	});
}

function probe(verb: string, group: string, path: string, namespace?: string): Probe {
	const [resource, subresource] = path.split("/");
	return { verb, group, resource: resource as string, subresource, namespace };
}

function unique(probes: Probe[]): Probe[] {
	const seen = new Map(probes.map((each) => [describeProbe(each), each]));
	return [...seen.values()];
}

/** `list deployments.apps`, `patch configmaps aws-auth`. */
export function describeProbe({ verb, group, resource, subresource, name }: Probe): string {
	const kind = [resource, subresource].filter(Boolean).join("/");
	return [verb, group ? `${kind}.${group}` : kind, name].filter(Boolean).join(" ");
}
