import { isDeepStrictEqual } from "node:util";
import { isDefault } from "./check";
import { equivalent } from "./policy-document";
import { isUnknown, type Properties, unknown, withoutAbsent } from "./properties";
import type { PropertyRule, ResourceType } from "./resource-type";

export interface Difference {
	readonly changed: string[];
	readonly replaces: string[];
	readonly deleteBeforeReplace: boolean;
}

/** What has to change to get from what is there to what the program wants. */
export function difference(
	type: ResourceType,
	state: Properties,
	inputs: Properties,
	ignored: readonly string[] = [],
): Difference {
	const rules = Object.entries(type.inputs);
	const changed = rules.filter(
		([property, rule]) => !ignored.includes(property) && differs(property, rule, state, inputs),
	);
	const replaces = changed.filter(([, rule]) => rule.replaces || !type.update);
	// Two of the same name cannot stand side by side; a name that was made up is made up anew.
	const named = rules.find(([, rule]) => rule.autoNamed)?.[0];
	const sameName = named !== undefined && !isDefault(inputs, named) && inputs[named] === state[named];
	return {
		changed: changed.map(([property]) => property),
		replaces: replaces.map(([property]) => property),
		deleteBeforeReplace: replaces.length > 0 && (sameName || type.deleteBeforeReplace === true),
	};
}

function differs(property: string, rule: PropertyRule, state: Properties, inputs: Properties): boolean {
	const wanted = inputs[property];
	if (isUnknown(wanted)) return true;
	if (wanted === undefined && rule.computed) return false;
	return !same(rule, state[property], wanted);
}

function same(rule: PropertyRule, one: unknown, other: unknown): boolean {
	if (rule.kind === "policy" && one && other) {
		return equivalent(one as string, other as string);
	}
	if (rule.kind === "set") {
		const sorted = (value: unknown) => [...((value ?? []) as string[])].sort();
		return isDeepStrictEqual(sorted(one), sorted(other));
	}
	if (rule.kind === "tags") return isDeepStrictEqual(one ?? {}, other ?? {});
	if (rule.kind === "block") {
		const [ones, others] = [one ?? {}, other ?? {}] as [Properties, Properties];
		return Object.entries(rule.properties ?? {}).every(([property, inner]) =>
			same(inner, ones[property], others[property]),
		);
	}
	return (one ?? "") === (other ?? "");
}

/** The state as it will be, with unknowns for what AWS decides. */
export function planned(type: ResourceType, state: Properties | undefined, inputs: Properties): Properties {
	const changed = state ? difference(type, state, inputs).changed : [];
	const undecided = Object.entries(type.outputs)
		.filter(([, causes]) => !state || causes.some((cause) => changed.includes(cause)))
		.map(([output]) => output);
	if (!state) {
		undecided.push(
			...Object.entries(type.inputs)
				.filter(([property, rule]) => rule.computed && !(property in inputs))
				.map(([property]) => property),
		);
	}
	const kept = Object.fromEntries(
		Object.entries(state ?? {}).filter(([property]) => (type.inputs[property] ?? { computed: true }).computed),
	);
	return {
		...kept,
		...withoutBookkeeping(inputs),
		...Object.fromEntries(undecided.map((output) => [output, unknown])),
	};
}

/** What was read, in the words of the last state where both mean the same: AWS may order or space it otherwise. */
export function inFamiliarWords(type: ResourceType, read: Properties, last: Properties): Properties {
	const result = withoutAbsent(read);
	for (const [property, rule] of Object.entries(type.inputs)) {
		if (
			result[property] !== undefined &&
			last[property] !== undefined &&
			same(rule, result[property], last[property])
		) {
			result[property] = last[property];
		}
	}
	return result;
}

/** The inputs that would lead to what was read: the last ones, but for what has drifted since. */
export function inputsOf(type: ResourceType, read: Properties, state: Properties, last: Properties): Properties {
	const imported = Object.keys(last).length === 0;
	const inputs = { ...last };
	for (const [property, rule] of Object.entries(type.inputs)) {
		const drifted = !same(rule, read[property], state[property]);
		const wanted = imported
			? (rule.kind === "tags" || rule.autoNamed || !rule.computed) && read[property] !== rule.default
			: drifted && (property in last || !rule.computed);
		if (wanted) inputs[property] = read[property];
	}
	return withoutAbsent(inputs);
}

function withoutBookkeeping(inputs: Properties): Properties {
	return Object.fromEntries(Object.entries(inputs).filter(([property]) => !property.startsWith("__")));
}
