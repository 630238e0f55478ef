import { type Problem, show } from "../errors/problem";
import type { AccessLevel } from "./access-levels";
import { knownRole } from "./access-levels";
import { CLUSTER_ADMIN_GROUP, DEFAULT_NAMESPACE, type PolicyRule, PROTECTED_NAMESPACES } from "./policy-rules";
import { grants } from "./rule-matcher";

/** Something that a team's access would give away, though nobody may have meant it. */
export interface Refusal {
	/** What to list under `allow` for it to be accepted; undefined where nothing makes it so. */
	name?: string;
	/** What it would give away. */
	message: string;
	/** What to do instead. */
	remedy?: string;
}

/** A namespace's name, or the whole cluster. */
export type Scope = { namespace: string } | "cluster";

/** Where some of what a level allows is refused: there its ClusterRole counts as the cluster has it, with what add-ons put into it. */
export function isProtected(scope: Scope): boolean {
	return scope === "cluster" || [...PROTECTED_NAMESPACES, DEFAULT_NAMESPACE].includes(scope.namespace);
}

const READING = ["get", "list", "watch"];
const URL_READING = ["get", "head", "options"];
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
		...(rules ?? [])
			.filter((rule) => !(knownRole(level) && actsAsServiceAccounts(rule)))
			.flatMap((rule) => ruleRefusals(rule, scope)),
	].filter(({ message }, at, all) => all.findIndex((other) => other.message === message) === at);
}

/** The groups that Kubernetes keeps for itself. */
export function groupRefusals(groups: string[], admin: boolean): Refusal[] {
	return groups
		.filter((group) => /^system:/i.test(group))
		.flatMap((group): Refusal[] => {
			if (group.toLowerCase() === CLUSTER_ADMIN_GROUP) {
				return admin
					? []
					: [{ message: `${group} makes cluster administrators`, remedy: "If that is meant, set admin: true" }];
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
				message: "the ClusterRole cluster-admin makes cluster administrators",
				remedy: "If that is meant, set admin: true instead",
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
	if (scope === "cluster" || !isProtected(scope)) {
		return [];
	}
	const { namespace } = scope;
	const writes = mayWrite(level, rules);
	const what = typeof level === "string" ? level : "this";
	if (namespace === DEFAULT_NAMESPACE) {
		const message =
			`${what} access in ${namespace} is refused: the Service kubernetes is in it, and who can write there can redirect or delete it. ` +
			"Choose the namespaces of the team's own workloads, or access: view";
		return writes ? [{ name: namespace, message }] : [];
	}
	if (!writes && !rules?.some((rule) => readsSecrets(rule) || connects(rule))) {
		return [];
	}
	return [
		{
			name: namespace,
			message:
				`${what} access in ${namespace} is refused: who can write there, read its secrets or enter its pods can make themselves ` +
				"cluster administrator",
			remedy: "Choose the namespaces of the team's own workloads, or access: view",
		},
	];
}

function clusterRefusals(level: AccessLevel, rules?: PolicyRule[]): Refusal[] {
	const refusals: Refusal[] = [];
	if (mayWrite(level, rules)) {
		refusals.push({
			name: "cluster-write",
			message:
				"writing in every namespace is refused: that includes kube-system, where aws-auth makes cluster administrators",
			remedy: "Give it by namespace",
		});
	}
	const isBroad = !rules && (knownRole(level)?.isBroad ?? false);
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
	if (!rules) {
		return !knownRole(level)?.isReadOnly;
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

/** Kubernetes' own `edit` and `admin` have such a rule, beside the one to make tokens of service accounts. */
function actsAsServiceAccounts({ resources = [], verbs }: PolicyRule): boolean {
	return resources.join() === "serviceaccounts" && verbs.join() === "impersonate";
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
	return scope === "cluster" ? [...refusals, ...clusterRuleRefusals(rule)] : refusals;
}

const IMPERSONATED = ["users", "groups", "serviceaccounts"];
const CERTIFICATES = "certificates.k8s.io";
const SIGNING: [path: string, verb: string][] = [
	["certificatesigningrequests/approval", "update"],
	["certificatesigningrequests/approval", "patch"],
	["certificatesigningrequests/status", "update"],
	["certificatesigningrequests/status", "patch"],
	["signers", "approve"],
	["signers", "sign"],
];

/** What a rule can do in the whole cluster only; each has a name of its own, which `cluster-write` does not stand for. */
function clusterRuleRefusals(rule: PolicyRule): Refusal[] {
	const refusals: Refusal[] = [];
	const writes = rule.verbs.some((verb) => !READING.includes(verb));
	const actsAs = (group: string) => IMPERSONATED.some((resource) => grants(rule, group, resource, "impersonate"));
	if (rule.verbs.includes("*") && ["", "authentication.k8s.io"].some(actsAs)) {
		refusals.push({ name: "impersonate", message: "* on users, groups or serviceaccounts lets people act as anybody" });
	}
	if (grants({ ...rule, verbs: ["*"] }, "", "nodes/proxy", "*")) {
		refusals.push({ name: "nodes/proxy", message: "nodes/proxy lets people run commands in every pod of every node" });
	}
	if (rule.nonResourceURLs?.length && rule.verbs.some((verb) => !URL_READING.includes(verb))) {
		refusals.push({
			name: "nonResourceURLs",
			message:
				"nonResourceURLs with verbs other than get, head and options let people change what the API server serves there",
		});
	}
	if (SIGNING.some(([path, verb]) => grants(rule, CERTIFICATES, path, verb))) {
		refusals.push({
			name: "certificatesigningrequests",
			message:
				"approving or signing certificates lets people come in under any name, that of a cluster administrator too",
		});
	}
	if (writes && grants({ ...rule, verbs: ["*"] }, RBAC, "clusterrolebindings", "*")) {
		refusals.push({
			name: "clusterrolebindings",
			message: "writing clusterrolebindings lets people give others access to the whole cluster, and take it away",
		});
	}
	return refusals;
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
		.map(({ name, message, remedy }) => {
			const said = about + [message, ...(remedy ? [remedy] : [])].join(". ");
			const meant = name === undefined ? "" : `; if that is meant, add ${show(name)} to the team's allow`;
			return { path, message: said + meant, code: "access-refused" };
		});
}
