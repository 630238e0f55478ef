import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { AccessError } from "../../../core/errors/access-error";
import { throwIfAny } from "../../../core/errors/problem";
import type { ApiServer } from "../../../core/kubernetes/api-server";
import { isOfAnotherStack } from "../../../core/kubernetes/origin";
import { clusterRoleOf } from "../../../core/rbac/access-levels";
import {
	bindingsForEverybody,
	type LiveBinding,
	nameOfBinding,
	type RoleRef,
	type RulesOf,
	type Subject,
	serviceAccountsIn,
} from "../../../core/rbac/live-bindings";
import { meantBy } from "../../../core/rbac/namespace-pattern";
import type { PolicyRule } from "../../../core/rbac/policy-rules";
import { acceptedDangers, type Finding } from "../../../core/teams/allow";
import { type Binding, bindingsOf, inRbac, nameAfter } from "../../../core/teams/bindings";
import { namespacesOf } from "../../../core/teams/namespaces";
import { bindingSurplus } from "../../../core/teams/surplus";
import type { Team } from "../../../core/teams/team";
import { log } from "../../log";
import { currentStack, type HeldObject, heldObjects } from "../stack-state";
import { foreignBounds } from "./foreign-bounds";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

/**
 * The RoleBindings and ClusterRoleBindings of the cluster, each kind listed once. Undefined in a preview of somebody who may not list
 * them: whoever may only look at workloads can preview.
 */
export async function readBindings(server: ApiServer): Promise<LiveBinding[] | undefined> {
	const list = (kind: string) => server.list<LiveBinding>(kind, `${RBAC}/${kind.toLowerCase()}`);
	try {
		return (await Promise.all([list("RoleBindings"), list("ClusterRoleBindings")])).flat();
	} catch (error) {
		if (!pulumi.runtime.isDryRun() || (error as AccessError).code !== "api-server-forbidden") {
			throw error;
		}
		await log.warn(
			"the kubeconfig's credentials may not list RoleBindings and ClusterRoleBindings, so this preview does not show what others have " +
				"bound to the teams' groups, usernames and service accounts. pulumi up looks at them, with the credentials of a cluster administrator",
		);
		return undefined;
	}
}

/**
 * What bindings that are not this stack's give the teams' people: by their groups and usernames, and by service accounts that they can
 * act as. What of another stack's bounds they could undo, and what the teams' `allow` accepts of their levels and groups.
 */
export async function bindingFindings(
	teams: Team[],
	live: readonly LiveBinding[],
	server: ApiServer,
): Promise<Finding[]> {
	const own = await inStack();
	const stack = currentStack();
	const wanted = new Set(
		teams
			.flatMap(bindingsOf)
			.map(keyOf)
			.filter((key) => !own.has(key)),
	);
	const isOthers = ({ metadata }: LiveBinding) =>
		own.get(keyOf(metadata)) !== "in the cluster" &&
		(!wanted.has(keyOf(metadata)) || isOfAnotherStack(metadata, stack));
	const others = live.filter(isOthers);
	const everybody = bindingsForEverybody(others);
	if (everybody.length > 0) {
		const list = everybody.map(({ binding, gives }) => `  the ${nameOfBinding(binding.metadata)} ${gives}`).join("\n");
		await log.warn(`the cluster gives everybody more than Kubernetes does, and so the teams' people:\n${list}`);
	}
	const rulesOf = await rulesNeeded(teams, others, server);
	const { namespaces } = namespacesOf(teams);
	return [
		...bindingSurplus(teams, others, rulesOf),
		...(await foreignBounds(teams, rulesOf, server)),
		...teams.flatMap((team) => acceptedDangers(team, namespaces, rulesOf)),
	];
}

/** From how many on one list takes less time than one question each. */
const LIST_FROM = 5;

/**
 * Reads the rules that the findings depend on: of the levels that name a ClusterRole, and of what service accounts have. However many
 * bindings there are, it is one list a kind at most.
 */
async function rulesNeeded(teams: Team[], others: readonly LiveBinding[], server: ApiServer): Promise<RulesOf> {
	const needed = new Map<string, string>();
	const need = (role: RoleRef, namespace?: string) => needed.set(pathOf(role, namespace), role.kind);
	for (const { namespaces, clusterAccess, allow } of teams.map(inRbac)) {
		const levels = [...namespaces.map(({ access }) => access), ...(clusterAccess ? [clusterAccess] : [])];
		for (const level of levels) {
			// What an add-on has put into Kubernetes' own ClusterRoles can be what a key is for.
			if ((typeof level === "object" && "clusterRole" in level) || (typeof level === "string" && allow.length > 0)) {
				need({ kind: "ClusterRole", name: clusterRoleOf(level, "") });
			}
		}
	}
	const accounts = serviceAccountsIn(others);
	const listed = teams.flatMap(({ namespaces }) => namespaces);
	for (const name of listed.flatMap((each) => meantBy(each.name, accounts.keys()))) {
		for (const { binding } of accounts.get(name) ?? []) {
			need(binding.roleRef, binding.metadata.namespace);
		}
	}
	const found = await Promise.all(
		["ClusterRole", "Role"].map((kind) =>
			readRoles(
				kind,
				[...needed.keys()].filter((path) => needed.get(path) === kind),
				server,
			),
		),
	);
	const rules = new Map(found.flat());
	return (role, namespace) => rules.get(pathOf(role, namespace));
}

interface LiveRole {
	metadata: { name: string; namespace?: string };
	rules?: PolicyRule[] | null;
}

/** The rules of those that are there, by their paths. */
async function readRoles(kind: string, paths: string[], server: ApiServer): Promise<[string, PolicyRule[]][]> {
	const roles: [string, LiveRole | undefined][] =
		paths.length < LIST_FROM
			? await Promise.all(paths.map(async (path) => [path, await server.get<LiveRole>(`${kind}s`, path)] as const))
			: (await server.list<LiveRole>(`${kind}s`, `${RBAC}/${kind.toLowerCase()}s`)).map((role) => [
					pathOf({ kind, name: role.metadata.name }, role.metadata.namespace),
					role,
				]);
	return roles.flatMap(([path, role]) => (role ? [[path, role.rules ?? []]] : []));
}

function pathOf({ kind, name }: RoleRef, namespace: string | undefined): string {
	const place = kind === "ClusterRole" ? "clusterroles" : `namespaces/${namespace}/roles`;
	return `${RBAC}/${place}/${encodeURIComponent(name)}`;
}

/**
 * Looks at the RoleBindings and ClusterRoleBindings that are to be adopted: their subjects are written anew, so nobody else may be among
 * them, and what they bind cannot be changed.
 *
 * @throws {ConfigError}
 */
export async function checkBindings(teams: Team[], bindings: readonly LiveBinding[], where: string): Promise<void> {
	const own = await inStack();
	const wanted = teams.flatMap(bindingsOf).filter((binding) => !own.has(keyOf(binding)));
	const live = new Map(bindings.map((each) => [keyOf(each.metadata), each]));
	const problems = wanted.flatMap((binding) => {
		const found = live.get(keyOf(binding));
		const message = found && problemOf(found, binding);
		const path = `teams[${teams.findIndex(({ name }) => name === binding.team)}] (${binding.team})`;
		return message ? [{ path, message, code: "binding-not-adoptable" as const }] : [];
	});
	throwIfAny(problems, where);
}

function problemOf({ roleRef, subjects }: LiveBinding, { name, namespace, role, group }: Binding) {
	const what = namespace === undefined ? `the ClusterRoleBinding ${name}` : `the RoleBinding ${namespace}/${name}`;
	const otherwise = "or give the team's own another name, with binding";
	if (roleRef.kind !== "ClusterRole" || roleRef.name !== role) {
		return (
			`${what} is there already and binds the ${roleRef.kind} ${roleRef.name}, not the ClusterRole ${role}, which Kubernetes lets ` +
			`nobody change; set the level that it binds, ${otherwise}`
		);
	}
	const others = (subjects ?? []).filter(
		(subject) => !isDeepStrictEqual(identityOf(subject), { kind: "Group", name: group, namespace: undefined }),
	);
	if (others.length > 0) {
		const list = others.map(({ kind, name: subject }) => `${kind} ${subject}`).join(", ");
		return `${what} is there already and is for others too, who would lose it: ${list}; give them one of their own, ${otherwise}`;
	}
	return undefined;
}

function identityOf({ kind, name, namespace }: Subject): object {
	return { kind, name, namespace };
}

/** Whether the stack's state holds all bindings of the teams, and some at all. */
export async function areInStack(teams: Team[]): Promise<boolean> {
	const own = await inStack();
	return own.size > 0 && teams.flatMap(bindingsOf).every((binding) => own.has(keyOf(binding)));
}

/** The name that a binding has in the cluster, by the name of its resource in the stack. */
export async function nameInCluster(resource: string, binding: Binding): Promise<string> {
	const held = (await heldBindings()).find(({ urn }) => urn.endsWith(`::${resource}`));
	return nameAfter(binding, held);
}

/** Whether the Kubernetes groups of the teams change with this update: some had bindings and have none any more, others the reverse. */
export async function isGroupChanged(teams: Team[]): Promise<boolean> {
	const before = new Set((await heldBindings()).flatMap(({ groups }) => groups));
	const after = new Set(teams.flatMap(bindingsOf).map(({ group }) => group));
	return [...before].some((group) => !after.has(group)) && [...after].some((group) => !before.has(group));
}

/** The bindings that the stack's state holds. */
async function heldBindings(): Promise<HeldObject[]> {
	return (await heldObjects()).filter(({ kind, isPatch }) => /^(Cluster)?RoleBinding$/.test(kind) && !isPatch);
}

/** The bindings that the stack's state holds, under their names in the cluster and, where those differ, in the config. */
async function inStack(): Promise<Map<string, "in the cluster" | "in the config">> {
	const held = await heldBindings();
	return new Map([
		...held.map((each) => [keyOf({ ...each, name: each.configName }), "in the config"] as const),
		...held.map((each) => [keyOf(each), "in the cluster"] as const),
	]);
}

type BindingName = Pick<Binding, "name" | "namespace">;

function keyOf({ name, namespace = "" }: BindingName): string {
	return `${namespace}/${name}`;
}
