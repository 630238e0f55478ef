import assert from "node:assert/strict";
import { teamOutputs, teamsOfOutput } from "../../../core/teams/access-output";
import { teamsOf } from "../../cli/given-teams";

const ACCOUNT = "arn:aws:iam::123456789012";
const TEAMS = teamsOf(
	{ name: "shop", namespaces: ["shop", { name: "pay", access: "view", quota: { pods: "2" } }], users: ["jane"] },
	{
		name: "odd",
		group: "odd-people",
		usernameTemplate: "odd:{{SessionName}}",
		namespaces: [
			{ name: "one", access: { rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] } },
			{ name: "two", access: { clusterRole: "auditor" }, podSecurity: "restricted" },
		],
		namespaceSelector: { matchLabels: { audited: "true" } },
		access: "view",
		clusterAccess: "view",
		roleArns: [`${ACCOUNT}:role/ci`],
		userArns: [{ arn: `${ACCOUNT}:user/ann`, username: "ann", admin: true }],
		trustedAccounts: [{ account: "210987654321", externalId: "one" }],
		ssoPermissionSets: ["ReadOnly"],
		groups: ["auditors"],
		metrics: true,
		role: { mfa: true, path: "/teams/" },
		allow: ["default"],
	},
	{ name: "ops", users: ["zoe"], admin: true },
);

describe("the stack output accessMatrix", () => {
	it("is by team and by namespace, and says what is not the default only", () => {
		const { shop, ops } = teamOutputs(TEAMS);
		assert.deepEqual(shop, {
			users: ["jane"],
			namespaces: { shop: "full", pay: { access: "view", quota: { pods: "2" } } },
		});
		assert.deepEqual(ops, { users: ["zoe"], admin: true });
	});

	it("read back, is the teams that the program had", () => {
		const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
		assert.deepEqual(plain(teamsOfOutput(plain(teamOutputs(TEAMS)))), plain(TEAMS));
	});
});
