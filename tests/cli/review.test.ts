import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { reportPage } from "../../cli/html/document";
import { reportText } from "../../cli/output/report";
import { type AccessRecord, changesBetween, readRecord } from "../../cli/review/record";
import { reportOf } from "../../cli/review/report";
import { eksAccess, stackFile, temporaryFolder, temporaryProject } from "./command";

const access = (who: string, where: string, level: string) => ({ who, team: "shop", where, access: level });
const finding = (subject: string) => ({ kind: "foreign", layer: "iam", subject, message: "is there" }) as const;

function record(given: Partial<AccessRecord>): AccessRecord {
	return {
		...{ version: 1, date: "2026-04-01T08:00:00.000Z", stack: "eks-access/prod", cluster: "c", server: "https://c" },
		...{ by: ["arn:aws:iam::123456789012:user/op"], source: "config", access: [], findings: [], notes: [] },
		...given,
	};
}

describe("eks-access review", () => {
	const before = record({
		access: [
			access("user/jane", "shop", "full"),
			access("user/joe", "shop", "edit"),
			access("user/ann", "pay", "view"),
		],
		findings: [finding("user/old"), finding("user/same")],
	});
	const after = record({
		date: "2026-07-01T08:00:00.000Z",
		access: [
			access("user/jane", "shop", "full"),
			access("user/joe", "shop", "full"),
			access("user/zoe", "shop", "view"),
		],
		findings: [finding("user/same"), finding("user/new")],
	});

	it("says what has changed since an earlier record, and nothing else", () => {
		assert.deepEqual(changesBetween(before, after), {
			date: before.date,
			granted: [access("user/zoe", "shop", "view")],
			removed: [access("user/ann", "pay", "view")],
			changed: [{ ...access("user/joe", "shop", "full"), before: "edit" }],
			newFindings: [finding("user/new")],
			goneFindings: [finding("user/old")],
		});
		const same = changesBetween(after, { ...after, date: "2026-10-01T08:00:00.000Z" });
		assert.deepEqual(Object.values(same).flat(), [after.date]);
	});

	it("is a page to sign: the access, what differs, what has changed", () => {
		const report = reportOf({ ...after, since: changesBetween(before, after) });
		const page = reportPage(report);
		assert.match(page, /2026-07-01T08:00:00\.000Z/);
		assert.match(page, />changed<.*>user\/<wbr>joe<.*>edit → full</);
		assert.match(page, /<li>new: foreign user\/new: is there<\/li>/);
		assert.match(page, /Reviewed by: _+/);
		assert.match(page, /id="search"/);
		const text = reportText(report, (_, each) => each);
		assert.match(text, /^What has changed since 2026-04-01/m);
		assert.match(text, /^granted +user\/zoe +shop +view +shop$/m);
	});

	it("--since: a file that is no record, or one of another stack, is an error that says so", async () => {
		const folder = temporaryFolder();
		const file = path.join(folder, "before.json");
		for (const [text, message] of [
			["{", /--since .*before\.json: .*JSON/],
			["[]", /no record of eks-access review/],
			["null", /no record of eks-access review/],
			[JSON.stringify({ ...before, version: 2 }), /no record of eks-access review/],
			[JSON.stringify({ ...before, date: "x" }), /no record of eks-access review/],
			[JSON.stringify({ ...before, access: [null] }), /no record of eks-access review/],
			[JSON.stringify({ ...before, stack: "eks-access/dev" }), /of the stack eks-access\/dev, not of eks-access\/prod/],
		] as const) {
			writeFileSync(file, text);
			assert.throws(() => readRecord(file, "eks-access/prod"), { code: "cli-file-unreadable", message });
		}
		writeFileSync(file, JSON.stringify(before));
		assert.deepEqual(readRecord(file, "eks-access/prod"), before);
		const cwd = temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", namespaces: ["a"], users: ["b"] }) });
		const { code, stderr } = await eksAccess(["review", "--since", "/nonexistent.json"], { cwd });
		assert.deepEqual([code, /ENOENT.*\[cli-file-unreadable\]/.test(stderr)], [2, true], stderr);
	});
});
