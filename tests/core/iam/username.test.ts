import assert from "node:assert/strict";
import fc from "fast-check";
import { groupProblem, reservedNameProblem, usernameProblem } from "../../../core/iam/username";

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

	for (const [name, reason] of [
		["", "empty"],
		["  ", "empty"],
		[" developer", "invisible"],
		["a\nb", "invisible"],
		["{{SessionName}}", "self-chosen"],
		["dev{{SessionName}}", "self-chosen"],
		[":{{SessionName}}", "self-chosen"],
		["{{AccountID}}:{{SessionName}}", "self-chosen"],
		["{{EC2PrivateDNSName}}", "self-chosen"],
		["dev:{{SessionID}}", "template-unknown"],
		["dev:{{ SessionName }}", "template-unknown"],
		["dev:{{SessionName", "template-unknown"],
		["dev:SessionName}}", "template-unknown"],
		["system:masters", "system-prefix"],
		["System:node:x", "system-prefix"],
	] as [string, string][]) {
		it(`refuse ${JSON.stringify(name)}: ${reason}`, () => {
			assert.equal(usernameProblem(name, { of: "role" })?.is, reason);
			assert.equal(groupProblem(name, { of: "role" })?.is, reason);
		});
	}

	it("allow system: where the stack says admin", () => {
		assert.equal(groupProblem("system:masters", { of: "role", admin: true }), undefined);
		assert.equal(usernameProblem("system:node:{{EC2PrivateDNSName}}", { of: "role", admin: true }), undefined);
	});

	it("refuse a session's templates for a user, who has none", () => {
		assert.equal(usernameProblem("dev:{{SessionName}}", { of: "user" })?.is, "no-session");
		assert.equal(usernameProblem("dev:{{AccountID}}", { of: "user" }), undefined);
	});

	it("refuse a group that people could complete to one of Kubernetes' own, for administrators too", () => {
		for (const name of ["system:{{SessionName}}", "System:{{SessionNameRaw}}", "system:a:{{EC2PrivateDNSName}}"]) {
			assert.equal(groupProblem(name, { of: "role", admin: true })?.is, "system-group-chosen");
		}
	});

	it("that hold a session's name begin with a fixed part and a colon that nobody can choose", () => {
		const part = fc.constantFrom(
			...["dev", ":", "{{AccountID}}", "{{AccessKeyID}}", "{{SessionName}}", "{{SessionNameRaw}}", "system", "{{", "}"],
		);
		const parts = fc.array(part, { maxLength: 3 });
		const names = fc.tuple(parts, fc.constantFrom(":{{SessionName}}", "{{SessionNameRaw}}"), parts);
		const session = fc.stringMatching(/^[\w+=,.@-]{2,20}$/);
		let accepted = 0;
		const check = ([before, template, behind]: [string[], string, string[]], chosen: string) => {
			const name = [...before, template, ...behind].join("");
			if (usernameProblem(name, { of: "role" }) !== undefined) {
				return;
			}
			accepted++;
			const rendered = (by: string) => name.replace(/\{\{SessionName(Raw)?\}\}/g, () => by);
			const [prefix = ""] = name.split("{{Session");
			assert.match(prefix, /^[^:{}].*:$/);
			assert.ok(rendered(chosen).startsWith(prefix), "what is before it stays");
			assert.doesNotMatch(rendered(chosen), /^system:/i);
		};
		fc.assert(fc.property(names, session, check), { numRuns: 5000 });
		assert.ok(accepted > 20, `only ${accepted} names were accepted: they show nothing`);
	});
});

describe("names that EKS keeps for itself", () => {
	for (const prefix of ["system:", "eks:", "aws:", "amazon:", "iam:"]) {
		it(`begin with ${prefix}`, () => {
			const name = `${prefix}x`;
			assert.deepEqual(reservedNameProblem("group", name), { is: "eks-prefix", what: "group", name, prefix });
			assert.equal(reservedNameProblem("group", `x${prefix}`), undefined);
			assert.equal(reservedNameProblem("group", prefix.slice(0, -1)), undefined);
		});
	}
});
