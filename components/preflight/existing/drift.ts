import { getGroup } from "@pulumi/aws/iam/getGroup";
import { getRole } from "@pulumi/aws/iam/getRole";
import * as pulumi from "@pulumi/pulumi";
import { isAbsent } from "../../../core/aws/provider-errors";
import type { AccessError } from "../../../core/errors/access-error";
import type { ApiServer } from "../../../core/kubernetes/api-server";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import { objectsOf } from "../../../core/teams/objects";
import { hasRole } from "../../../core/teams/principal-kinds";
import { strangersOf } from "../../../core/teams/surplus";
import { groupNameOf, roleNameOf, type Team } from "../../../core/teams/team";
import { log } from "../../log";
import { heldObjects, lastOutputsOfType, type Place, placeName } from "../stack-state";
import { guardNameOf, namespaceAccessName } from "../writes";

/** Recreates what is gone: pulumi up alone compares with the state, which still has it. */
const REPAIR = "pulumi up --refresh --run-program";
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ADMISSION = "/apis/admissionregistration.k8s.io/v1";
/** Where the API server lists what a stack makes. */
const LISTS: Record<string, string> = {
	Namespace: "/api/v1/namespaces",
	ResourceQuota: "/api/v1/resourcequotas",
	LimitRange: "/api/v1/limitranges",
	NetworkPolicy: "/apis/networking.k8s.io/v1/networkpolicies",
	RoleBinding: `${RBAC}/rolebindings`,
	ClusterRoleBinding: `${RBAC}/clusterrolebindings`,
	ClusterRole: `${RBAC}/clusterroles`,
	ValidatingAdmissionPolicy: `${ADMISSION}/validatingadmissionpolicies`,
	ValidatingAdmissionPolicyBinding: `${ADMISSION}/validatingadmissionpolicybindings`,
};

/**
 * Warns of what the stack has made and somebody has removed since, from the cluster or from AWS: an update that does not change it would
 * leave it so. And of people who are in a team's IAM group without the config.
 *
 * @param component Name of the EksAccess.
 * @param bindings Undefined where they could not be listed.
 */
export async function warnOfDrift(
	teams: Team[],
	component: string,
	server: ApiServer,
	aws: pulumi.InvokeOptions,
	bindings: readonly LiveBinding[] | undefined,
): Promise<void> {
	const [inCluster, inAws] = await Promise.all([
		goneFromCluster(teams, component, server, bindings),
		// Asked in a preview only: these are several questions a team.
		pulumi.runtime.isDryRun() ? identitiesIn(teams, aws) : { gone: [], strangers: [] },
	]);
	const gone = [...inCluster, ...inAws.gone];
	if (gone.length > 0) {
		await log.warn(
			`somebody has removed what this stack had made: ${gone.join(", ")}. pulumi up does not recreate it unless it changes; this does: ${REPAIR}`,
		);
	}
	if (inAws.strangers.length > 0) {
		await log.warn(
			`IAM users who are in a team's group and not in the config, with the team's access all the same:\n${inAws.strangers.join("\n")}\n` +
				'List them under users, take them out (aws iam remove-user-from-group), or accept them: allow: ["member/<user>"]',
		);
	}
}

async function goneFromCluster(
	teams: Team[],
	component: string,
	server: ApiServer,
	bindings: readonly LiveBinding[] | undefined,
): Promise<string[]> {
	const access = namespaceAccessName(component);
	const wanted = new Set(
		objectsOf(teams, guardNameOf(access)).map(({ kind, metadata }) => placeName({ ...metadata, kind })),
	);
	const held = (await heldObjects()).filter(
		({ urn, configName, ...place }) =>
			urn.split("::").pop()?.startsWith(`${access}-`) && wanted.has(placeName({ ...place, name: configName })),
	);
	const missing = await Promise.all(
		Object.keys(LISTS).map(async (kind) => {
			const of = held.filter((each) => each.kind === kind);
			const names = new Set(of.map(({ name }) => name));
			const live = kind.endsWith("RoleBinding") ? bindings : names.size > 0 ? await list(server, kind, names) : [];
			const there = live && new Set(live.map(({ metadata }) => placeName({ ...metadata, kind })));
			return there ? of.filter((each) => !there.has(placeName(each))) : [];
		}),
	);
	return missing.flat().map(placeName);
}

/** Undefined where the operator may not list them. */
async function list(server: ApiServer, kind: string, names: Set<string>): Promise<{ metadata: Place }[] | undefined> {
	const [only] = names;
	const query: Record<string, string> =
		names.size === 1 && kind !== "Namespace" ? { fieldSelector: `metadata.name=${only}` } : {};
	return server.list<{ metadata: Place }>(`${kind}s`, LISTS[kind] as string, query).catch((error: AccessError) => {
		if (error.code !== "api-server-forbidden") {
			throw error;
		}
		return undefined;
	});
}

/** Of the teams' roles and groups that the stack has made: what is gone, and who is in a group without the config. */
async function identitiesIn(
	teams: Team[],
	aws: pulumi.InvokeOptions,
): Promise<{ gone: string[]; strangers: string[] }> {
	const [roles, groups, memberships] = await Promise.all([
		lastOutputsOfType("aws:iam/role:Role"),
		lastOutputsOfType("aws:iam/group:Group"),
		lastOutputsOfType("aws:iam/userGroupMembership:UserGroupMembership"),
	]);
	const isIn = (user: string, group: string) =>
		memberships.some((each) => each.user === user && (each.groups as string[]).includes(group));
	const gone = async (team: Team): Promise<string[]> => {
		const name = roleNameOf(team);
		const isOwn = hasRole(team) && roles.some((role) => role.name === name);
		const isThere = !isOwn || (await isNotAbsent(() => getRole({ name }, aws)));
		return isThere ? [] : [`the IAM role ${name}`];
	};
	const inGroup = async (team: Team) => {
		const groupName = groupNameOf(team);
		if (team.users.length === 0 || !groups.some(({ name }) => name === groupName)) {
			return { gone: [], strangers: [] };
		}
		const found = await getGroup({ groupName }, aws).catch((error: Error) => error);
		if (found instanceof Error) {
			return { gone: isAbsent(found) ? [`the IAM group ${groupName}`] : [], strangers: [] };
		}
		const members = found.users.map(({ userName }) => userName);
		const left = team.users.filter((user) => isIn(user, groupName) && !hasUser(members, user));
		return {
			gone: left.map((user) => `the membership of ${user} in the IAM group ${groupName}`),
			strangers: strangersOf(team, members)
				// Those whose membership is the stack's leave with this update.
				.filter((user) => !team.allow.includes(`member/${user}`) && !isIn(user, groupName))
				.map((user) => `  ${user} in the group ${groupName}`),
		};
	};
	const [ofRoles, ofGroups] = await Promise.all([Promise.all(teams.map(gone)), Promise.all(teams.map(inGroup))]);
	return {
		gone: [...ofRoles.flat(), ...ofGroups.flatMap((each) => each.gone)],
		strangers: ofGroups.flatMap((each) => each.strangers),
	};
}

/** IAM compares names without regard to case. */
function hasUser(members: readonly string[], user: string): boolean {
	return members.some((member) => member.toLowerCase() === user.toLowerCase());
}

/** Also where it cannot be read. */
async function isNotAbsent(look: () => Promise<unknown>): Promise<boolean> {
	return look().then(
		() => true,
		(error: Error) => !isAbsent(error),
	);
}
