import { editMap, type MapKey, withPlaceholder } from "./yaml/edit";

/** What a ConfigMap looks like to the protocol, from whichever client it was read. */
export interface LiveConfigMap {
	metadata?: {
		resourceVersion?: string;
		annotations?: Record<string, string>;
		labels?: Record<string, string>;
		managedFields?: { manager?: string; operation?: string; fieldsV1?: object }[];
	};
	data?: Record<string, string>;
	binaryData?: Record<string, string>;
}

/** Which entries of aws-auth a component has written: an annotation of the ConfigMap. */
export interface OwnershipRecord {
	/** `<organization>/<project>/<stack>`. */
	stack: string;
	/** Canonical ARNs of its entries in mapRoles. */
	roles: string[];
	/** Canonical ARNs of its entries in mapUsers. */
	users: string[];
	/**
	 * The ConfigMap's resourceVersion when the record was last changed. The engine compares inputs with its state, not with the
	 * cluster: without a new value here, an entry that somebody removed by hand would never be put back.
	 */
	baseVersion: string;
	/** Id of the resource whose deletion takes the entries out. */
	release: string;
	/** What stood for no entries before this package wrote to a map, such as `null`; empty where the map was not there. */
	before?: { [key in MapKey]?: string };
}

/** What is left of a map whose entries are all taken out. */
const NOTHING = "[]\n";

const RECORD_PREFIX = "pulumi-eks-access/";
export const FORCE = "pulumi.com/patchForce";
export const FIELD_MANAGER = "pulumi.com/patchFieldManager";
export const FIELD_MANAGER_PREFIX = "eks-access/";

/** The annotation that holds the record of a component instance. */
export function recordKeyOf(instance: string): string {
	return RECORD_PREFIX + instance;
}

/** The server-side apply field manager of a component instance. */
export function fieldManagerOf(instance: string): string {
	return FIELD_MANAGER_PREFIX + instance;
}

/** All records on a ConfigMap by instance; one that cannot be read is left out. */
export function recordsOf(live: LiveConfigMap): Map<string, OwnershipRecord> {
	const records = new Map<string, OwnershipRecord>();
	for (const [key, value] of Object.entries(live.metadata?.annotations ?? {})) {
		if (!key.startsWith(RECORD_PREFIX)) {
			continue;
		}
		try {
			const record = JSON.parse(value);
			const lists = [record.roles, record.users];
			if (lists.every((list) => Array.isArray(list) && list.every((arn) => typeof arn === "string"))) {
				records.set(key.slice(RECORD_PREFIX.length), record);
			}
		} catch {}
	}
	return records;
}

/**
 * aws-auth without one instance's entries and record, or undefined where there is nothing to take out: no record, or one that a
 * newer resource than `release` has claimed. An entry that another record claims too stays: after a rename, the component
 * of the new name has it.
 *
 * Part of the clean destroy's bundle, which a stack's state holds: no library, and little of everything.
 */
export function releaseFromAwsAuth(
	live: LiveConfigMap,
	{ instance, release }: { instance: string; release: string },
): { data: Record<string, string>; annotations: Record<string, string> } | undefined {
	const records = recordsOf(live);
	const record = records.get(instance);
	if (!record || record.release !== release) {
		return undefined;
	}
	records.delete(instance);
	const data = { ...live.data };
	for (const [key, list] of [
		["mapRoles", "roles"],
		["mapUsers", "users"],
	] as [MapKey, "roles" | "users"][]) {
		const claimed = new Set([...records.values()].flatMap((other) => other[list].map((arn) => arn.toLowerCase())));
		const ours = record[list].map((arn) => arn.toLowerCase()).filter((arn) => !claimed.has(arn));
		if (ours.length > 0 && data[key] !== undefined) {
			data[key] = editMap(data[key], { key, ours: new Set(ours), desired: [] });
		}
		const before = record.before?.[key];
		if (before === "" && data[key] === NOTHING) {
			delete data[key];
		} else if (before && data[key] !== undefined) {
			data[key] = withPlaceholder(data[key], key, before);
		}
	}
	const annotations = { ...live.metadata?.annotations };
	delete annotations[recordKeyOf(instance)];
	if (annotations[FIELD_MANAGER] === fieldManagerOf(instance)) {
		delete annotations[FIELD_MANAGER];
		delete annotations[FORCE];
	}
	return { data, annotations };
}
