import { knownRole } from "./access-levels";
import { CLUSTER_ADMIN_GROUP, type PolicyRule, PROTECTED_NAMESPACES } from "./access-rules";
import { type Problem, show } from "./config-problem";
import type { AccessLevel } from "./team";

/** Something that a team's access would give away, though nobody may have meant it. */
export interface Refusal {
	/** What to list under `allow` for it to be accepted; undefined where nothing makes it so. */
	name?: string;
	message: string;
}

/** A namespace's name, or the whole cluster. */
export type Scope = { namespace: string } | "cluster";

const READING = ["get", "list", "watch"];
const RBAC = "rbac.authorization.k8s.io";
const RBAC_RESOURCES = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"];
/** Reviews are created and change nothing. */
const REVIEWS = ["authorization.k8s.io", "authentication.k8s.io"];
/** Opened by `get` too, with which WebSockets begin; what goes through them is not only reading. */
const CONNECTIONS = ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"];

/** What is dangerous about a level. An existing ClusterRole is judged by its name, and by its rules where they are known. */
export function levelRefusals(level: AccessLevel, scope: Scope, known?: PolicyRule[]): Refusal[] {
	const rules = typeof level === "object" && "rules" in level ? level.rules : known;
	return [
		...namedRefusals(level, scope),
		...protectedRefusals(level, scope, rules),
		...(scope === "cluster" ? clusterRefusals(level, rules) : []),
		...(rules ?? []).flatMap((rule) => ruleRefusals(rule, scope)),
	].filter(({ message }, at, all) => all.findIndex((other) => other.message === message) === at);
}

/** The groups that Kubernetes keeps for itself. */
export function groupRefusals(groups: string[], admin: boolean): Refusal[] {
	return groups
		.filter((group) => /^system:/i.test(group))
		.flatMap((group) => {
			if (group.toLowerCase() === CLUSTER_ADMIN_GROUP) {
				return admin ? [] : [{ message: `${group} makes cluster administrators; if that is meant, set admin: true` }];
			}
			return [
				{
					name: group,
					message: `${group} is one of Kubernetes' own groups, which give what its components need`,
				},
			];
		});
}

function namedRefusals(level: AccessLevel, scope: Scope): Refusal[] {
	const role = typeof level === "object" && "clusterRole" in level ? level.clusterRole : undefined;
	if (role === "cluster-admin" && scope === "cluster") {
		return [
			{
				message:
					"the ClusterRole cluster-admin makes cluster administrators; if that is meant, set admin: true instead",
			},
		];
	}
	if (role === "cluster-admin" || role?.startsWith("system:")) {
		const what =
			role === "cluster-admin" ? "allows everything, RBAC objects too" : "is made for Kubernetes' own components";
		return [{ name: `clusterRole/${role}`, message: `the ClusterRole ${role} ${what}` }];
	}
	return [];
}

function protectedRefusals(level: AccessLevel, scope: Scope, rules?: PolicyRule[]): Refusal[] {
	if (scope === "cluster" || !PROTECTED_NAMESPACES.includes(scope.namespace)) {
		return [];
	}
	const { namespace } = scope;
	if (!mayWrite(level, rules) && !rules?.some((rule) => readsSecrets(rule) || connects(rule))) {
		return [];
	}
	const what = typeof level === "string" ? level : "this";
	return [
		{
			name: namespace,
			message:
				`${what} access in ${namespace} is refused: who can write there, read its secrets or enter its pods can make themselves ` +
				"cluster administrator. Choose the namespaces of the team's own workloads, or access: view",
		},
	];
}

function clusterRefusals(level: AccessLevel, rules?: PolicyRule[]): Refusal[] {
	const refusals: Refusal[] = [];
	if (mayWrite(level, rules)) {
		refusals.push({
			name: "cluster-write",
			message:
				"writing in every namespace is refused: that includes kube-system, where aws-auth makes cluster administrators. " +
				"Give it by namespace",
		});
	}
	const isBroad = knownRole(level)?.isBroad ?? false;
	if (isBroad || rules?.some(readsSecrets)) {
		refusals.push({
			name: "secrets",
			message: "reading secrets in every namespace is refused: kube-system's are among them",
		});
	}
	if (isBroad || rules?.some(connects)) {
		refusals.push({
			name: "pods/exec",
			message: `get on ${CONNECTIONS.join(", ")} lets people into the pods of every namespace: kube-system's are among them`,
		});
	}
	if (isBroad || rules?.some((rule) => grants(rule, "", "serviceaccounts/token", "create"))) {
		refusals.push({
			name: "serviceaccounts/token",
			message: "serviceaccounts/token lets people act as any service account of the cluster",
		});
	}
	return refusals;
}

function mayWrite(level: AccessLevel, rules?: PolicyRule[]): boolean {
	if (knownRole(level)?.isReadOnly) {
		return false;
	}
	if (!rules) {
		return true;
	}
	return rules.some(
		({ apiGroups = [], resources = [], verbs }) =>
			resources.length > 0 &&
			verbs.some((verb) => !READING.includes(verb)) &&
			!apiGroups.every((group) => REVIEWS.includes(group)),
	);
}

function readsSecrets(rule: PolicyRule): boolean {
	return READING.some((verb) => grants(rule, "", "secrets", verb));
}

function connects(rule: PolicyRule): boolean {
	return CONNECTIONS.some((resource) => grants(rule, "", resource, "get"));
}

function ruleRefusals(rule: PolicyRule, scope: Scope): Refusal[] {
	const isOnRbac = RBAC_RESOURCES.some((resource) => grants({ ...rule, verbs: ["*"] }, RBAC, resource, "*"));
	// Kubernetes 1.36 divides impersonate: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
	const refusals = rule.verbs.flatMap((verb) => {
		const [name] = /^(bind|escalate)$|^impersonate/.exec(verb) ?? [];
		return name ? [{ name, message: `the verb ${verb} lets people give themselves more than they were given` }] : [];
	});
	const writes = rule.verbs.some((verb) => !READING.includes(verb));
	if (isOnRbac && (rule.verbs.includes("*") || (writes && rule.resources?.includes("*")))) {
		refusals.push({ name: "rbac", message: "* on RBAC objects lets people give themselves more than they were given" });
	}
	if (scope !== "cluster") {
		return refusals;
	}
	const impersonated = ["users", "groups", "serviceaccounts"];
	const actsAs = (group: string) => impersonated.some((resource) => grants(rule, group, resource, "impersonate"));
	if (rule.verbs.includes("*") && ["", "authentication.k8s.io"].some(actsAs)) {
		refusals.push({ name: "impersonate", message: "* on users, groups or serviceaccounts lets people act as anybody" });
	}
	if (grants({ ...rule, verbs: ["*"] }, "", "nodes/proxy", "*")) {
		refusals.push({ name: "nodes/proxy", message: "nodes/proxy lets people run commands in every pod of every node" });
	}
	return refusals;
}

/** As the API server matches a request: `*` is everything, and an asterisk before a slash the subresource of anything. */
function grants(rule: PolicyRule, group: string, resource: string, verb: string): boolean {
	const { apiGroups = [], resources = [], verbs } = rule;
	const [, subresource] = resource.split("/");
	return (
		(apiGroups.includes("*") || apiGroups.includes(group)) &&
		(resources.includes("*") || resources.includes(resource) || resources.includes(`*/${subresource}`)) &&
		(verbs.includes("*") || verbs.includes(verb))
	);
}

/**
 * What to say of refusals that a team's `allow` does not name, and what to do if they are meant.
 *
 * @param about What stands before it, for example `ClusterRole deployer: `.
 */
export function refusalProblems(
	refusals: Refusal[],
	allow: readonly string[],
	path: string,
	about = "",
): (Problem & { code: "access-refused" })[] {
	return refusals
		.filter(({ name }) => name === undefined || !allow.includes(name))
		.map(({ name, message }) => ({
			path,
			message:
				about + (name === undefined ? message : `${message}; if that is meant, add ${show(name)} to the team's allow`),
			code: "access-refused",
		}));
}
