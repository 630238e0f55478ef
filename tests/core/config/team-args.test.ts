import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { TEAM_ARGS, teamArgsFile } from "../../../scripts/team-args";

describe("the types of a team", () => {
	it("are what the schema says: run `npm run reference` after a change of it", () => {
		assert.equal(readFileSync(TEAM_ARGS, "utf8"), teamArgsFile());
	});

	it("say of every key what it means, and what holds where it is not given", () => {
		const text = teamArgsFile();
		const keys = text.match(/^\t\w+\??: /gm) as string[];
		assert.equal(text.match(/^\t \* [^@\n].*\.$/gm)?.length, keys.length);
		assert.equal(text.match(/^\t \* @default \S/gm)?.length, keys.filter((key) => key.includes("?")).length);
	});
});
