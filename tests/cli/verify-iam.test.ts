import assert from "node:assert/strict";
import { compareGroup } from "../../cli/verify/iam-group";
import { compareRole, type LiveRole } from "../../cli/verify/iam-role";
import { allowsToAssume, samePolicy } from "../../cli/verify/policy-text";
import { assumeRolePolicy, revokeSessionsPolicy, trustPolicy } from "../../components/policy-documents";
import type { Team } from "../../components/team";
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
		attached: [],
		inline: [],
	};
	const group = {
		members: ["Jane"],
		attached: [
			{
				name: "p",
				arn: "arn:p",
				document: JSON.parse(assumeRolePolicy({ roleArn: arnOf("shop-role"), clusterArn: CLUSTER_ARN })),
			},
		],
		inline: [],
	};
	const revocation = JSON.parse(revokeSessionsPolicy("2026-01-01T00:00:00Z"));

	it("nothing is said of a role and a group in order, whatever the case of a name", () => {
		assert.deepEqual(compareRole(account, shop, role), []);
		assert.deepEqual(compareGroup(account, CLUSTER_ARN, shop, group), []);
	});

	it("a path, and a policy that should revoke sessions and allows something, are reported", () => {
		const inline = ["revoke-older-sessions"];
		const allowing = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
		const of = (change: Partial<LiveRole>, team = shop) => kinds(compareRole(account, team, { ...role, ...change }));
		assert.deepEqual(of({ path: "/x/" }), ["drifted role shop-role"]);
		assert.deepEqual(of({ inline, revocation: allowing }), ["extra role shop-role"]);
		assert.deepEqual(of({ inline, revocation }), ["drifted role shop-role"]);
		assert.deepEqual(of({}, { ...shop, revokeSessions: true }), ["missing role shop-role"]);
		assert.deepEqual(of({ inline, revocation }, { ...shop, revokeSessions: true }), []);
	});

	it("a policy of the group's own, and one of policyArns that it lacks", () => {
		const found = compareGroup(account, CLUSTER_ARN, { ...shop, policyArns: ["arn:q"] }, { ...group, inline: ["own"] });
		assert.deepEqual(kinds(found), ["extra group shop", "missing group shop"]);
	});

	it("an existing policy that the config names has to let people assume the role, and may say more", () => {
		const team = { ...shop, assumeRolePolicyArn: "arn:p" };
		const of = (Action: string, arn = "arn:p") => {
			const document = { Statement: { Effect: "Allow", Action, Resource: "*" } };
			return kinds(compareGroup(account, CLUSTER_ARN, team, { ...group, attached: [{ name: "p", arn, document }] }));
		};
		assert.deepEqual(of("sts:*"), []);
		assert.deepEqual(of("s3:*"), ["drifted group shop"]);
		assert.deepEqual(of("sts:*", "arn:other"), ["missing group shop", "extra group shop"]);
	});

	it("policies are compared as IAM reads them: lists without order, one as a list", () => {
		assert.ok(samePolicy({ a: ["x", "y"], b: ["z"] }, { b: "z", a: ["y", "x"] }));
		assert.ok(!samePolicy({ a: ["x", "y"] }, { a: ["x"] }));
		const allow = (Action: string, Resource: string) => ({ Statement: { Effect: "Allow", Action, Resource } });
		assert.ok(allowsToAssume(allow("sts:Assume*", "arn:aws:iam::1:role/*"), "arn:aws:iam::1:role/x"));
		assert.ok(!allowsToAssume(allow("sts:AssumeRole", "arn:aws:iam::1:role/y"), "arn:aws:iam::1:role/x"));
		assert.ok(!allowsToAssume({ Statement: { ...allow("*", "*").Statement, Effect: "Deny" } }, "arn"));
	});
});
