import assert from "node:assert/strict";
import { groupProblem, usernameProblem } from "../components/username";

describe("usernames and groups of aws-auth", () => {
	for (const name of [
		"developer",
		"jane@example.com",
		"dev:{{SessionName}}",
		"dev:{{AccountID}}:{{SessionNameRaw}}",
		"{{AccountID}}",
		"key-{{AccessKeyID}}",
		"node:{{EC2PrivateDNSName}}",
	]) {
		it(`accept ${name} for a role`, () => assert.equal(usernameProblem(name, { of: "role" }), undefined));
	}

	for (const [name, problem] of [
		["", /is empty/],
		["  ", /is empty/],
		[" developer", /blanks at an end/],
		["a\nb", /control character/],
		["{{SessionName}}", /fixed prefix and a colon/],
		["dev{{SessionName}}", /fixed prefix and a colon/],
		[":{{SessionName}}", /fixed prefix and a colon/],
		["{{AccountID}}:{{SessionName}}", /fixed prefix and a colon/],
		["{{EC2PrivateDNSName}}", /fixed prefix and a colon/],
		["dev:{{SessionID}}", /does not know.*\{\{AccountID\}\}/],
		["dev:{{ SessionName }}", /does not know/],
		["dev:{{SessionName", /does not know/],
		["dev:SessionName}}", /does not know/],
		["system:masters", /Kubernetes keeps for itself.*another name/],
		["System:node:x", /Kubernetes keeps for itself/],
	] as [string, RegExp][]) {
		it(`refuse ${JSON.stringify(name)}, and say what is allowed`, () => {
			assert.match(usernameProblem(name, { of: "role" }) ?? "", problem);
			assert.match(groupProblem(name, { of: "role" }) ?? "", problem);
		});
	}

	it("allow system: where the stack says admin", () => {
		assert.equal(groupProblem("system:masters", { of: "role", admin: true }), undefined);
		assert.equal(usernameProblem("system:node:{{EC2PrivateDNSName}}", { of: "role", admin: true }), undefined);
	});

	it("refuse a session's templates for a user, who has none", () => {
		assert.match(usernameProblem("dev:{{SessionName}}", { of: "user" }) ?? "", /a user has no session/);
		assert.equal(usernameProblem("dev:{{AccountID}}", { of: "user" }), undefined);
	});
});
