import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AccessError } from "../errors/access-error";
import { fieldPaths, keysOwnedBy, othersHolding } from "./managed-fields";
import { type MapKey, mergeMap, type RoleMapping, readEntries, toMapping, type UserMapping } from "./map";
import {
	FIELD_MANAGER,
	FORCE,
	fieldManagerOf,
	type LiveConfigMap,
	type OwnershipRecord,
	recordKeyOf,
	recordsOf,
} from "./ownership-record";
import { refuseForeignOwner, requireSafeNames, requireSize } from "./refusals";
import { placeholderIn } from "./yaml/edit";

/** What a component wants of aws-auth. */
export interface AwsAuthDesire {
	/** From {@link instanceOf}. */
	instance: string;
	/** `<organization>/<project>/<stack>`. */
	stack: string;
	/** Id of the resource whose deletion takes the entries out. */
	release: string;
	roles: readonly RoleMapping[];
	users?: readonly UserMapping[];
	/**
	 * The instance is a guess, for a check ahead: a stack that was renamed has kept the one that its first name gave. Claims of
	 * other stacks are left to the plan that knows it.
	 */
	isGuess?: boolean;
	/** Write although another program manages aws-auth. */
	takeOver?: boolean;
	/** Take over entries of somebody else that have the ARN of a desired one. */
	adoptExisting?: boolean;
}

/** The inputs of the ConfigMapPatch. */
export interface AwsAuthPlan {
	data: Record<string, string>;
	annotations: Record<string, string>;
	/** Fields (paths of managedFields) that others hold, and that have to be claimed before the write; if there are any. */
	claims?: string[][];
}

/**
 * Names a component for its record and its field manager: readable, and unique by a hash. At most 63 letters, digits, dots,
 * hyphens and underscores, as an annotation's name may have.
 */
export function instanceOf(stack: string, component: string): string {
	const hash = createHash("sha256")
		.update(JSON.stringify([stack, component]))
		.digest("hex")
		.slice(0, 8);
	const readable = `${stack.split("/").slice(1).join(".")}.${component}`.replace(/[^A-Za-z0-9._-]/g, "-");
	return `${readable.slice(0, 63 - hash.length - 1)}.${hash}`.replace(/^[^A-Za-z0-9]+/, "");
}

/**
 * What to write to aws-auth: the live text with the desired entries put in and those of the record that are no longer desired
 * taken out, and the new record.
 *
 * - There is nothing to change: everything as it is, so that the inputs equal the last ones and the preview is empty.
 * - Something changes: it is written without force, so that a write of somebody else's since the read makes it fail with a
 *   conflict. For that the fields have to be ours first ({@link AwsAuthPlan.claims}).
 */
export function planAwsAuth(live: LiveConfigMap, desire: AwsAuthDesire): AwsAuthPlan {
	const { resourceVersion, annotations = {} } = live.metadata ?? {};
	if (!resourceVersion) {
		throw new AccessError(
			"aws-auth-not-read",
			"aws-auth: the ConfigMap was not read from a cluster (it has no resourceVersion), so what is in it is not known. " +
				"Nothing was written. Use a provider that talks to the cluster (no renderYamlToDirectory).",
		);
	}
	requireSafeNames(desire);
	const { instance, stack, release } = desire;
	const fieldManager = fieldManagerOf(instance);
	const recordKey = recordKeyOf(instance);
	const record = ownRecord(annotations, recordsOf(live), instance);

	const wanted = {
		roles: desire.roles.map((mapping) => toMapping(mapping, "mapRoles").arn),
		users: (desire.users ?? []).map((mapping) => toMapping(mapping, "mapUsers").arn),
	};
	refuseNodes(live, [...wanted.roles, ...wanted.users]);
	const owned = keysOwnedBy(live, fieldManager);
	const maps = (["mapRoles", "mapUsers"] as const).filter((key) => {
		const list = LISTS[key];
		return wanted[list].length + (record?.[list].length ?? 0) > 0 || owned.includes(key);
	});
	if (!desire.takeOver) {
		refuseForeignOwner(live, maps);
	}
	// Keys that are ours but hold no map (none is written today) are repeated as they are.
	const data = Object.fromEntries(owned.map((key) => [key, live.data?.[key] ?? ""]));
	for (const key of maps) {
		data[key] = merged(live, key, desire, { wanted: wanted[LISTS[key]], recorded: record?.[LISTS[key]] ?? [] });
	}
	requireSize({ ...live.data, ...data }, live.binaryData);

	const isUnchanged =
		record !== undefined &&
		isDeepStrictEqual(
			[record.stack, record.release, record.roles, record.users],
			[stack, release, wanted.roles, wanted.users],
		) &&
		Object.entries(data).every(([key, text]) => live.data?.[key] === text);
	// Where another stack has written to a map first, whoever of the two goes last leaves what was there.
	const found = [...recordsOf(live).values()].map(({ before = {} }) => before);
	const before = Object.fromEntries(
		maps
			.map((key) => [key, placeholderIn(live.data?.[key], key) ?? found.find((each) => key in each)?.[key]] as const)
			.filter(([, text]) => text !== undefined),
	);
	const next: OwnershipRecord = {
		...{ stack, ...wanted, baseVersion: resourceVersion, release },
		...(Object.keys(before).length > 0 ? { before } : {}),
	};
	const paths = fieldPaths(Object.keys(data), recordKey);
	const isWritten = isUnchanged && annotations[FIELD_MANAGER] === fieldManager;
	return {
		data,
		annotations: {
			[recordKey]: (isUnchanged && annotations[recordKey]) || JSON.stringify(next),
			[FIELD_MANAGER]: fieldManager,
			[FORCE]: "false",
		},
		claims: !isWritten && othersHolding(live, fieldManager, paths).length > 0 ? paths : undefined,
	};
}

/** A map's text with the desired entries, and without those of the record that are no longer ours. */
function merged(
	live: LiveConfigMap,
	key: MapKey,
	desire: AwsAuthDesire,
	{ wanted, recorded }: { wanted: readonly string[]; recorded: readonly string[] },
): string {
	const others = claimsOfOthers(live, desire, LISTS[key], wanted);
	const isClaimed = (arn: string) => others.has(arn.toLowerCase());
	const remove = new Set([
		...recorded.filter((arn) => wanted.includes(arn) || !isClaimed(arn)),
		...wanted.filter(isClaimed),
	]);
	const desired = desire[LISTS[key]] ?? [];
	return mergeMap(live.data?.[key], { key, remove, desired, adopt: desire.adoptExisting });
}

/** Not even on request: who takes over the entry of a node role puts every node of it out of the cluster. */
export function refuseNodes(live: LiveConfigMap, arns: readonly string[]): void {
	const wanted = arns.map((arn) => arn.toLowerCase());
	// A text that nothing is put into need not be readable.
	const text = wanted.length > 0 ? live.data?.mapRoles : undefined;
	for (const { arn, username, groups, line } of readEntries(text, "mapRoles")) {
		const isOfNodes = groups.some((group) => NODE_GROUPS.includes(group)) || username?.startsWith("system:node:");
		if (arn && isOfNodes && wanted.includes(arn.toLowerCase())) {
			throw new AccessError(
				"node-role-refused",
				`aws-auth: ${arn} lets nodes in (line ${line} of mapRoles), not people. Nothing was written. ` +
					"Take the role out of the teams' roleArns; give people and CI a role of their own.",
			);
		}
	}
}

const NODE_GROUPS = ["system:nodes", "system:bootstrappers"];

const LISTS = { mapRoles: "roles", mapUsers: "users" } as const;

function ownRecord(
	annotations: Record<string, string>,
	records: Map<string, OwnershipRecord>,
	instance: string,
): OwnershipRecord | undefined {
	const key = recordKeyOf(instance);
	const record = records.get(instance);
	if (!record && annotations[key] !== undefined) {
		throw new AccessError(
			"aws-auth-record-damaged",
			`aws-auth: the annotation ${key}, which records this stack's entries, was damaged: ${annotations[key].slice(0, 200)}. ` +
				`Nothing was written. Remove this stack's entries from aws-auth by hand, then the annotation: ` +
				`kubectl annotate -n kube-system configmap/aws-auth ${key}-`,
		);
	}
	return record;
}

/**
 * Lower-cased ARNs in the records of other components. One that we want is an error if another stack has it; in our own stack
 * it is a component that is being renamed, whose entry becomes ours.
 */
function claimsOfOthers(
	live: LiveConfigMap,
	{ instance, stack, isGuess }: AwsAuthDesire,
	list: "roles" | "users",
	wanted: readonly string[],
): Set<string> {
	const claims = new Set<string>();
	for (const [other, record] of recordsOf(live)) {
		if (other === instance) {
			continue;
		}
		for (const arn of record[list].map((each) => each.toLowerCase())) {
			const clash = wanted.find((each) => each.toLowerCase() === arn);
			if (clash && record.stack !== stack && !isGuess) {
				throw new AccessError(
					"aws-auth-entry-of-another-stack",
					`aws-auth: the entry for ${clash} belongs to the stack ${record.stack} (annotation ${recordKeyOf(other)}). ` +
						"Nothing was written. An ARN can have one entry only: take it out of one of the two stacks.",
				);
			}
			claims.add(arn);
		}
	}
	return claims;
}
