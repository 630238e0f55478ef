import { settingChanges } from "../../core/changes/settings";
import { quoted } from "../../core/errors/escape";
import { show } from "../../core/errors/problem";

/** Where access is given: the cluster's way in, IAM, namespaces and RBAC; `access` is what the API server says in the end. */
export const LAYERS = ["cluster", "iam", "aws-auth", "access-entries", "namespaces", "rbac", "access"] as const;
export type Layer = (typeof LAYERS)[number];

/** A difference between what the config gives and what is there. */
export interface Finding {
	/** `missing`: somebody has less than they should; `extra`: more; `drifted`: other; `foreign`: an object of others gives more. */
	kind: "missing" | "extra" | "drifted" | "foreign";
	layer: Layer;
	/** Whom or what it is about, for example `role shop-role`, or an ARN. */
	subject: string;
	/** What was found, and what should be. */
	message: string;
	/** The command that mends it, where one does. */
	fix?: string;
}

/** Puts back what the stack makes, also where the state does not show that it is gone. */
export const REPAIR = "pulumi up --refresh --run-program";

/** Findings of one layer about one subject. */
export function about(layer: Layer, subject: string) {
	const of =
		(kind: Finding["kind"], usual?: string) =>
		(message: string, fix: string | undefined = usual): Finding => ({
			...{ kind, layer, subject, message },
			...(fix ? { fix } : {}),
		});
	return {
		missing: of("missing", REPAIR),
		drifted: of("drifted", REPAIR),
		extra: of("extra"),
		foreign: of("foreign"),
		/** What no command mends: somebody has to decide something first. */
		unmended: (kind: Finding["kind"], message: string): Finding => ({ kind, layer, subject, message }),
	};
}

/** What is in one list and not in the other. */
export function without<T>(list: readonly T[], others: readonly T[]): T[] {
	return list.filter((each) => !others.includes(each));
}

export function sameSet(one: readonly string[], other: readonly string[]): boolean {
	return without(one, other).length === 0 && without(other, one).length === 0;
}

/** Whether two values are the same but for the order of keys and lists, and for items that are in a list twice. */
export function sameUnordered(one: unknown, other: unknown): boolean {
	return unordered(one) === unordered(other);
}

function unordered(value: unknown): string {
	if (Array.isArray(value)) {
		return `[${[...new Set(value.map(unordered))].sort().join()}]`;
	}
	return typeof value === "object" && value !== null
		? `{${Object.entries(value)
				.map(([key, each]) => `${JSON.stringify(key)}:${unordered(each)}`)
				.sort()
				.join()}}`
		: (JSON.stringify(value) ?? "null");
}

/** Puts a part of an object back whole: a refresh does not see what somebody has added to a list. @param object For example `networkpolicy -n dev x`. */
export function patchOf(object: string, path: string, value: unknown): string {
	return `kubectl patch ${object} --type=json -p ${quoted(JSON.stringify([{ op: "replace", path, value }]))}`;
}

/** What of an object is not as it should be, in short: a policy whole would be a page. */
export function differences(is: unknown, wanted: unknown): string {
	const parts = settingChanges(wanted, is).map(
		({ path, before, after }) => `${path.join(".") || "it"} is ${show(after)}, not ${show(before)}`,
	);
	return parts.length > 0 ? listed(parts, 3) : "is in another form";
}

/** Whether two ARNs are one identity: neither aws-auth nor a session tells a role's path, and IAM compares names without regard to case. */
export function sameIdentity(one: string | undefined, other: string): boolean {
	const plain = (arn: string | undefined) => arn?.replace(/:role\/.*\//, ":role/").toLowerCase();
	return plain(one) === plain(other);
}

/** `a, b, c and 4 more`. */
export function listed(values: readonly string[], most = 6): string {
	const shown = values.slice(0, most).join(", ");
	return values.length > most ? `${shown} and ${values.length - most} more` : shown || "none";
}
