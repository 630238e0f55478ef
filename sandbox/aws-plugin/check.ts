import { createHash, randomBytes } from "node:crypto";
import { isUnknown, type Properties, unknown, withoutAbsent } from "./properties";
import type { PropertyRule, ResourceType } from "./resource-type";
import { mergedTags } from "./tags";

export interface Failure {
	readonly property: string;
	readonly reason: string;
}

/** The inputs that were not given but made up here; the real provider keeps the list under the same name. */
const defaultsKey = "__defaults";

/** What the program gave, made complete, and everything that is wrong with it. */
export function check(
	type: ResourceType,
	logicalName: string,
	old: Properties,
	given: Properties,
	seed: Uint8Array,
): { inputs: Properties; failures: Failure[] } {
	const { inputs, failures } = understood(type, given);
	const defaults: string[] = [];
	for (const [property, rule] of Object.entries(type.inputs)) {
		if (property in inputs) {
			failures.push(...failuresOf(property, rule, inputs[property]));
			continue;
		}
		if (rule.required) {
			failures.push({ property, reason: "is required but was not given" });
		}
		// A prefix leaves the name to the provider, as the bridge sees by ConflictsWith.
		const isNamed = rule.autoNamed && inputs.namePrefix === undefined;
		const value = isNamed ? autoName(property, logicalName, old, seed) : rule.default;
		if (value !== undefined) {
			inputs[property] = value;
			defaults.push(property);
		}
	}
	if ("tags" in type.inputs) {
		inputs.tagsAll = isUnknown(inputs.tags) ? unknown : mergedTags(inputs.tags);
	}
	return { inputs: { ...inputs, [defaultsKey]: defaults }, failures };
}

/** What the program gave, as far as the plugin has it. */
function understood(type: ResourceType, given: Properties): { inputs: Properties; failures: Failure[] } {
	const inputs: Properties = {};
	const failures: Failure[] = [];
	for (const [property, value] of Object.entries(withoutAbsent(given))) {
		const rule = type.inputs[property];
		if (property.startsWith("__") || property === "tagsAll") continue;
		if (rule) inputs[property] = converted(rule, value);
		else failures.push({ property, reason: unsupported(type) });
	}
	return { inputs, failures };
}

/** Whether the input was made up here: such a name is free to change in a replacement. */
export function isDefault(inputs: Properties, property: string): boolean {
	return ((inputs[defaultsKey] as string[]) ?? []).includes(property);
}

/** A policy document may be given as an object, a number as text, as the real provider takes them. */
function converted(rule: PropertyRule, value: unknown): unknown {
	if (isUnknown(value)) return value;
	if (rule.kind === "policy" && typeof value === "object") {
		return JSON.stringify(value);
	}
	if (rule.kind === "number" && typeof value === "string") return Number(value);
	return value;
}

function failuresOf(property: string, rule: PropertyRule, value: unknown): Failure[] {
	const reason = invalid(rule, value);
	if (reason) return [{ property, reason }];
	if (rule.kind !== "block" || isUnknown(value)) return [];
	return Object.entries(rule.properties ?? {}).flatMap(([name, inner]) => {
		const path = `${property}.${name}`;
		const given = (value as Properties)[name];
		if (given !== undefined && given !== null) return failuresOf(path, inner, given);
		return inner.required ? [{ property: path, reason: "is required but was not given" }] : [];
	});
}

function invalid(rule: PropertyRule, value: unknown): string | undefined {
	if (isUnknown(value)) return undefined;
	const wanted = {
		string: typeof value === "string",
		number: Number.isFinite(value),
		boolean: typeof value === "boolean",
		set: Array.isArray(value),
		tags: typeof value === "object" && !Array.isArray(value),
		block: typeof value === "object" && !Array.isArray(value),
		policy: isJson(value),
	};
	if (!wanted[rule.kind]) {
		return `must be ${rule.kind === "policy" ? "a JSON policy document" : `a ${rule.kind}`}, but is ${JSON.stringify(value)}`;
	}
	const wrong = rule.valid?.(value);
	if (wrong) return wrong;
	const length = String(value).length;
	if (rule.maxLength && length > rule.maxLength) {
		return `may have ${rule.maxLength} characters, but has ${length}`;
	}
	return undefined;
}

function isJson(value: unknown): boolean {
	try {
		return typeof JSON.parse(value as string) === "object";
	} catch {
		return false;
	}
}

function autoName(property: string, logicalName: string, old: Properties, seed: Uint8Array): unknown {
	if (old[property] && isDefault(old, property)) return old[property];
	// The engine's seed makes the name of an update the one that its preview has shown.
	const random = seed.length ? createHash("sha256").update(seed).digest("hex") : randomBytes(4).toString("hex");
	return `${logicalName}-${random.slice(0, 7)}`;
}

function unsupported(type: ResourceType): string {
	return `is not implemented by the sandbox's aws plugin for ${type.title}, which has ${Object.keys(type.inputs).join(", ")}. The real plugin has all: pulumi plugin install resource aws`;
}
