import { describeOrigin, type LiveMetadata } from "../kubernetes/origin";
import type { AccessLevel } from "./access-levels";
import { givenRules, knownRole } from "./access-levels";
import { boundRefusals, type NamespaceBounds } from "./bounds";
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

/** The names by which the cluster knows a team's people, with `{{…}}` for what a session gives. */
export interface TeamSubjects {
	groups: readonly string[];
	usernames: readonly string[];
}

/** What a binding gives besides what a config lists. */
export interface Gift {
	binding: LiveBinding;
	/** To whom, which role and where: `gives the Group ops the ClusterRole cluster-admin in the whole cluster`. */
	gives: string;
}

/** A {@link Gift} that is refused until somebody accepts it. */
export interface BindingFinding extends Gift {
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
	const [ofGroups, ofUsers] = [groups, usernames].map((names) => names.map(matcherOf));
	const isTeams = ({ kind, name }: Subject) =>
		(kind === "Group" ? ofGroups : kind === "User" ? ofUsers : undefined)?.some((covers) => covers(name)) ?? false;
	return live.flatMap((binding) => {
		const { metadata, subjects } = binding;
		const bound = (subjects ?? []).filter(isTeams);
		if (bound.length === 0) {
			return [];
		}
		const gives = giving(binding, bound);
		const message = `the ${nameOfBinding(metadata)} (${describeOrigin(metadata)}) ${gives}`;
		return [{ key: bindingKey(metadata), message, gives, binding }];
	});
}

/** Tells the names that can come of a username or group: people choose the name of their session themselves. */
export function matcherOf(template: string): (name: string) => boolean {
	const [start, ...rest] = template.split(/\{\{\w+\}\}/) as [string, ...string[]];
	const end = rest.at(-1);
	return end === undefined ? (name) => name === template : (name) => name.startsWith(start) && name.endsWith(end);
}

/** What Kubernetes itself gives everybody: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles */
const FOR_EVERYBODY = [
	...["system:basic-user", "system:discovery", "system:public-info-viewer"],
	"system:service-account-issuer-discovery",
];

/** Bindings that give something to everybody, Kubernetes' and EKS' own left out. */
export function bindingsForEverybody(live: readonly LiveBinding[]): Gift[] {
	return live.flatMap((binding) => {
		const { metadata, roleRef, subjects } = binding;
		const all = (subjects ?? []).filter(isEverybody);
		const isOfKubernetes = FOR_EVERYBODY.includes(metadata.name) && roleRef.name === metadata.name;
		const isOfEks = [metadata, roleRef].every(({ name }) => name.startsWith("eks:"));
		return all.length === 0 || isOfKubernetes || isOfEks ? [] : [{ binding, gives: giving(binding, all) }];
	});
}

function isEverybody({ kind, name }: Subject): boolean {
	return kind === "Group"
		? /^system:(?:authenticated|unauthenticated|serviceaccounts)$/.test(name)
		: kind === "User" && name === "system:anonymous";
}

/** What lets people act as any service account of a namespace: its tokens, or pods that have them. */
const ACTING: [group: string, path: string, verbs: string[]][] = [
	["", "pods", ["create", "update", "patch"]],
	// WebSockets begin with get.
	["", "pods/exec", ["create", "get"]],
	["", "pods/attach", ["create", "get"]],
	["", "pods/ephemeralcontainers", ["update", "patch"]],
	["", "replicationcontrollers", ["create", "update", "patch"]],
	["", "secrets", ["create", "get", "list", "watch"]],
	["", "serviceaccounts/token", ["create"]],
	["", "serviceaccounts", ["impersonate"]],
	...["deployments", "daemonsets", "statefulsets", "replicasets"].map((path): [string, string, string[]] => [
		"apps",
		path,
		["create", "update", "patch"],
	]),
	["batch", "jobs", ["create"]],
	["batch", "cronjobs", ["create", "update", "patch"]],
];

/** Whether somebody with a level in a namespace can act as its service accounts. A ClusterRole whose rules are not known can. */
export function actsAsServiceAccounts(level: AccessLevel, rulesOf: RulesOf): boolean {
	const known = knownRole(level);
	if (known?.isReadOnly || known?.isBroad) {
		return known.isBroad ?? false;
	}
	const rules =
		givenRules(level) ??
		(typeof level === "object" && "clusterRole" in level
			? rulesOf({ kind: "ClusterRole", name: level.clusterRole }, undefined)
			: known?.rules);
	const acts = (rule: PolicyRule) =>
		ACTING.some(([group, path, verbs]) => verbs.some((verb) => grants(rule, group, path, verb)));
	return rules?.some(acts) ?? true;
}

/** A binding with one of its subjects that is a service account; `*` is every one of the namespace. */
interface BoundAccount {
	binding: LiveBinding;
	account: string;
}

/**
 * What is bound to service accounts, by their namespace. Those of Kubernetes' own namespaces are left out: whoever may write there can
 * become cluster administrator in any case.
 */
export function serviceAccountsIn(live: readonly LiveBinding[]): Map<string, BoundAccount[]> {
	const bound = new Map<string, BoundAccount[]>();
	for (const binding of live) {
		for (const subject of binding.subjects ?? []) {
			const [namespace, account] = accountOf(subject) ?? [];
			if (namespace !== undefined && account !== undefined && !PROTECTED_NAMESPACES.includes(namespace)) {
				const known = bound.get(namespace) ?? [];
				known.push({ binding, account });
				bound.set(namespace, known);
			}
		}
	}
	return bound;
}

function accountOf({ kind, name, namespace = "" }: Subject): [namespace: string, name: string] | undefined {
	if (kind === "ServiceAccount") {
		return [namespace, name];
	}
	const pattern = kind === "User" ? /^system:serviceaccount:([^:]+):(.+)$/ : /^system:serviceaccounts:([^:]+)()$/;
	const [, place, account] = pattern.exec(name) ?? [];
	return place === undefined ? undefined : [place, account || "*"];
}

/**
 * The service accounts of a namespace that have more than a team which can act as them: what it may not be given directly, other
 * namespaces to write in, or what undoes the namespace's bounds.
 *
 * @param bound Of {@link serviceAccountsIn}.
 * @param team.writesIn Namespaces in which the team can act as service accounts itself.
 * @param team.settings Of the namespace.
 */
export function strongServiceAccounts(
	bound: readonly BoundAccount[],
	namespace: string,
	rulesOf: RulesOf,
	team: { writesIn: readonly string[]; settings?: NamespaceBounds },
): BindingFinding[] {
	return bound.flatMap(({ binding, account }) => {
		const { metadata, roleRef } = binding;
		const rules = rulesOf(roleRef, metadata.namespace);
		if (!rules || !isMore(rules, metadata.namespace, namespace, team)) {
			return [];
		}
		const [who, whom] = account === "*" ? ["all its service accounts", ""] : ["its service account ", account];
		return [
			{
				key: account === "*" ? bindingKey(metadata) : `serviceAccount/${namespace}/${account}`,
				message:
					`whoever may create pods or tokens in ${namespace} can act as ${who}${whom}, to which the ` +
					`${nameOfBinding(metadata)} (${describeOrigin(metadata)}) gives the ${roleRef.kind} ${roleRef.name} ${describePlace(metadata)}`,
				gives: giving(binding, [{ kind: "ServiceAccount", name: account, namespace }]),
				binding,
			},
		];
	});
}

function isMore(
	rules: PolicyRule[],
	place: string | undefined,
	own: string,
	{ writesIn, settings = {} }: Parameters<typeof strongServiceAccounts>[3],
): boolean {
	if (place === own) {
		// Admission guards NetworkPolicies against the namespace's service accounts too.
		return boundRefusals(rules, own, { ...settings, networkPolicy: undefined }).length > 0;
	}
	// Where the team may not write itself, as little as in Kubernetes' own namespaces.
	const [strictest] = PROTECTED_NAMESPACES as [string];
	const scope: Scope = place === undefined ? "cluster" : { namespace: writesIn.includes(place) ? place : strictest };
	return levelRefusals({ rules }, scope).length > 0;
}

function giving({ metadata, roleRef }: LiveBinding, subjects: readonly Subject[]): string {
	const whom = subjects.map(({ kind, name, namespace }) => `the ${kind} ${namespace ? `${namespace}/` : ""}${name}`);
	return `gives ${whom.join(" and ")} the ${roleRef.kind} ${roleRef.name} ${describePlace(metadata)}`;
}

function describePlace({ namespace }: { namespace?: string }): string {
	return namespace === undefined ? "in the whole cluster" : `in the namespace ${namespace}`;
}
