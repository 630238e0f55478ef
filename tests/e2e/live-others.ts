import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Subject } from "../../core/rbac/live-bindings";
import { formOf, type Json, type Place, type Planted } from "./live-changes";
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
						// In their own namespace they could undo its quota.
						alters: namespace === own ? role === "cluster-admin" : role !== "system:discovery",
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

/** A rule that somebody puts into a ClusterRole, and whether that gives people of the config more than the config says. */
interface Widening {
	rule: object;
	alters: boolean;
}

/** A ClusterRole of others, into which somebody puts rules. */
export function widenedRole(objects: LiveObjects, name: string, rules: Widening[]): Place {
	const changes = rules.map(({ rule, alters }) => ({
		what: `${JSON.stringify(rule)}: new`,
		plant: async (): Promise<Planted> => {
			const before = (await objects.read({ kind: "ClusterRole", metadata: { name } })) as LiveObject;
			await objects.write({ ...before, rules: [...(before.rules as object[]), rule] });
			return { alters, undo: () => objects.write(before) };
		},
	}));
	return { names: ["ClusterRole", "ClusterRoleBinding"].map((kind) => `rbac ${kind} ${name}`), changes };
}

/** What an add-on puts into Kubernetes' own `view` and the ClusterRoles above it, by a label; a controller copies it. */
export function aggregatedToView(objects: LiveObjects, rules: Widening[]): Place {
	const view = { kind: "ClusterRole", metadata: { name: "view" } };
	const shows = async (rule: object, isThere: boolean) => {
		for (let tries = 0; tries < 100; tries++) {
			const live = ((await objects.read(view))?.rules ?? []) as Json[];
			if (live.some((each) => formOf(each) === formOf(rule as Json)) === isThere) {
				return;
			}
			await delay(100);
		}
		assert.fail(`${JSON.stringify(rule)} in view: ${isThere}`);
	};
	const labels = { "rbac.authorization.k8s.io/aggregate-to-view": "true" };
	const changes = rules.map(({ rule, alters }) => ({
		what: `${JSON.stringify(rule)}: new`,
		plant: async (): Promise<Planted> => {
			const addOn: LiveObject = {
				...{ apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name: "verify-add-on", labels } },
				rules: [rule],
			};
			await objects.write(addOn);
			await shows(rule, true);
			return { alters, undo: () => objects.delete(addOn).then(() => shows(rule, false)) };
		},
	}));
	return { names: ["view", "edit"].map((name) => `rbac ClusterRole ${name}`), changes };
}
