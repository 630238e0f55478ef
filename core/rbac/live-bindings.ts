import { describeOrigin, type LiveMetadata } from "../kubernetes/origin";
import type { AccessLevel } from "./access-levels";
import { knownRole } from "./access-levels";
import { levelRefusals, type Scope } from "./dangers";
import { type PolicyRule, PROTECTED_NAMESPACES } from "./policy-rules";
import { grants } from "./rule-matcher";

/** Who is bound: a Kubernetes group, a user or a service account. */
export interface Subject {
	kind: string;
	name: string;
	/** Of a service account. */
	namespace?: string;
}

/** A Role, or a ClusterRole. */
export interface RoleRef {
	kind: string;
	name: string;
}

/** A RoleBinding, or without a namespace a ClusterRoleBinding, as the API server sends it. */
export interface LiveBinding {
	metadata: LiveMetadata & { name: string; namespace?: string };
	roleRef: RoleRef;
	subjects?: Subject[] | null;
}

/** The names by which the cluster knows a team's people. */
export interface TeamSubjects {
	groups: readonly string[];
	/** Those that are fixed, without templates. */
	usernames: readonly string[];
}

/** Something that a binding gives besides what a config lists. */
export interface BindingFinding {
	/** What accepts it under a team's `allow`. */
	key: string;
	/** The object, what it gives and whose it is. */
	message: string;
}

/** The rules of a Role (in a namespace) or a ClusterRole; undefined where there is none. */
export type RulesOf = (role: RoleRef, namespace: string | undefined) => PolicyRule[] | undefined;

/** `RoleBinding dev/legacy`, `ClusterRoleBinding legacy`. */
export function nameOfBinding({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

/** What accepts a binding under `allow`. */
export function bindingKey({ name, namespace }: { name: string; namespace?: string }): string {
	return namespace === undefined ? `clusterRoleBinding/${name}` : `roleBinding/${namespace}/${name}`;
}

/** Of bindings that are not the stack's, those that give a team's groups or usernames something. */
export function bindingsOfOthers(live: readonly LiveBinding[], { groups, usernames }: TeamSubjects): BindingFinding[] {
	return live.flatMap(({ metadata, roleRef, subjects }) => {
		const bound = (subjects ?? []).filter(
			({ kind, name }) => (kind === "Group" && groups.includes(name)) || (kind === "User" && usernames.includes(name)),
		);
		if (bound.length === 0) {
			return [];
		}
		const whom = bound.map(({ kind, name }) => `the ${kind.toLowerCase()} ${name}`).join(" and ");
		return [
			{
				key: bindingKey(metadata),
				message:
					`the ${nameOfBinding(metadata)} (${describeOrigin(metadata)}) gives ${whom} ` +
					`the ${roleRef.kind} ${roleRef.name} ${describePlace(metadata)}`,
			},
		];
	});
}

const EVERYBODY = /^system:(?:authenticated|unauthenticated|serviceaccounts(?::.+)?)$/;

/** Whether Kubernetes reconciles a binding by itself, or EKS puts it into each cluster. */
export function isDefaultBinding({ name, labels }: LiveBinding["metadata"]): boolean {
	return labels?.["kubernetes.io/bootstrapping"] === "rbac-defaults" || name.startsWith("eks:");
}

/** Bindings that give something to everybody, Kubernetes' and EKS' own left out. */
export function bindingsForEverybody(live: readonly LiveBinding[]): string[] {
	return live.flatMap(({ metadata, roleRef, subjects }) => {
		const all = (subjects ?? []).filter(({ kind, name }) => kind === "Group" && EVERYBODY.test(name));
		return all.length === 0 || isDefaultBinding(metadata)
			? []
			: [
					`the ${nameOfBinding(metadata)} gives ${all.map(({ name }) => name).join(" and ")} ` +
						`the ${roleRef.kind} ${roleRef.name} ${describePlace(metadata)}`,
				];
	});
}

/** What lets people act as any service account of a namespace: its tokens, or pods that have them. */
const ACTING: [group: string, path: string, verb: string][] = [
	...["pods", "pods/exec", "pods/attach", "pods/ephemeralcontainers", "replicationcontrollers", "secrets"].map(
		(path): [string, string, string] => ["", path, "create"],
	),
	...["get", "list", "watch"].map((verb): [string, string, string] => ["", "secrets", verb]),
	["", "serviceaccounts/token", "create"],
	...["deployments", "daemonsets", "statefulsets", "replicasets"].flatMap((path) =>
		["create", "update", "patch"].map((verb): [string, string, string] => ["apps", path, verb]),
	),
	...["jobs", "cronjobs"].map((path): [string, string, string] => ["batch", path, "create"]),
	["batch", "cronjobs", "patch"],
];

/** Whether somebody with a level in a namespace can act as its service accounts. A ClusterRole whose rules are not known can. */
export function actsAsServiceAccounts(level: AccessLevel, rulesOf: RulesOf): boolean {
	const known = knownRole(level);
	if (known?.isReadOnly || known?.isBroad) {
		return known.isBroad ?? false;
	}
	const rules =
		typeof level === "object" && "rules" in level
			? level.rules
			: typeof level === "object"
				? rulesOf({ kind: "ClusterRole", name: level.clusterRole }, undefined)
				: known?.rules;
	return rules?.some((rule) => ACTING.some(([group, path, verb]) => grants(rule, group, path, verb))) ?? true;
}

/**
 * The bindings of a namespace's service accounts beyond that namespace. Those of Kubernetes' own namespaces are left out: whoever may
 * write there can become cluster administrator in any case.
 */
export function bindingsBeyond(live: readonly LiveBinding[], namespace: string): LiveBinding[] {
	return PROTECTED_NAMESPACES.includes(namespace)
		? []
		: live.filter(
				({ metadata, subjects }) =>
					metadata.namespace !== namespace && (subjects ?? []).some((each) => accountOf(each, namespace)),
			);
}

/** The service accounts of a namespace that have more beyond it than a team may be given directly. */
export function strongServiceAccounts(
	live: readonly LiveBinding[],
	namespace: string,
	rulesOf: RulesOf,
): BindingFinding[] {
	return bindingsBeyond(live, namespace).flatMap(({ metadata, roleRef, subjects }) => {
		const scope: Scope = metadata.namespace === undefined ? "cluster" : { namespace: metadata.namespace };
		const rules = rulesOf(roleRef, metadata.namespace);
		if (!rules || levelRefusals({ rules }, scope).length === 0) {
			return [];
		}
		const names = new Set((subjects ?? []).flatMap((each) => accountOf(each, namespace) ?? []));
		return [...names].map((name) => ({
			key: `serviceAccount/${namespace}/${name}`,
			message:
				`whoever may create pods or tokens in ${namespace} can act as its service account ${name}, to which the ` +
				`${nameOfBinding(metadata)} (${describeOrigin(metadata)}) gives the ${roleRef.kind} ${roleRef.name} ${describePlace(metadata)}`,
		}));
	});
}

/** The name of the service account that a subject is, if it is one of the namespace. */
function accountOf({ kind, name, namespace: own }: Subject, namespace: string): string | undefined {
	if (kind === "ServiceAccount") {
		return own === namespace ? name : undefined;
	}
	const prefix = `system:serviceaccount:${namespace}:`;
	return kind === "User" && name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

function describePlace({ namespace }: { namespace?: string }): string {
	return namespace === undefined ? "in the whole cluster" : `in the namespace ${namespace}`;
}
