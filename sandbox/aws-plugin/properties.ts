export type Properties = Record<string, unknown>;

/** What stands for a value that is known only after the update; the engine has one for each kind of value. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const unknowns = new Set([
	unknown,
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Whether the value, or anything in it, is not known yet. */
export function isUnknown(value: unknown): boolean {
	if (typeof value === "string") return unknowns.has(value);
	if (typeof value === "object" && value !== null) {
		return Object.values(value).some(isUnknown);
	}
	return false;
}

/** Without what is undefined or null, which the engine's wire format cannot tell from absent. */
export function withoutAbsent(properties: Properties): Properties {
	return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined && value !== null));
}
