import assert from "node:assert/strict";
import { AwsAuthTextError } from "../components/aws-auth-map";
import { ARN, ARTICLE, add, change, DEVS, NODES } from "./aws-auth-merging";

function refusal(text: string): { line: number; message: string } {
	try {
		add(text, DEVS);
	} catch (error) {
		assert.ok(error instanceof AwsAuthTextError, String(error));
		return error;
	}
	return assert.fail(`accepted: ${text}`);
}

describe("a map of aws-auth", () => {
	for (const [what, text, line, message] of [
		["a tab for indentation", `${NODES}- rolearn: a\n\tusername: b\n`, 7, /a tab/],
		["a tab behind a value in braces", `${NODES}- rolearn: {b: c\n\t}\n`, 7, /begins with a tab/],
		["a template without quotes", `${NODES}- username: {{SessionName}}\n`, 6, /\{\{ stands without quotes.*in quotes/],
		["a mapping", "rolearn: a\n", 1, /a mapping was found.*has to be a list/],
		["a JSON object", '{"rolearn": "a"}', 1, /a mapping was found/],
		["a text", "none", 1, /a single value was found/],
		["a second document", `${NODES}---\n${NODES}`, 6, /a second document begins/],
		["a key that stands twice", "- rolearn: a\n  username: b\n  rolearn: c\n", 3, /"rolearn" stands twice.*Remove one/],
		["a key in two cases", "- rolearn: a\n  RoleArn: c\n", 2, /stands twice/],
		["a merge key", "- &a {rolearn: a}\n- <<: *a\n", 2, /merge key/],
		["an entry indented differently", "- rolearn: a\n - rolearn: b\n", 2, /.*/],
		["a quote that is never closed", `- rolearn: "a\n`, 1, /never closed/],
		["an alias for nothing", "- groups: *g\n", 1, /alias/],
		["a control character", "- rolearn: a\u0007\n", 1, /does not allow/],
		["a value that JSON does not know", "- rolearn: .nan\n", 1, /JSON/],
	] as [string, string, number, RegExp][]) {
		it(`with ${what} is refused with line and way out`, () => {
			const error = refusal(text);
			assert.equal(error.line, line);
			assert.match(error.message, message);
			assert.match(error.message, /^aws-auth: mapRoles, line \d+: .*Nothing was written\. \[aws-auth-unreadable\]$/);
		});
	}

	it("is refused where our entry holds what an alias elsewhere means", () => {
		const text = `- rolearn: ${ARN}\n  groups: &g\n  - k8s-devs\n- rolearn: b\n  groups: *g\n`;
		assert.throws(() => change(text, [ARN]), {
			line: 5,
			message: /an alias stands for something in an entry of this stack/,
		});
	});

	it("is refused where an edit would change the text of a neighbour", () => {
		assert.throws(() => add("- username: |\n    no line break behind", DEVS), { line: 1, message: /block scalar/ });
		const text = `- username: |\n    kept\n${ARTICLE}    # would become text\n`;
		assert.throws(() => change(text, [ARN]), { line: 1, message: /block scalar/ });
	});
});
