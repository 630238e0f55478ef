import assert from "node:assert/strict";
import { arnProblem, canonicalRoleArn, canonicalUserArn, parseArn, roleMatchKey } from "../../../core/iam/arn";

describe("ARNs", () => {
	it("of a role lose their path, as the authenticator sees them", () => {
		const role = "arn:aws:iam::293759796572:role/k8s-devs-role";
		assert.equal(canonicalRoleArn(role), role);
		assert.equal(canonicalRoleArn("arn:aws:iam::293759796572:role/teams/a/k8s-devs-role"), role);
		assert.equal(
			canonicalRoleArn(
				"arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef",
			),
			"arn:aws:iam::293759796572:role/AWSReservedSSO_Dev_0123456789abcdef",
		);
	});

	it("keep their partition", () => {
		for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e"]) {
			const arn = `arn:${partition}:iam::012345678901:role/x`;
			assert.equal(canonicalRoleArn(arn), arn);
		}
	});

	it("of a user keep their path", () => {
		const arn = "arn:aws:iam::293759796572:user/people/jane@example.com";
		assert.equal(canonicalUserArn(arn), arn);
		assert.deepEqual(parseArn(arn), {
			partition: "aws",
			account: "293759796572",
			type: "user",
			path: "/people/",
			name: "jane@example.com",
		});
	});

	it("of one role are one, whatever their case and path", () => {
		assert.equal(
			roleMatchKey("arn:aws:iam::293759796572:role/a/Team"),
			roleMatchKey("arn:aws:iam::293759796572:role/b/team"),
		);
	});

	for (const [what, arn, reason] of [
		["a session", "arn:aws:sts::293759796572:assumed-role/x/jane", "assumed-role"],
		["an account's root", "arn:aws:iam::293759796572:root", "root"],
		["a group", "arn:aws:iam::293759796572:group/x", "group"],
		["an account number without its zero", "arn:aws:iam::12345678901:role/x", "not-an-arn"],
		["a partition that is none", "arn:aw:iam::293759796572:role/x", "not-an-arn"],
		["a role without a name", "arn:aws:iam::293759796572:role/", "not-an-arn"],
		["a name with a blank", "arn:aws:iam::293759796572:role/a b", "not-an-arn"],
		["a line break behind it", "arn:aws:iam::293759796572:role/x\n", "not-an-arn"],
		["a name alone", "k8s-devs-role", "not-an-arn"],
		["nothing", "", "not-an-arn"],
	] as [string, string, string][]) {
		it(`that are ${what} are refused`, () => {
			assert.equal(arnProblem(arn)?.is, reason);
			assert.throws(() => canonicalRoleArn(arn), { code: "arn-invalid" });
			assert.throws(() => canonicalUserArn(arn), { code: "arn-invalid" });
		});
	}

	it("of the other kind are refused with the kind that was found", () => {
		const arn = "arn:aws:iam::293759796572:user/jane";
		assert.deepEqual(arnProblem(arn, "role"), { is: "wrong-type", arn, type: "user", wanted: "role" });
		assert.throws(() => canonicalRoleArn(arn), { code: "arn-invalid" });
		assert.throws(() => canonicalUserArn("arn:aws:iam::293759796572:role/x"), { code: "arn-invalid" });
	});
});
