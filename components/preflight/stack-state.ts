import * as pulumi from "@pulumi/pulumi";
import type { LiveBinding } from "../../core/rbac/live-bindings";

interface LastResource {
	type: string;
	outputs: Record<string, unknown>;
}

/** The stack that is running: `<organization>/<project>/<stack>`. */
export function currentStack(): string {
	return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** One look-up a run: with the Automation API one process runs many, each with a monitor of its own. */
const lookUps = new WeakMap<object, Promise<Record<string, LastResource>>>();

/**
 * The resources of this stack as its last update left them, by URN. The engine reads its own state for it; nothing is registered.
 * Empty before the first update.
 */
export function lastResources(): Promise<Record<string, LastResource>> {
	const run = pulumi.runtime.getMonitor() as object;
	const found = lookUps.get(run) ?? lookUp();
	lookUps.set(run, found);
	return found;
}

/** What a resource of this stack had for outputs after the last update; undefined where it was not there. */
export async function lastOutputsOf(urn: string): Promise<Record<string, unknown> | undefined> {
	return (await lastResources())[urn]?.outputs;
}

/** What the resources of a type had for outputs after the last update. */
export async function lastOutputsOfType(type: string): Promise<Record<string, unknown>[]> {
	return Object.values(await lastResources())
		.filter((resource) => resource.type === type)
		.map(({ outputs }) => outputs);
}

/** A Kubernetes object by its kind and name. */
export interface Place {
	kind: string;
	name: string;
	namespace?: string;
}

/** A Kubernetes object of the stack as its last update left it. */
export interface HeldObject extends Place {
	urn: string;
	/** The resource writes a part of it only. */
	isPatch: boolean;
	/** The name that the config gives it, which differs for a binding after a change of its role. */
	configName: string;
	/** What a binding binds. */
	role: string;
	/** Whom a binding binds. */
	groups: string[];
	fieldManager?: string;
}

/** The Kubernetes objects that the stack's state holds, whoever in the program makes them. */
export async function heldObjects(): Promise<HeldObject[]> {
	return Object.entries(await lastResources()).flatMap(([urn, { type, outputs }]): HeldObject[] => {
		const [, kind, patch] = /^kubernetes:.*:(\w+?)(Patch)?$/.exec(type) ?? [];
		const { metadata, roleRef, subjects, __fieldManager: fieldManager } = outputs as Partial<KubernetesOutputs>;
		if (!kind || !metadata) {
			return [];
		}
		const { name, namespace } = metadata;
		const { name: role = "" } = roleRef ?? {};
		const groups = (subjects ?? []).map((subject) => subject.name);
		const configName = configNameOf(urn, { name, role });
		return [{ kind, name, namespace, urn, isPatch: patch !== undefined, configName, role, groups, fieldManager }];
	});
}

interface KubernetesOutputs extends LiveBinding {
	__fieldManager?: string;
}

function configNameOf(urn: string, { name, role }: { name: string; role: string }): string {
	const end = `:${role}`;
	return role && !urn.endsWith(name) && name.endsWith(end) ? name.slice(0, -end.length) : name;
}

/** `RoleBinding shop/devs`, or `ClusterRole devs`. */
export function placeName({ kind, name, namespace }: Place): string {
	return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

async function lookUp(): Promise<Record<string, LastResource>> {
	const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
		stackName: currentStack(),
	});
	return (outputs ?? {}) as Record<string, LastResource>;
}
