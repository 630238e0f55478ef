import assert from "node:assert/strict";
import { accessEntry } from "../../sandbox/aws-plugin/access-entry";
import { accessPolicyAssociation } from "../../sandbox/aws-plugin/access-policy-association";
import { check } from "../../sandbox/aws-plugin/check";
import { group } from "../../sandbox/aws-plugin/group";
import { groupPolicyAttachment } from "../../sandbox/aws-plugin/group-policy-attachment";
import { policy } from "../../sandbox/aws-plugin/policy";
import type { Properties } from "../../sandbox/aws-plugin/properties";
import { role } from "../../sandbox/aws-plugin/role";
import { rolePolicy } from "../../sandbox/aws-plugin/role-policy";
import { configure } from "../../sandbox/aws-plugin/settings";

const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" }] };
const PRINCIPAL = "arn:aws:iam::123456789012:role/ci";
const VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
const seed = new Uint8Array([1]);

/** terraform-provider-aws: the ValidateFunc of each attribute; sandbox/aws-plugin/validators.ts names those that several have. */
describe("check of the sandbox's aws plugin, as the provider's validators", () => {
	before(() => configure({ region: "eu-west-1" }));

	it("refuses what the provider does before AWS is asked, so that a preview fails too", () => {
		const refused = (type: typeof role, inputs: Properties) =>
			check(type, "x", {}, inputs, seed).failures.map(({ property }) => property);
		const [assumeRolePolicy, name] = [trust, "a b"];
		for (const wrong of [
			{ maxSessionDuration: 3599 },
			{ maxSessionDuration: 43201 },
			{ permissionsBoundary: "boundary" },
			{ description: "the \u201cdevs\u201d" },
			{ path: `/${"p".repeat(512)}/` },
			{ name },
		])
			assert.deepEqual(refused(role, { assumeRolePolicy, ...wrong }), Object.keys(wrong));
		assert.deepEqual(refused(group, { name }), ["name"]);
		assert.deepEqual(refused(policy, { name, policy: " {}" }), ["name", "policy"]);
		assert.deepEqual(refused(rolePolicy, { name, policy: "[]", role: "r" }), ["name", "policy"]);
		assert.deepEqual(refused(groupPolicyAttachment, { group: "g", policyArn: "ReadOnly" }), ["policyArn"]);
		const entry = { clusterName: "c", principalArn: PRINCIPAL };
		for (const wrong of [{ clusterName: "-c" }, { principalArn: "arn:aws:iam::1:role/x" }, { type: "HYPERPOD_LINUX" }])
			assert.deepEqual(refused(accessEntry, { ...entry, ...wrong }), Object.keys(wrong));
		const accessScope = { type: "cluster" };
		for (const wrong of [{ clusterName: "c/d" }, { principalArn: "ci" }, { policyArn: "view" }])
			assert.deepEqual(
				refused(accessPolicyAssociation, { ...entry, policyArn: VIEW, accessScope, ...wrong }),
				Object.keys(wrong),
			);
	});
});
