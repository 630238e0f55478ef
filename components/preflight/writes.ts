import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "../../core/errors/access-error";
import type { ApiServer } from "../../core/kubernetes/api-server";
import { type Apply, type KubernetesObject, pathOf, type Refusal, refusalOf } from "../../core/kubernetes/dry-run";
import { isOfStack, type LiveMetadata } from "../../core/kubernetes/origin";
import { networkGuardName } from "../../core/rbac/network-guard";
import { objectsOf, type TeamObject } from "../../core/teams/objects";
import type { Team } from "../../core/teams/team";
import { log } from "../log";
import { type ClusterRoleObject, type NamespaceObject, readClusterRole, readNamespaces } from "./cluster";
import { currentStack, heldObjects, placeName } from "./stack-state";

/** A write that an `up` makes by server-side apply. */
export interface PlannedApply extends Apply {
	object: KubernetesObject;
}

interface Refused extends Refusal {
	what: string;
	/** Set where this stack has made the object, in an update that was interrupted before its state had it. */
	own?: Unrecorded;
}

/** An object of this stack that its state does not have. */
interface Unrecorded {
	what: string;
	path: string;
	uid: string;
}

/** The component with what the teams need in the cluster, by the name of theirs. */
export function namespaceAccessName(name: string): string {
	return `${name}-namespaces`;
}

/** The name of what guards NetworkPolicies, by the component that makes it. */
export function guardNameOf(component: string): string {
	return networkGuardName(`${pulumi.getProject()}/${pulumi.getStack()}`, component);
}

/** Field manager of a patch that the stack does not have yet: the kubernetes provider makes up a name of its own. */
const NEW_PATCH = "pulumi-kubernetes-new";

/**
 * Tries what an `up` writes to the cluster and the stack's last update has not written, by dry runs of the API server. The kubernetes
 * provider passes over patches and over whatever is forbidden in a preview, admission included. What is in a namespace that does not exist
 * yet cannot be tried.
 *
 * @param context.awsAuth What will be written to aws-auth, if anything.
 * @returns What an interrupted update of this stack has made and its state does not have.
 * @throws {AccessError} lists all that the API server refuses. In a preview, what the operator lacks permission for is a warning only.
 */
export async function checkWrites(
	teams: Team[],
	server: ApiServer,
	context: {
		adoptExisting?: boolean;
		/** Of the EksAccess, which names the guard of NetworkPolicies; without one the guard is not tried. */
		name?: string;
		awsAuth?: Promise<PlannedApply | undefined>;
		/** Another provider, which may have other credentials, writes everything but aws-auth. */
		isOthers?: boolean;
	},
): Promise<Unrecorded[]> {
	const guardName = context.name && guardNameOf(namespaceAccessName(context.name));
	const ofTeams = context.isOthers ? [] : refusedObjects(server, objectsOf(teams, guardName), context.adoptExisting);
	const ofAwsAuth = context.awsAuth?.then((planned) => planned && refused(server, planned.object, planned));
	const found = (await Promise.all([ofTeams, ofAwsAuth])).flat().filter((each) => each !== undefined);
	const untried = pulumi.runtime.isDryRun() ? found.filter(({ reason }) => reason === "forbidden") : [];
	if (untried.length > 0) {
		await log.warn(
			`kubeconfig: these credentials may not write ${untried.map(({ what }) => what).join(", ")}, so this preview could not try ` +
				"whether the API server accepts it. An update needs those of a cluster administrator",
		);
	}
	const problems = found.filter((each) => !untried.includes(each) && !each.own);
	if (problems.length > 0) {
		throw new AccessError(
			"write-refused",
			`The API server refuses what this stack is to write; nothing was changed:\n${problems.map(describe).join("\n")}`,
		);
	}
	return found.flatMap(({ own }) => own ?? []);
}

/**
 * Removes what an interrupted update of this stack has made and its state does not have, so that this one can make it: the kubernetes
 * provider fails on what is there, and its import of a RoleBinding does not find what that binds.
 */
export async function removeUnrecorded(server: ApiServer, unrecorded: Unrecorded[]): Promise<void> {
	if (unrecorded.length === 0 || pulumi.runtime.isDryRun()) {
		return;
	}
	await Promise.all(unrecorded.map(({ path, uid }) => server.delete(path, uid)));
	await log.info(
		`recreated, since an interrupted update of this stack has made it and not noted it: ${unrecorded.map(({ what }) => what).join(", ")}`,
	);
}

async function refusedObjects(
	server: ApiServer,
	objects: TeamObject[],
	adoptExisting = false,
): Promise<(Refused | undefined)[]> {
	const [own, namespaces] = await Promise.all([inStack(), liveNamespaces(objects, server)]);
	const writeShared = async ({ isShared: _, ...body }: TeamObject, home: NamespaceObject | undefined) => {
		const live =
			body.kind === "Namespace" ? home : await readClusterRole(body.metadata.name, server).catch(unlessForbidden);
		const fieldManager = own.get(nameOf(body)) ?? NEW_PATCH;
		return live && isAsWanted(live, body) ? undefined : refused(server, body, { fieldManager, force: adoptExisting });
	};
	const write = async (object: TeamObject): Promise<Refused | undefined> => {
		const { isShared, ...body } = object;
		const { name, namespace } = object.metadata;
		const home = namespaces.get(object.kind === "Namespace" ? name : (namespace ?? ""));
		if (home?.status?.phase === "Terminating") {
			return terminating(object);
		}
		if (isShared) {
			return writeShared(object, home);
		}
		if (own.has(nameOf(object)) || (namespace !== undefined && !home)) {
			return undefined;
		}
		return refused(server, body, adoptExisting ? { fieldManager: NEW_PATCH, force: true } : undefined);
	};
	return Promise.all(objects.map(write));
}

/** What is in such a namespace goes with it. */
function terminating(object: TeamObject): Refused | undefined {
	const refusal = { what: nameOf(object), reason: "terminating" as const, message: "it is being deleted" };
	return object.kind === "Namespace" ? refusal : undefined;
}

async function refused(server: ApiServer, object: KubernetesObject, apply?: Apply): Promise<Refused | undefined> {
	const refusal = await refusalOf(server, object, apply);
	if (refusal?.reason !== "exists") {
		return refusal && { what: nameOf(object), ...refusal };
	}
	const path = `${pathOf(object)}/${encodeURIComponent(object.metadata.name)}`;
	const what = nameOf(object);
	const live = await server.get<{ metadata: LiveMetadata & { uid: string } }>(what, path);
	const isOwn = live && isOfStack(live.metadata, currentStack());
	return { what, ...refusal, ...(isOwn ? { own: { what, path, uid: live.metadata.uid } } : {}) };
}

/** By name; empty where the operator may not list them. */
async function liveNamespaces(objects: TeamObject[], server: ApiServer): Promise<Map<string, NamespaceObject>> {
	if (!objects.some(({ kind, metadata }) => kind === "Namespace" || metadata.namespace)) {
		return new Map();
	}
	const live = await readNamespaces(server).catch(unlessForbidden);
	return new Map((live ?? []).map((each) => [each.metadata.name, each]));
}

function unlessForbidden(error: AccessError): undefined {
	if (error.code !== "api-server-forbidden") {
		throw error;
	}
}

/** Whether a write would change no value. */
function isAsWanted(live: Pick<ClusterRoleObject, "metadata" | "rules">, { metadata, rules }: TeamObject): boolean {
	const has = (kind: "labels" | "annotations") =>
		Object.entries(metadata[kind] ?? {}).every(([key, value]) => live.metadata[kind]?.[key] === value);
	return has("labels") && has("annotations") && (rules === undefined || isDeepStrictEqual(live.rules, rules));
}

/** What the stack's state holds, with the field manager of each. */
async function inStack(): Promise<Map<string, string>> {
	return new Map(
		(await heldObjects()).flatMap(({ fieldManager = NEW_PATCH, ...held }) =>
			[held.name, held.configName].map((name): [string, string] => [placeName({ ...held, name }), fieldManager]),
		),
	);
}

function nameOf({ kind, metadata }: KubernetesObject): string {
	return placeName({ ...metadata, kind });
}

const REMEDIES: Record<Refusal["reason"], string> = {
	forbidden: "Use credentials of a cluster administrator (kubeconfig, adminRoleArn or awsProfile)",
	exists:
		"If it is the team's, adopt it: pulumi config set adoptExisting true. If not, give the team's own another name, with binding",
	conflict:
		"Leave it to whoever manages it: take it out of the config. Or take it over: pulumi config set adoptExisting true",
	terminating:
		"Wait until it is gone, or see what it waits for (kubectl get namespace <name> -o yaml, status.conditions), then recreate it: pulumi up --refresh --run-program",
	admission: "Change what the policy objects to, or ask whoever runs the policy for an exception",
	immutable:
		"Create it anew without immutable: kubectl get configmap -n kube-system aws-auth -o yaml | sed '/^immutable:/d' | kubectl replace --force -f -",
	other: "Correct what it says, then run the same command again",
};

function describe({ what, message, reason }: Refused): string {
	return `  ${what}: ${message.replace(/\s*\n\s*/g, " ").replace(/\.$/, "")}. ${REMEDIES[reason]}`;
}
