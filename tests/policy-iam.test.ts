import { passes, refuses } from "./policy-judgement";
import { ACCOUNT, arn, trust, UNKNOWN } from "./policy-stack";

describe("policy trust-of-everybody", () => {
	const policy = "trust-of-everybody";

	it("refuses * as a principal, in every form", () => {
		for (const Principal of ["*", { AWS: "*" }, { AWS: [`arn:aws:iam::${ACCOUNT}:root`, "*"] }]) {
			refuses(policy, trust({ Principal }), /everybody in AWS may assume the role/, "it");
		}
		refuses(policy, trust({ NotPrincipal: { AWS: arn("joe") } }), /NotPrincipal/);
		const document = { Statement: { Effect: "Allow", Principal: "*" } };
		refuses(policy, { type: "aws-native:iam:Role", props: { assumeRolePolicyDocument: document } }, /everybody/);
	});

	it("passes * with a condition that says who, and refuses other conditions", () => {
		const under = (Condition: object) => trust({ Principal: "*", Condition });
		passes(policy, under({ StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } }));
		passes(policy, under({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/ci-*` } }));
		passes(policy, under({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-1234567890/*"] } }));
		refuses(policy, under({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), /no condition that says who/);
		refuses(policy, under({ StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } }), /no condition that says who/);
		refuses(policy, under({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1234567890" } }), /no condition/);
		refuses(policy, under({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/ci" } }), /no condition/);
		refuses(policy, under({ StringLike: { "aws:PrincipalAccount": "*" } }), /no condition/);
	});

	it("passes accounts, services and what is denied", () => {
		passes(policy, trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }));
		passes(policy, trust({ Principal: { Service: "ec2.amazonaws.com" } }));
		passes(policy, trust({ Effect: "Deny", Principal: "*" }));
		passes(policy, { type: "aws:iam/role:Role", props: { assumeRolePolicy: "no JSON" } });
	});
});

describe("policy mfa-if-exists", () => {
	const under = (Condition: object) => trust({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Condition });

	it("hints that BoolIfExists lets long-term keys in", () => {
		refuses("mfa-if-exists", under({ BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }), /Use Bool/, "it");
		passes("mfa-if-exists", under({ Bool: { "aws:MultiFactorAuthPresent": "true" } }));
	});
});

describe("policy exclusive-membership", () => {
	it("refuses what puts others out, whatever a preview knows of it", () => {
		const membership = { type: "aws:iam/groupMembership:GroupMembership", props: { group: UNKNOWN, users: ["jane"] } };
		refuses("exclusive-membership", membership, /UserGroupMembership/, "it");
		refuses(
			"exclusive-membership",
			{ type: "aws:iam/policyAttachment:PolicyAttachment", props: {} },
			/GroupPolicyAttachment/,
			"it",
		);
		passes("exclusive-membership", { type: "aws:iam/userGroupMembership:UserGroupMembership", props: {} });
	});
});
