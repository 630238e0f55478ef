import assert from "node:assert/strict";
import { compareGroup } from "../../cli/verify/questions/iam-group";
import { compareRole, type LiveRole } from "../../cli/verify/questions/iam-role";
import { allowsToAssume } from "../../core/iam/policy-decision";
import { samePolicy } from "../../core/iam/policy-text";
import { assumeRolePolicy, trustPolicy } from "../../core/teams/iam-policies";
import type { Team } from "../../core/teams/team";
import { arnOf, teamsOf } from "./given-teams";
import { kinds } from "./verify-findings";

const account = { partition: "aws", accountId: "123456789012" };
const CLUSTER_ARN = "arn:aws:eks:eu-west-1:123456789012:cluster/c";

describe("eks-access verify: IAM", () => {
	const [shop] = teamsOf({ name: "shop", namespaces: ["shop"], users: ["jane"] }) as [Team];
	const role: LiveRole = {
		path: "/",
		maxSessionDuration: 3600,
		trust: JSON.parse(trustPolicy(account, shop)),
		policies: { attached: [], inline: [] },
	};
	const group = {
		members: ["Jane"],
		attached: [
			{
				arn: "arn:p",
				document: JSON.parse(assumeRolePolicy({ roleArn: arnOf("shop-role"), clusterArn: CLUSTER_ARN })),
			},
		],
		inline: [],
	};
	it("nothing is said of a role and a group in order, whatever the case of a name", () => {
		assert.deepEqual(compareRole(account, shop, role), []);
		assert.deepEqual(compareGroup(account, CLUSTER_ARN, shop, group), []);
	});

	it("a path, and a policy of the role's own, are reported", () => {
		const of = (change: Partial<LiveRole>, team = shop) => kinds(compareRole(account, team, { ...role, ...change }));
		assert.deepEqual(of({ path: "/x/" }), ["drifted role shop-role"]);
		assert.deepEqual(of({ policies: { attached: ["arn:aws:iam::aws:policy/X"], inline: ["own"] } }), [
			"extra role shop-role",
		]);
	});

	it("a policy of the group's own is reported", () => {
		const found = compareGroup(account, CLUSTER_ARN, shop, { ...group, inline: ["own"] });
		assert.deepEqual(kinds(found), ["extra group shop"]);
	});

	it("an existing policy that the config names has to let people assume the role, and may say more", () => {
		const team = { ...shop, assumeRolePolicyArn: "arn:p" };
		const of = (Action: string, arn = "arn:p") => {
			const document = { Statement: { Effect: "Allow", Action, Resource: "*" } };
			return kinds(compareGroup(account, CLUSTER_ARN, team, { ...group, attached: [{ arn, document }] }));
		};
		assert.deepEqual(of("sts:*"), []);
		assert.deepEqual(of("s3:*"), ["drifted group shop"]);
		assert.deepEqual(of("sts:*", "arn:other"), ["missing group shop", "extra group shop"]);
	});

	it("policies are compared as IAM reads them: lists without order, one as a list", () => {
		assert.ok(samePolicy({ a: ["x", "y"], b: ["z"] }, { b: "z", a: ["y", "x"] }));
		assert.ok(!samePolicy({ a: ["x", "y"] }, { a: ["x"] }));
	});

	it("whether policies let their holder assume a role is decided as IAM does, over all of them", () => {
		const X = "arn:aws:iam::1:role/x";
		const allow = (statement: object) => ({ Statement: { Effect: "Allow", ...statement } });
		const all = allow({ Action: "*", Resource: "*" });
		const Condition = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
		for (const [isAllowed, ...documents] of [
			[true, allow({ Action: "sts:Assume*", Resource: "arn:aws:iam::1:role/*" })],
			[false, allow({ Action: "sts:AssumeRole", Resource: "arn:aws:iam::1:role/y" })],
			[true, allow({ NotAction: "iam:*", Resource: "*" })],
			[false, allow({ NotAction: "sts:*", Resource: "*" })],
			[true, allow({ Action: "*", NotResource: "arn:aws:iam::1:role/y" })],
			[false, allow({ Action: "*", NotResource: "arn:aws:iam::1:role/*" })],
			[true, allow({ Action: "sts:AssumeRole", Resource: X, Condition })],
			[false, all, allow({ Effect: "Deny", Action: "sts:*", Resource: X })],
			[true, all, allow({ Effect: "Deny", Action: "sts:*", Resource: X, Condition })],
			[false],
		] as const) {
			assert.equal(allowsToAssume(documents, X), isAllowed, JSON.stringify(documents));
		}
	});
});
