import assert from "node:assert/strict";
import type { Holder } from "../../cli/verify/questions/assumers";
import { pathsTo } from "../../cli/who-can/paths";
import { decide } from "../../core/iam/policy-decision";

const ACCOUNT = { partition: "aws", accountId: "123456789012" };
const IAM = "arn:aws:iam::123456789012";
const ROOT = { AWS: `${IAM}:root` };

const policy = (statement: object) => ({ Statement: [{ Effect: "Allow", ...statement }] });
const assume = (Resource: string, more: object = {}) => policy({ Action: "sts:AssumeRole", Resource, ...more });
const trust = (Principal: object | string, more: object = {}) =>
	policy({ Principal, Action: "sts:AssumeRole", ...more });
const user = (name: string, ...documents: object[]): Holder => ({
	name: `user/${name}`,
	arn: `${IAM}:user/${name}`,
	policies: documents.map((document) => ({ of: "its own", document })),
});
const role = (name: string, trusted: object, ...documents: object[]): Holder => ({
	...user(name, ...documents),
	name: `role/${name}`,
	arn: `${IAM}:role/${name}`,
	trust: trusted,
});

/** `user/jane by …` of everyone who comes to the role. */
function comesTo(target: Holder, ...others: Holder[]): string[] {
	return pathsTo(target.arn, [target, ...others], ACCOUNT).map(({ who, roles }) => [who, ...roles].join(" > "));
}

describe("eks-access who-can: how people come to a role", () => {
	const shop = role("shop", trust(ROOT));

	it("with trust in the account, whoever has a policy that allows it, by a group too, and nobody else", () => {
		const jane = { ...user("jane"), policies: [{ of: "the group shop", document: assume(shop.arn) }] };
		assert.deepEqual(comesTo(shop, jane, user("joe", assume(`${IAM}:role/pay`)), user("root", assume("*"))), [
			"user/jane > role/shop (by a policy of the group shop)",
			"user/root > role/shop (by a policy of its own)",
		]);
	});

	it("who is named in the trust policy needs no policy, and a Deny anywhere shuts out", () => {
		const named = role("shop", trust({ AWS: `${IAM}:user/jane` }));
		const denied = { Statement: [{ Effect: "Deny", Action: "sts:*", Resource: "*" }] };
		assert.deepEqual(comesTo(named, user("jane"), user("joe", assume("*"))), [
			"user/jane > role/shop (its trust policy names it)",
		]);
		assert.deepEqual(comesTo(named, user("jane", denied)), ["role/shop"]);
		const trusted = { Statement: [...trust(ROOT).Statement, { ...trust(ROOT).Statement[0], Effect: "Deny" }] };
		assert.deepEqual(comesTo(role("shop", trusted), user("jane", assume("*"))), ["role/shop"]);
	});

	it("conditions on the caller are judged, and others shown", () => {
		const admins = trust(ROOT, { Condition: { ArnLike: { "aws:PrincipalArn": `${IAM}:user/j*` } } });
		const jane = user("jane", assume("*", { Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } } }));
		assert.deepEqual(comesTo(role("shop", admins), jane, user("ann", assume("*"))), [
			"user/jane > role/shop (by a policy of its own, if aws:MultiFactorAuthPresent Bool true)",
		]);
		const own = assume(`${IAM}:role/\${aws:username}`);
		assert.deepEqual(comesTo(shop, user("shop", own), user("pay", own)), [
			"user/shop > role/shop (by a policy of its own)",
		]);
		const unlessMfa = {
			Statement: [
				...assume("*").Statement,
				{
					Effect: "Deny",
					NotAction: "iam:*",
					Resource: "*",
					Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
				},
			],
		};
		assert.match(comesTo(shop, user("ann", unlessMfa))[0] ?? "", /unless aws:MultiFactorAuthPresent Bool false\)$/);
	});

	it("a permissions boundary bounds; one that cannot be read is a condition", () => {
		const bounded = (boundary: unknown) => comesTo(shop, { ...user("jane", assume("*")), boundary });
		assert.deepEqual(bounded(policy({ Action: "s3:*", Resource: "*" })), ["role/shop"]);
		assert.match(bounded(assume("*"))[0] ?? "", /^user\/jane/);
		assert.match(bounded(null)[0] ?? "", /if its permissions boundary allows it/);
	});

	it("roles are assumed one by the other, also in a circle; and who is not of the account ends a path", () => {
		const a = role("a", trust({ AWS: `${IAM}:role/b` }));
		const b = role("b", trust({ AWS: [`${IAM}:role/a`, `${IAM}:user/jane`], Service: "ec2.amazonaws.com" }));
		assert.deepEqual(comesTo(a, b, user("jane")), [
			"AWS service ec2.amazonaws.com > role/b (its trust policy names it) > role/a (its trust policy names it)",
			"user/jane > role/b (its trust policy names it) > role/a (its trust policy names it)",
		]);
		const sso = role(
			"AWSReservedSSO_Admin_0123456789abcdef",
			trust({ Federated: "arn:aws:iam::123456789012:saml-provider/x" }),
		);
		assert.match(comesTo(sso)[0] ?? "", /^permission set Admin > /);
		const others = comesTo(role("ci", trust({ AWS: ["111122223333", "arn:aws:iam::111122223333:role/x"] })));
		assert.deepEqual(
			others.map((each) => each.split(" > ")[0]),
			["account 111122223333", "role/x of account 111122223333"],
		);
	});

	it("a circle that nobody enters is a path from the role itself", () => {
		const a = role("a", trust({ AWS: `${IAM}:role/b` }));
		assert.deepEqual(comesTo(a, role("b", trust({ AWS: `${IAM}:role/a` }))), ["role/a"]);
	});

	it("a trusted session is its role, if it has that name, unless it is denied; and who is deleted is nobody", () => {
		const session = (name: string) => `arn:aws:sts::123456789012:assumed-role/ci/${name}`;
		const ci = role("ci", trust({ Service: "ec2.amazonaws.com" }));
		const enters = (...AWS: string[]) => comesTo(role("shop", trust({ AWS })), ci);
		assert.deepEqual(enters(session("alice"), session("bob")), [
			"AWS service ec2.amazonaws.com > role/ci (its trust policy names it) > " +
				"role/shop (its trust policy names it, if the session is alice or bob)",
		]);
		assert.deepEqual(enters(session("alice").replace("/ci/", "/pay/")), ["role/shop"]);
		const denied = { ...trust({ AWS: session("bob") }).Statement[0], Effect: "Deny" };
		const both = trust({ AWS: [session("alice"), session("bob")] }).Statement;
		assert.match(comesTo(role("shop", { Statement: [...both, denied] }), ci)[0] ?? "", /if the session is alice\)$/);
		assert.deepEqual(enters("AROA123456789EXAMPLE", "AIDA123456789EXAMPLE"), ["role/shop"]);
	});

	it("an identity that is not there has no path", () => {
		assert.deepEqual(pathsTo(`${IAM}:role/gone`, [shop], ACCOUNT), []);
	});

	it("NotAction and NotResource are read", () => {
		const request = { action: "sts:AssumeRole", resource: shop.arn, context: {} };
		const effect = (statement: object) => decide([policy(statement)], request).effect;
		assert.equal(effect({ NotAction: "iam:*", Resource: "*" }), "Allow");
		assert.equal(effect({ NotAction: "sts:*", Resource: "*" }), "none");
		assert.equal(effect({ Action: "*", NotResource: `${IAM}:role/*` }), "none");
	});
});
