import assert from "node:assert/strict";
import { describeUntil, earlier, instantOf, isOver, isUntil } from "../../../core/iam/until";

describe("the end of an access", () => {
	it("is a day or an RFC 3339 time that exists", () => {
		for (const text of ["2026-12-31", "2028-02-29", "2026-12-31T18:00:00Z", "2026-12-31T18:00:00.5+02:00"]) {
			assert.ok(isUntil(text), text);
		}
		for (const text of [
			...["", "soon", "2026", "2026-12", "31.12.2026", "2026-02-30", "2027-02-29", "2026-13-01", "20261231"],
			...[
				"2026-12-31 18:00:00Z",
				"2026-12-31T18:00:00",
				"2026-12-31T18:00Z",
				"2026-12-31T25:00:00Z",
				"2026-12-31T24:00:00Z",
				"2026-12-31T18:00:00+24:00",
				"2026-02-30T18:00:00Z",
			],
		]) {
			assert.equal(isUntil(text), false, text);
		}
	});

	it("of a day is the midnight after it, in UTC", () => {
		assert.equal(instantOf("2026-12-31"), "2027-01-01T00:00:00Z");
		assert.equal(instantOf("2026-12-31T18:00:00+02:00"), "2026-12-31T16:00:00Z");
		assert.equal(instantOf("2028-02-28"), "2028-02-29T00:00:00Z");
		assert.equal(instantOf("2028-02-29T23:00:00-05:00"), "2028-03-01T04:00:00Z");
		assert.equal(isOver("2026-12-31", new Date("2026-12-31T23:59:59.999Z")), false);
		assert.equal(isOver("2026-12-31", new Date("2027-01-01T00:00:00Z")), true);
		assert.equal(isOver("2026-12-31T18:00:00Z", new Date("2026-12-31T17:59:59Z")), false);
		assert.equal(isOver("2026-12-31T18:00:00Z", new Date("2026-12-31T18:00:00Z")), true);
	});

	it("is one that AWS reads: in whole seconds, with four digits for the year", () => {
		assert.equal(instantOf("2026-12-31T18:00:00.999Z"), "2026-12-31T18:00:00Z");
		assert.equal(instantOf("9999-12-31"), "9999-12-31T23:59:59Z");
		assert.equal(instantOf("9999-12-31T23:30:00-05:00"), "9999-12-31T23:59:59Z");
	});

	it("is the earlier of two, in whatever form they are", () => {
		assert.equal(earlier("2026-12-31", "2026-12-31T18:00:00Z"), "2026-12-31T18:00:00Z");
		assert.equal(earlier(undefined, "2026-12-31"), "2026-12-31");
		assert.equal(earlier("2026-12-31", undefined), "2026-12-31");
		assert.equal(earlier(undefined, undefined), undefined);
	});

	it("is said as written", () => {
		assert.equal(describeUntil("2026-12-31", new Date("2026-06-01")), "until 2026-12-31");
		assert.equal(describeUntil("2026-12-31", new Date("2027-06-01")), "ended 2026-12-31");
	});
});
