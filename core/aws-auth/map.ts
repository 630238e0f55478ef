import { AccessError } from "../errors/access-error";
import { canonicalRoleArn, canonicalUserArn } from "../iam/arn";
import { editMap, fieldOf, type MapKey } from "./yaml/edit";
import { readSequence } from "./yaml/sequence";
import type { Mapping } from "./yaml/splice";

export type { MapKey } from "./yaml/edit";
export { AwsAuthTextError } from "./yaml/text-error";

/** Who comes in by a role. */
export interface RoleMapping {
	/** With or without its path; written without, as the authenticator sees it. */
	roleArn: string;
	/** May hold templates, such as `{{SessionName}}`: see username.ts. */
	username: string;
	/** Kubernetes groups. */
	groups: string[];
	/**
	 * Groups of Kubernetes' own, such as system:masters, which makes cluster administrators, are meant; refused otherwise.
	 * Not written anywhere.
	 */
	systemGroups?: boolean;
}

/** Who an IAM user is. */
export interface UserMapping extends Omit<RoleMapping, "roleArn"> {
	/** With its path. */
	userArn: string;
}

/** Who is to be let in. */
export interface Mappings {
	roles: RoleMapping[];
	users: UserMapping[];
}

/** An entry of the live text. A field that holds no text, which the authenticator drops, is undefined. */
export interface LiveEntry {
	arn: string | undefined;
	username: string | undefined;
	groups: string[];
	/** Line in the map's text, from 1. */
	line: number;
}

export interface MergeRequest {
	key: MapKey;
	/** Canonical ARNs of the entries that our record holds. */
	remove: ReadonlySet<string>;
	desired: readonly (RoleMapping | UserMapping)[];
	/** Replace or take over somebody else's entry that has the ARN of a desired one. */
	adopt?: boolean;
}

/** The entries of a live map. Throws an `AwsAuthTextError` for a text that the authenticator would not read as a list or null. */
export function readEntries(text: string | undefined, key: MapKey): LiveEntry[] {
	const source = text ?? "";
	const arnField = key === "mapRoles" ? "rolearn" : "userarn";
	let line = 1;
	let counted = 0;
	return readSequence(source, key).items.map(({ start, value }) => {
		for (let at = source.indexOf("\n", counted); at >= 0 && at < start; at = source.indexOf("\n", counted)) {
			line++;
			counted = at + 1;
		}
		const text = (name: string): string | undefined => {
			const field = fieldOf(value, name);
			return typeof field === "string" ? field : undefined;
		};
		const groups = fieldOf(value, "groups");
		return {
			arn: text(arnField),
			username: text("username"),
			groups: Array.isArray(groups) ? groups.filter((group) => typeof group === "string") : [],
			line,
		};
	});
}

/** The mapping as it is written, its ARN canonical. */
export function toMapping(mapping: RoleMapping | UserMapping, key: MapKey): Mapping {
	const { username, groups } = mapping;
	if (key === "mapRoles" && "roleArn" in mapping) {
		return { arn: canonicalRoleArn(mapping.roleArn), username, groups };
	}
	if (key === "mapUsers" && "userArn" in mapping) {
		return { arn: canonicalUserArn(mapping.userArn), username, groups };
	}
	throw new AccessError(
		"argument-invalid",
		`${key} holds ${key === "mapRoles" ? "roles (roleArn)" : "users (userArn)"} only`,
	);
}

/**
 * The live text without the entries of our record, with the desired ones, and otherwise byte for byte as it was. Pure and
 * idempotent. Throws an `AwsAuthTextError` where that cannot be done safely.
 */
export function mergeMap(text: string | undefined, { key, remove, desired, adopt }: MergeRequest): string {
	const mappings = desired.map((mapping) => toMapping(mapping, key));
	const seen = new Map<string, Mapping>();
	for (const mapping of mappings) {
		const twin = seen.get(mapping.arn.toLowerCase());
		if (twin) {
			throw new AccessError(
				"principal-twice",
				`${key}: ${mapping.arn} is wanted twice, as ${twin.username} and as ${mapping.username}; the authenticator ` +
					"ignores case and a role's path, and reads the last entry of an ARN only. Keep one, with the groups of both.",
			);
		}
		seen.set(mapping.arn.toLowerCase(), mapping);
	}
	const ours = new Set([...remove].map((arn) => arn.toLowerCase()));
	return editMap(text, { key, ours, desired: mappings, adopt });
}
