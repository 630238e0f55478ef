import { FIELD_MANAGER, FIELD_MANAGER_PREFIX, FORCE, type LiveConfigMap } from "./aws-auth-record";

type ManagedField = NonNullable<NonNullable<LiveConfigMap["metadata"]>["managedFields"]>[number];

/** The fields of aws-auth that a write of ours covers, as paths of managedFields. */
function fieldPaths(keys: readonly string[]): string[][] {
	return [
		...keys.map((key) => ["f:data", `f:${key}`]),
		...[FORCE, FIELD_MANAGER].map((key) => ["f:metadata", "f:annotations", `f:${key}`]),
	];
}

function holds({ fieldsV1 }: ManagedField, path: string[]): boolean {
	let fields: unknown = fieldsV1;
	for (const part of path) {
		fields = (fields as Record<string, unknown> | undefined)?.[part];
	}
	return fields !== undefined;
}

/** Who has written what we are about to write: whether it is all ours, and who else has some of it. */
export function ownershipOf(
	live: LiveConfigMap,
	fieldManager: string,
	keys: readonly string[],
): { ours: boolean; others: string[] } {
	const paths = fieldPaths(keys);
	const managed = live.metadata?.managedFields ?? [];
	const isOurs = (entry: ManagedField) => entry.manager === fieldManager && entry.operation === "Apply";
	const others = managed.filter((entry) => !isOurs(entry) && paths.some((path) => holds(entry, path)));
	const own = managed.find(isOurs);
	return {
		ours: others.length === 0 && own !== undefined && paths.every((path) => holds(own, path)),
		others: [...new Set(others.map(({ manager }) => manager ?? "unknown"))],
	};
}

/** The keys of data that our field manager holds already: a write that left one out would delete it. */
export function keysOwnedBy(live: LiveConfigMap, fieldManager: string): string[] {
	const own = (live.metadata?.managedFields ?? []).find(
		({ manager, operation }) => manager === fieldManager && operation === "Apply",
	);
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
