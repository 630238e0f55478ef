import { isDeepStrictEqual } from "node:util";
import { type DangerReason, explainDanger } from "../errors/danger-reasons";
import { type Problem, show } from "../errors/problem";
import type { AccessLevel } from "./access-levels";
import { givenRules, knownRole } from "./access-levels";
import { covers } from "./namespace-pattern";
import { CLUSTER_ADMIN_GROUP, DEFAULT_NAMESPACE, type PolicyRule, PROTECTED_NAMESPACES } from "./policy-rules";
import { grants } from "./rule-matcher";

/** Something that a team's access would give away, though nobody may have meant it. */
export interface Refusal {
	/** What to list under `allow` for it to be accepted; undefined where nothing makes it so. */
	name?: string;
	reason: DangerReason;
}

/** A namespace's name, or a pattern of such, or the whole cluster. */
export type Scope = { namespace: string } | "cluster";

/** Where some of what a level allows is refused: there its ClusterRole counts as the cluster has it, with what add-ons put into it. */
export function isProtected(scope: Scope): boolean {
	return scope === "cluster" || protectedIn(scope.namespace).length > 0;
}

function protectedIn(namespace: string): string[] {
	return [...PROTECTED_NAMESPACES, DEFAULT_NAMESPACE].filter((name) => covers(namespace, name));
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
	const rules = givenRules(level) ?? known;
	return [
		...namedRefusals(level, scope),
		...protectedRefusals(level, scope, rules),
		...(scope === "cluster" ? clusterRefusals(level, rules) : []),
		...policyRefusals(level, scope),
		...(rules ?? [])
			.filter((rule) => !(knownRole(level) && actsAsServiceAccounts(rule)))
			.flatMap((rule) => ruleRefusals(rule, scope)),
	].filter((refusal, at, all) => !isAmong(all.slice(0, at), refusal));
}

/** Whether the same is refused for the same reason already. */
export function isAmong(refusals: Refusal[], { reason }: Refusal): boolean {
	return refusals.some((other) => isDeepStrictEqual(other.reason, reason));
}

/** The groups that Kubernetes keeps for itself. */
export function groupRefusals(groups: string[], admin: boolean): Refusal[] {
	return groups
		.filter((group) => /^system:/i.test(group))
		.flatMap((group): Refusal[] => {
			if (group.toLowerCase() === CLUSTER_ADMIN_GROUP) {
				return admin ? [] : [{ reason: { is: "group-of-administrators", group } }];
			}
			return [{ name: group, reason: { is: "group-of-kubernetes", group } }];
		});
}

function namedRefusals(level: AccessLevel, scope: Scope): Refusal[] {
	const role = typeof level === "object" && "clusterRole" in level ? level.clusterRole : undefined;
	if (role === "cluster-admin" && scope === "cluster") {
		return [{ reason: { is: "role-of-administrators" } }];
	}
	if (role === "cluster-admin" || role?.startsWith("system:")) {
		const is = role === "cluster-admin" ? "role-of-everything" : "role-of-kubernetes";
		return [{ name: `clusterRole/${role}`, reason: { is, role } }];
	}
	return [];
}

function protectedRefusals(level: AccessLevel, scope: Scope, rules?: PolicyRule[]): Refusal[] {
	if (scope === "cluster") {
		return [];
	}
	const writes = mayWrite(level, rules);
	const enters = writes || rules?.some((rule) => readsSecrets(rule) || connects(rule));
	return protectedIn(scope.namespace).flatMap((namespace): Refusal[] => {
		const isDefault = namespace === DEFAULT_NAMESPACE;
		const place = { level: typeof level === "string" ? level : undefined, namespace };
		return (isDefault ? writes : enters)
			? [{ name: namespace, reason: { is: isDefault ? "default-namespace" : "protected-namespace", ...place } }]
			: [];
	});
}

/** What the name of an access policy does not say, and rules that somebody writes do. */
function policyRefusals(level: AccessLevel, scope: Scope): Refusal[] {
	if (typeof level !== "object" || !("policy" in level)) {
		return [];
	}
	const { policy } = level;
	const rules = givenRules(level) ?? [];
	const writesRbac = rules.some((rule) => grants(rule, RBAC, "rolebindings", "create"));
	return [
		...(scope !== "cluster" && rules.some(readsSecrets)
			? [{ name: "secrets", reason: { is: "policy-secrets", policy } } as const]
			: []),
		...(writesRbac ? [{ name: "rbac", reason: { is: "policy-rbac", policy } } as const] : []),
	];
}

function clusterRefusals(level: AccessLevel, rules?: PolicyRule[]): Refusal[] {
	const refusals: Refusal[] = [];
	if (mayWrite(level, rules)) {
		refusals.push({ name: "cluster-write", reason: { is: "cluster-writing" } });
	}
	const isBroad = !rules && (knownRole(level)?.isBroad ?? false);
	if (isBroad || rules?.some(readsSecrets)) {
		refusals.push({ name: "secrets", reason: { is: "cluster-secrets" } });
	}
	if (isBroad || rules?.some(connects)) {
		refusals.push({ name: "pods/exec", reason: { is: "cluster-connections", resources: CONNECTIONS } });
	}
	if (isBroad || rules?.some((rule) => grants(rule, "", "serviceaccounts/token", "create"))) {
		refusals.push({ name: "serviceaccounts/token", reason: { is: "cluster-tokens" } });
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
	const refusals = rule.verbs.flatMap((verb): Refusal[] => {
		const [name] = /^(bind|escalate)$|^impersonate/.exec(verb) ?? [];
		return name ? [{ name, reason: { is: "escalating-verb", verb } }] : [];
	});
	const writes = rule.verbs.some((verb) => !READING.includes(verb));
	if (isOnRbac && (rule.verbs.includes("*") || (writes && rule.resources?.includes("*")))) {
		refusals.push({ name: "rbac", reason: { is: "all-on-rbac" } });
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
		refusals.push({ name: "impersonate", reason: { is: "all-on-people" } });
	}
	if (grants({ ...rule, verbs: ["*"] }, "", "nodes/proxy", "*")) {
		refusals.push({ name: "nodes/proxy", reason: { is: "nodes-proxy" } });
	}
	if (rule.nonResourceURLs?.length && rule.verbs.some((verb) => !URL_READING.includes(verb))) {
		refusals.push({ name: "nonResourceURLs", reason: { is: "writing-urls" } });
	}
	if (SIGNING.some(([path, verb]) => grants(rule, CERTIFICATES, path, verb))) {
		refusals.push({ name: "certificatesigningrequests", reason: { is: "signing-certificates" } });
	}
	if (writes && grants({ ...rule, verbs: ["*"] }, RBAC, "clusterrolebindings", "*")) {
		refusals.push({ name: "clusterrolebindings", reason: { is: "writing-clusterrolebindings" } });
	}
	return refusals;
}

/** What a refusal says, without what to do. */
export function dangerText({ reason }: Refusal): string {
	return explainDanger(reason)[0];
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
		.map(({ name, reason }) => {
			const said = about + explainDanger(reason).join(". ");
			const meant = name === undefined ? "" : `; if that is meant, add ${show(name)} to the team's allow`;
			return { path, message: said + meant, code: "access-refused" };
		});
}
