import assert from "node:assert/strict";
import { AwsAuthTextError } from "../../../core/aws-auth/map";
import { ARN, ARTICLE, add, change, DEVS, NODES } from "../../support/aws-auth-merging";

function refusal(text: string): AwsAuthTextError {
	try {
		add(text, DEVS);
	} catch (error) {
		assert.ok(error instanceof AwsAuthTextError, String(error));
		return error;
	}
	return assert.fail(`accepted: ${text}`);
}

describe("a map of aws-auth", () => {
	for (const [what, text, line, reason] of [
		["a tab for indentation", `${NODES}- rolearn: a\n\tusername: b\n`, 7, "tab-indents"],
		["a tab behind a value in braces", `${NODES}- rolearn: {b: c\n\t}\n`, 7, "tab-after-value"],
		["a tab that begins the text of a block scalar", "- username: |\n    \tx\n", 2, "tab-indents"],
		["an escape of JSON's that YAML 1.1 lacks", '- username: "a\\/b"\n', 1, "escape-unknown"],
		["a template without quotes", `${NODES}- username: {{SessionName}}\n`, 6, "template-unquoted"],
		["a mapping", "rolearn: a\n", 1, "not-a-list"],
		["a JSON object", '{"rolearn": "a"}', 1, "not-a-list"],
		["a text", "none", 1, "not-a-list"],
		["a second document", `${NODES}---\n${NODES}`, 6, "second-document"],
		["a key that stands twice", "- rolearn: a\n  username: b\n  rolearn: c\n", 3, "key-twice"],
		["a key in two cases", "- rolearn: a\n  RoleArn: c\n", 2, "key-twice"],
		["a merge key", "- &a {rolearn: a}\n- <<: *a\n", 2, "merge-key"],
		["an entry indented differently", "- rolearn: a\n - rolearn: b\n", 2, "indentation-differs"],
		["a quote that is never closed", `- rolearn: "a\n`, 1, "quote-open"],
		["an alias for nothing", "- groups: *g\n", 1, "alias-unknown"],
		["a control character", "- rolearn: a\u0007\n", 1, "character-illegal"],
		["a value that JSON does not know", "- rolearn: .nan\n", 1, "not-json"],
	] as [string, string, number, string][]) {
		it(`with ${what} is refused with line and way out`, () => {
			const error = refusal(text);
			assert.equal(error.line, line);
			assert.equal(error.reason.is, reason);
			assert.match(error.message, /^aws-auth: mapRoles, line \d+: .*Nothing was written\. \[aws-auth-unreadable\]$/);
		});
	}

	it("is refused where our entry holds what an alias elsewhere means", () => {
		const text = `- rolearn: ${ARN}\n  groups: &g\n  - k8s-devs\n- rolearn: b\n  groups: *g\n`;
		assert.throws(() => change(text, [ARN]), {
			line: 5,
			reason: { is: "alias-into-entry" },
		});
	});

	it("is refused where an edit would change the text of a neighbour", () => {
		assert.throws(() => add("- username: |\n    no line break behind", DEVS), {
			line: 1,
			reason: { is: "neighbour-changes" },
		});
		const text = `- username: |\n    kept\n${ARTICLE}    # would become text\n`;
		assert.throws(() => change(text, [ARN]), { line: 1, reason: { is: "neighbour-changes" } });
	});
});
