import type { Subject } from "../../core/rbac/live-bindings";
import type { Place, Planted } from "./live-changes";
import { findingOf, type LiveObject, type LiveObjects } from "./live-objects";

const RBAC = "rbac.authorization.k8s.io";

/** What others may bind where, and whether it gives people of the config more. */
interface Bound {
	subject: Subject;
	role: string;
	namespace?: string;
	alters: boolean;
}

/** The names of a team that others may bind. */
export interface BoundTeam {
	group: string;
	username: string;
	/** Where it can make pods. */
	namespace: string;
}

function bindingsOfOthers({ group, username, namespace: own }: BoundTeam): Bound[] {
	const places = [own, "default", undefined];
	const account = (namespace: string) => ({ kind: "ServiceAccount", name: "default", namespace });
	const groups = (names: string[]) => names.map((name) => ({ kind: "Group", name }));
	const everybody = groups(["system:authenticated", "system:unauthenticated", "system:serviceaccounts"]);
	const ofTeam = [...groups([group]), { kind: "User", name: username }, ...everybody];
	const asAccount = [account(own), ...groups([`system:serviceaccounts:${own}`])];
	asAccount.push({ kind: "User", name: `system:serviceaccount:${own}:default` });
	const ofOthers = [...groups(["verify-others"]), { kind: "User", name: "mallory" }, account("verify-others")];
	return places.flatMap((namespace) =>
		["view", "edit", "cluster-admin"]
			.flatMap((role) => [
				...ofTeam.map((subject) => ({ subject, role, namespace, alters: true })),
				...ofOthers.map((subject) => ({ subject, role, namespace, alters: false })),
			])
			.concat(
				["system:discovery", "edit", "cluster-admin"].flatMap((role) =>
					asAccount.map((subject) => ({
						subject,
						role,
						namespace,
						alters: namespace !== own && role !== "system:discovery",
					})),
				),
			),
	);
}

/** A binding of others, which gives somebody something. */
export function foreignBinding(objects: LiveObjects, name: string, team: BoundTeam): Place {
	const changes = bindingsOfOthers(team).map(({ subject, role, namespace, alters }) => {
		const apiGroup = subject.kind === "ServiceAccount" ? undefined : RBAC;
		const object: LiveObject = {
			apiVersion: `${RBAC}/v1`,
			kind: namespace ? "RoleBinding" : "ClusterRoleBinding",
			metadata: { name, namespace },
			roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
			subjects: [{ ...subject, apiGroup }],
		};
		return {
			what: `${subject.kind} ${subject.name} in ${namespace ?? "the cluster"}: ${role}`,
			plant: async (): Promise<Planted> => {
				await objects.write(object);
				return { alters, undo: () => objects.delete(object) };
			},
		};
	});
	const kinds = [team.namespace, "default"].map((namespace) => ({
		kind: "RoleBinding",
		metadata: { name, namespace },
	}));
	return { names: [...kinds, { kind: "ClusterRoleBinding", metadata: { name } }].map(findingOf), changes };
}

/** A ClusterRole of Kubernetes' own, into which somebody puts rules: by itself, or by the label that aggregates it. */
export function widenedRole(objects: LiveObjects, name: string, rules: { rule: object; alters: boolean }[]): Place {
	const changes = rules.map(({ rule, alters }) => ({
		what: `${name} ${JSON.stringify(rule)}: new`,
		plant: async (): Promise<Planted> => {
			const before = (await objects.read({ kind: "ClusterRole", metadata: { name } })) as LiveObject;
			await objects.write({ ...before, rules: [...(before.rules as object[]), rule] });
			return { alters, undo: () => objects.write(before) };
		},
	}));
	return { names: ["ClusterRole", "ClusterRoleBinding"].map((kind) => `rbac ${kind} ${name}`), changes };
}
