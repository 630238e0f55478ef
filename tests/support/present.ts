import assert from "node:assert/strict";

/** What must be there: fails the test where it is not. */
export function present<T>(value: T | undefined): T {
	assert.ok(value !== undefined, "there is no such item");
	return value;
}
