import { FIELD_MANAGER, FIELD_MANAGER_PREFIX, FORCE, type LiveConfigMap } from "./ownership-record";

type ManagedField = NonNullable<NonNullable<LiveConfigMap["metadata"]>["managedFields"]>[number];

/** The fields of aws-auth that a write of ours covers, as paths of managedFields. */
export function fieldPaths(keys: readonly string[], recordKey: string): string[][] {
	return [
		...keys.map((key) => ["f:data", `f:${key}`]),
		...[FORCE, FIELD_MANAGER, recordKey].map((key) => ["f:metadata", "f:annotations", `f:${key}`]),
	];
}

function holds({ fieldsV1 }: ManagedField, path: string[]): boolean {
	let fields: unknown = fieldsV1;
	for (const part of path) {
		fields = (fields as Record<string, unknown> | undefined)?.[part];
	}
	return fields !== undefined;
}

/** The field managers, other than ours, that hold any of these fields. */
export function othersHolding(live: LiveConfigMap, fieldManager: string, paths: string[][]): string[] {
	const others = (live.metadata?.managedFields ?? []).filter(
		(entry) => !isOwnedBy(entry, fieldManager) && paths.some((path) => holds(entry, path)),
	);
	return [...new Set(others.map(({ manager }) => manager ?? "unknown"))];
}

/**
 * managedFields with these fields taken from whoever holds them and given to our field manager. To write it, and nothing else,
 * with the resourceVersion as precondition, changes no value and overwrites nobody; after it, a write without force of ours
 * meets a conflict if somebody has changed one of the fields since.
 */
export function claimedFields(live: LiveConfigMap, fieldManager: string, paths: string[][]): ManagedField[] {
	const managed = structuredClone(live.metadata?.managedFields ?? []);
	const existing = paths.filter((path) => managed.some((entry) => holds(entry, path)));
	for (const entry of managed) {
		for (const path of existing) {
			drop(entry.fieldsV1 as Fields | undefined, path);
		}
	}
	const own = managed.find((entry) => isOwnedBy(entry, fieldManager)) ?? {
		...{ manager: fieldManager, operation: "Apply", apiVersion: "v1", fieldsType: "FieldsV1", time: new Date() },
		fieldsV1: {},
	};
	for (const path of existing) {
		let fields = own.fieldsV1 as Fields;
		for (const part of path) {
			const below = fields[part] ?? {};
			fields[part] = below;
			fields = below;
		}
	}
	const rest = managed.filter((entry) => entry !== own && Object.keys(entry.fieldsV1 ?? {}).length > 0);
	return existing.length > 0 ? [own, ...rest] : managed;
}

interface Fields {
	[field: string]: Fields;
}

/** Takes one field out, and what has become empty above it. */
function drop(fields: Fields | undefined, [part, ...rest]: string[]): void {
	if (part === undefined || !fields?.[part]) {
		return;
	}
	drop(rest.length > 0 ? fields[part] : undefined, rest);
	if (rest.length === 0 || Object.keys(fields[part]).length === 0) {
		delete fields[part];
	}
}

function isOwnedBy({ manager, operation }: ManagedField, fieldManager: string): boolean {
	return manager === fieldManager && operation === "Apply";
}

/** The keys of data that our field manager holds already: a write that left one out would delete it. */
export function keysOwnedBy(live: LiveConfigMap, fieldManager: string): string[] {
	const own = (live.metadata?.managedFields ?? []).find((entry) => isOwnedBy(entry, fieldManager));
	const data = (own?.fieldsV1 as Record<string, object> | undefined)?.["f:data"] ?? {};
	return Object.keys(data).flatMap((field) => (field.startsWith("f:") ? [field.slice(2)] : []));
}

/**
 * What else manages aws-auth as a whole and would overwrite our entries at its next run, or undefined. Stacks of this program
 * share it, and people who edit it by hand keep what they see.
 */
export function foreignOwnerOf(live: LiveConfigMap, keys: readonly string[]): string | undefined {
	const { annotations = {}, labels = {}, managedFields = [] } = live.metadata ?? {};
	const writers = managedFields.filter((entry) => keys.some((key) => holds(entry, ["f:data", `f:${key}`])));
	const named = (pattern: RegExp) => writers.find(({ manager = "" }) => pattern.test(manager))?.manager;
	const terraform = named(/terraform|hashicorp/i);
	if (terraform) {
		return `Terraform (field manager ${terraform})`;
	}
	const pulumi = named(/^pulumi/i);
	if (pulumi) {
		return `another Pulumi program (field manager ${pulumi})`;
	}
	const patcher = annotations[FIELD_MANAGER];
	if (patcher !== undefined && !patcher.startsWith(FIELD_MANAGER_PREFIX)) {
		return `another Pulumi program (annotation ${FIELD_MANAGER}: ${patcher})`;
	}
	const label = labels["app.kubernetes.io/managed-by"];
	return label && /pulumi|terraform/i.test(label) ? `${label} (label app.kubernetes.io/managed-by)` : undefined;
}
