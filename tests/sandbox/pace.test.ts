import assert from "node:assert/strict";
import { Pace } from "../../sandbox/pace";

describe("the time that is left of a first start", () => {
	/** Two builds that are expected to take five minutes each, on a machine that is so many times slower. */
	function building(slowness: number): { pace: Pace; at(expectedSeconds: number): void } {
		let now = 0;
		const pace = new Pace(600, () => now);
		return {
			pace,
			at(expectedSeconds) {
				now = expectedSeconds * slowness * 1000;
			},
		};
	}

	it("is what is expected, before anything is done", () => {
		assert.equal(building(3).pace.left(), "about 10 minutes");
	});

	it("shrinks with the packages that are compiled, and with each build that ends", () => {
		const { pace, at } = building(1);
		at(150);
		assert.equal(pace.left(150), "about 8 minutes");
		at(300);
		pace.finish(300);
		assert.equal(pace.left(), "about 5 minutes");
		at(590);
		assert.equal(pace.left(290), "about a minute");
	});

	it("is longer on a slower machine", () => {
		const { pace, at } = building(3);
		at(300);
		pace.finish(300);
		assert.equal(pace.left(), "about 15 minutes");
	});
});
