import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { asComplete } from "../../core/config/config";
import { AccessError } from "../../core/errors/access-error";
import type { Problem } from "../../core/errors/problem";
import { ConfigError } from "../../core/errors/problem";
import type { ApiServer } from "../../core/kubernetes/api-server";
import { type AccessLevel, givenRules, OWN_CLUSTER_ROLES } from "../../core/rbac/access-levels";
import { levelRefusals, refusalProblems } from "../../core/rbac/dangers";
import { FULL_ACCESS_CLUSTER_ROLE, fullAccessRules, type PolicyRule } from "../../core/rbac/policy-rules";
import { type ExistingRole, existingRole, existingRoleRefusals, existingRoles } from "../../core/teams/allow";
import { bindingClashes, clusterRolesOf } from "../../core/teams/bindings";
import { boundProblems } from "../../core/teams/bounds";
import { type LiveNamespace, selectNamespaces } from "../../core/teams/namespace-selector";
import type { Team } from "../../core/teams/team";
import { log } from "../log";
import { heldObjects } from "./stack-state";

/** A namespace as the API server sends it. */
export interface NamespaceObject {
	metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
	status?: { phase?: string };
}

/** A ClusterRole as the API server sends it. */
export interface ClusterRoleObject {
	metadata: NamespaceObject["metadata"];
	rules?: PolicyRule[] | null;
	aggregationRule?: object;
}

export function readNamespaces(server: ApiServer): Promise<NamespaceObject[]> {
	return server.list<NamespaceObject>("namespaces", "/api/v1/namespaces");
}

/** The teams with the namespaces that their selectors choose now; as they are where none has a selector. */
export async function withSelectedNamespaces(teams: Team[], where: string, server: ApiServer): Promise<Team[]> {
	if (!teams.some(({ namespaceSelector }) => namespaceSelector)) {
		return teams;
	}
	const live = (await readNamespaces(server))
		.filter(({ status }) => status?.phase !== "Terminating")
		.map(({ metadata: { name, labels = {} } }): LiveNamespace => ({ name, labels }));
	const selected = selectNamespaces(teams, live);
	const problems: Problem[] = selected.flatMap((team, at) =>
		team.namespaces
			.filter(({ isSelected }) => isSelected)
			.flatMap(({ name, access }) =>
				refusalProblems(
					levelRefusals(access, { namespace: name }),
					team.allow,
					`teams[${at}].namespaceSelector`,
					`chooses ${name}: `,
				),
			),
	);
	for (const team of selected) {
		if (team.namespaces.length === 0 && !team.clusterAccess && !team.admin) {
			await log.warn(`the namespaceSelector of team ${team.name} chooses no namespace: it has no access`);
		}
	}
	throwIfAny(where, [...problems, ...bindingClashes(selected).map((message) => ({ path: "teams", message }))]);
	return asComplete(selected);
}

/**
 * Looks at the existing ClusterRoles that teams are to get: one that a config names has to be there, and none may allow what a team's own
 * rules may not. What `view` and `edit` allow counts as the cluster has it where that matters, since add-ons put their own rules into
 * them: in the whole cluster and in protected namespaces.
 *
 * @throws {ConfigError}
 */
export async function checkClusterRoles(teams: Team[], server: ApiServer, where: string): Promise<void> {
	const uses = existingRoles(teams);
	const names = [...new Set(uses.map(({ role }) => role))];
	const namesRole = ({ access }: ExistingRole) => typeof access === "object";
	const isNamed = (role: string) => uses.some((use) => use.role === role && namesRole(use));
	const found = new Map(
		await Promise.all(
			names.map(async (name) => {
				const rules = readClusterRole(name, server).then(rulesIn);
				return [name, await (isNamed(name) ? rules : rules.catch(notInPreview))] as const;
			}),
		),
	);
	const problems = uses.flatMap((use): Problem[] => {
		const { team, at, role } = use;
		const path = `teams[${at}] (${team.name})`;
		const rules = found.get(role);
		if (!rules && namesRole(use)) {
			const message = `the cluster has no ClusterRole ${role}. Make it first, or correct the name: kubectl get clusterroles`;
			return [{ path, message, code: "cluster-role-not-found" }];
		}
		return refusalProblems(existingRoleRefusals(use, rules), team.allow, path, `ClusterRole ${role}: `);
	});
	const foreignRules = (access: AccessLevel) => {
		const role = existingRole(access);
		return role && !OWN_CLUSTER_ROLES.includes(role) ? found.get(role) : givenRules(access);
	};
	throwIfAny(where, [...problems, ...boundProblems(teams, foreignRules)]);
}

/**
 * Looks at ClusterRoles that are there before this stack makes its own: `dev-full-access` with other rules is somebody else's, and people
 * may be bound to it. Of aggregated ones Kubernetes writes the rules, whatever the config says.
 *
 * @throws {AccessError}
 */
export async function checkOwnClusterRoles(teams: Team[], server: ApiServer, adoptExisting: boolean): Promise<void> {
	const held = await heldObjects();
	const isOwn = (name: string) => held.some((each) => each.kind === "ClusterRole" && each.name === name);
	// Of others, an up without adoptExisting makes none that is there.
	const names = [...clusterRolesOf(teams).keys()].filter((name) => adoptExisting || name === FULL_ACCESS_CLUSTER_ROLE);
	await Promise.all(
		names
			.filter((name) => !isOwn(name))
			.map(async (name) => {
				const role = await readClusterRole(name, server).catch(notInPreview);
				refuseAggregated(name, role);
				const rules = rulesIn(role) ?? [];
				// Without rules it is what is left where a stack that had it was destroyed.
				if (
					!adoptExisting &&
					rules.length > 0 &&
					!isDeepStrictEqual(rules.map(inOrder), fullAccessRules.map(inOrder))
				) {
					throw new AccessError(
						"cluster-role-exists",
						`access: the cluster has a ClusterRole ${name} with other rules, which this stack has not made. Nothing was ` +
							"changed. See who is bound to it: kubectl get rolebindings -A -o wide. To give it the rules of full for all of them: " +
							"pulumi config set adoptExisting true. To leave it as it is: give the teams another level",
					);
				}
			}),
	);
}

function refuseAggregated(name: string, role: ClusterRoleObject | undefined): void {
	const label = Object.keys(role?.metadata.labels ?? {}).find((key) => key.startsWith(`${RBAC}/aggregate-to-`));
	const pointer = role?.aggregationRule
		? "/aggregationRule"
		: label && `/metadata/labels/${label.replaceAll("~", "~0").replaceAll("/", "~1")}`;
	if (pointer) {
		const why = role?.aggregationRule
			? "has an aggregationRule: Kubernetes replaces its rules by those of other ClusterRoles"
			: `has the label ${label}: Kubernetes gives its rules to everybody who has the other ClusterRole`;
		throw new AccessError(
			"cluster-role-exists",
			`access: the ClusterRole ${name}, which this stack has not made, ${why}. Nothing was changed. Take that away: ` +
				`kubectl patch clusterrole ${name} --type=json -p '[{"op":"remove","path":"${pointer}"}]'`,
		);
	}
}

const RBAC = "rbac.authorization.k8s.io";

/** Who may only look at workloads can preview; an up that would stop halfway is refused. */
function notInPreview(error: AccessError): undefined {
	if (!pulumi.runtime.isDryRun() || error.code !== "api-server-forbidden") {
		throw error;
	}
}

function inOrder(rule: PolicyRule): string[][] {
	const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
	return [apiGroups, resources, resourceNames, nonResourceURLs, verbs].map((list) => [...list].sort());
}

function rulesIn(role: ClusterRoleObject | undefined): PolicyRule[] | undefined {
	return role && (role.rules ?? []);
}

export function readClusterRole(name: string, server: ApiServer): Promise<ClusterRoleObject | undefined> {
	return server.get<ClusterRoleObject>("ClusterRoles", `/apis/${RBAC}/v1/clusterroles/${encodeURIComponent(name)}`);
}

function throwIfAny(where: string, problems: Problem[]): void {
	const once = problems.filter(
		({ path, message }, at) => problems.findIndex((other) => other.path === path && other.message === message) === at,
	);
	if (once.length > 0) {
		throw new ConfigError(where, once);
	}
}
