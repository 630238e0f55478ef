import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { AccessError } from "../../../core/errors/access-error";
import { quoted, visible } from "../../../core/errors/escape";
import { ConfigError } from "../../../core/errors/problem";
import { eksAccess } from "../../cli/command";

const UNSEEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

describe("text of AWS, the cluster or a config on a terminal", () => {
	it("an error's message holds nothing that cannot be seen, whatever it quotes", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				const problems = [{ path: text, message: text }];
				for (const error of [new AccessError("write-refused", text), new ConfigError(text, problems)]) {
					assert.doesNotMatch(error.message, UNSEEN);
					assert.doesNotMatch(error.explanation, UNSEEN);
				}
			}),
		);
		assert.equal(visible("a\u001b[2J\u009b\u{e0001}é"), "a\\u001b[2J\\u009b\\u{e0001}é");
	});

	it("JSON has it escaped, and still means the same", async () => {
		const arn = "arn:aws:iam::111122223333:role/\u202e\u009b2J";
		const args = ["doctor", "--file", "-", "--format", "json"];
		const { stdout } = await eksAccess(args, {
			input: '- rolearn: "arn:aws:iam::111122223333:role/\\u202e\\u009b2J"\n',
		});
		assert.doesNotMatch(stdout, UNSEEN);
		assert.ok(JSON.parse(stdout).findings.some((finding: { arn?: string }) => finding.arn === arn));
	});

	it("a text is one word of a shell", () => {
		const role = "arn:aws:iam::123456789012:role/teams/shop";
		assert.equal(quoted(role), role);
		for (const text of ["user/$(touch x)/bob", "a'b", "`id`", ""]) {
			assert.equal(execFileSync("sh", ["-c", `printf %s ${quoted(text)}`], { encoding: "utf8" }), text);
		}
	});

	it("the program has one way to write a message, which escapes it", () => {
		const folder = path.resolve(__dirname, "../../../components");
		const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
		assert.deepEqual(
			files.filter((name) =>
				/pulumi\.log\.|console\.|process\.std/.test(readFileSync(path.join(folder, name), "utf8")),
			),
			["log.ts"],
		);
	});
});
