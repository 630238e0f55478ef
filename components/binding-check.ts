import { isDeepStrictEqual } from "node:util";
import type { RbacV1Subject, V1RoleBinding } from "@kubernetes/client-node";
import { askCluster, rbacApiOf } from "./cluster-client";
import { ConfigError } from "./config";
import { lastOutputsOfType } from "./last-update";
import type { Team } from "./team";
import { type Binding, bindingsOf } from "./team-bindings";

/**
 * Looks at the RoleBindings and ClusterRoleBindings that are to be adopted: their subjects are written anew, so nobody else may be among
 * them, and what they bind cannot be changed.
 *
 * @throws {ConfigError}
 */
export async function checkBindings(teams: Team[], kubeconfig: string, where: string): Promise<void> {
	const own = await inStack();
	const wanted = teams.flatMap(bindingsOf).filter((binding) => !own.has(keyOf(binding)));
	const isIn = (where: "namespaces" | "cluster") =>
		wanted.some(({ namespace }) => (namespace === undefined) === (where === "cluster"));
	const lists = await Promise.all([
		isIn("namespaces")
			? askCluster(kubeconfig, "RoleBindings", (to) => rbacApiOf(to).listRoleBindingForAllNamespaces())
			: undefined,
		isIn("cluster")
			? askCluster(kubeconfig, "ClusterRoleBindings", (to) => rbacApiOf(to).listClusterRoleBinding())
			: undefined,
	]);
	const live = new Map<string, V1RoleBinding>(
		lists.flatMap((found) =>
			(found?.items ?? []).map((each): [string, V1RoleBinding] => [keyOf(each.metadata as BindingName), each]),
		),
	);
	const problems = wanted.flatMap((binding) => {
		const found = live.get(keyOf(binding));
		const message = found && problemOf(found, binding);
		const path = `teams[${teams.findIndex(({ name }) => name === binding.team)}] (${binding.team})`;
		return message ? [{ path, message, code: "binding-not-adoptable" as const }] : [];
	});
	if (problems.length > 0) {
		throw new ConfigError(where, problems);
	}
}

function problemOf({ roleRef, subjects = [] }: V1RoleBinding, { name, namespace, role, team }: Binding) {
	const what = namespace === undefined ? `the ClusterRoleBinding ${name}` : `the RoleBinding ${namespace}/${name}`;
	const otherwise = "or give the team's own another name, with binding";
	if (roleRef.kind !== "ClusterRole" || roleRef.name !== role) {
		return (
			`${what} is there already and binds the ${roleRef.kind} ${roleRef.name}, not the ClusterRole ${role}, which Kubernetes lets ` +
			`nobody change; set the level that it binds, ${otherwise}`
		);
	}
	const others = subjects.filter(
		(subject) => !isDeepStrictEqual(identityOf(subject), { kind: "Group", name: team, namespace: undefined }),
	);
	if (others.length > 0) {
		const list = others.map(({ kind, name: subject }) => `${kind} ${subject}`).join(", ");
		return `${what} is there already and is for others too, who would lose it: ${list}; give them one of their own, ${otherwise}`;
	}
	return undefined;
}

function identityOf({ kind, name, namespace }: RbacV1Subject): object {
	return { kind, name, namespace };
}

/** The bindings that the stack's state holds. */
async function inStack(): Promise<Set<string>> {
	const bindings = await Promise.all(
		["RoleBinding", "ClusterRoleBinding"].map((kind) =>
			lastOutputsOfType(`kubernetes:rbac.authorization.k8s.io/v1:${kind}`),
		),
	);
	return new Set(bindings.flat().map(({ metadata }) => keyOf(metadata as BindingName)));
}

type BindingName = Pick<Binding, "name" | "namespace">;

function keyOf({ name, namespace = "" }: BindingName): string {
	return `${namespace}/${name}`;
}
