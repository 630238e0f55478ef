import type { Value } from "../../core/aws-auth/yaml/scanner";

/** A field as the authenticator decodes it: a text, nothing, or something that is no text and leaves the field empty. */
export type Meaning = { kind: "text"; text: string } | { kind: "null" } | { kind: "other"; what: string };

/** As yaml.v2 reads them. */
const NULL = /^(?:~|null|Null|NULL)?$/;
const BOOLEAN = /^(?:y|Y|n|N|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/;
/** strconv.ParseInt with base 0, and yaml.v2's own pattern of a float. */
const INTEGER = /^[-+]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

export function meaningOf(value: Value | undefined): Meaning {
	if (value === undefined) {
		return { kind: "null" };
	}
	if (typeof value === "string") {
		return { kind: "text", text: value };
	}
	if (Array.isArray(value)) {
		return { kind: "other", what: "a list" };
	}
	if (value instanceof Map) {
		return { kind: "other", what: "a mapping" };
	}
	const raw = value.opaque;
	if (NULL.test(raw)) {
		return { kind: "null" };
	}
	if (BOOLEAN.test(raw)) {
		return { kind: "other", what: `the boolean ${raw}` };
	}
	const digits = raw.replaceAll("_", "");
	if (/^[-+.\d]/.test(raw) && (INTEGER.test(digits) || FLOAT.test(digits))) {
		return { kind: "other", what: `the number ${raw}` };
	}
	// A date, which the authenticator takes as a text, or a folded one.
	return { kind: "text", text: raw.replace(/^>/, "") };
}
