import { passes, refuses } from "./judgement";
import { ACCOUNT, arn, trust, UNKNOWN } from "./stack";

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

	it("refuses conditions whose wildcards stand for other accounts, and sessions by a name that people choose", () => {
		const under = (Condition: object) => trust({ Principal: "*", Condition });
		for (const condition of [
			{ "aws:PrincipalAccount": [ACCOUNT, "2*"] },
			{ "aws:PrincipalAccount": ["1?3456789012", "9*"] },
			{ "aws:userid": "*:jane" },
			{ "aws:userid": ["AROAEXAMPLEID:jane", "*"] },
			{ "aws:PrincipalOrgID": "o-*" },
			{ "aws:PrincipalOrgPaths": "*/r-ab12/*" },
		]) {
			refuses(policy, under({ StringLike: condition }), /no condition that says who/, "it");
		}
		passes(policy, under({ StringLike: { "aws:userid": "AROAEXAMPLEID:*" } }));
		passes(policy, under({ StringEquals: { "aws:PrincipalAccount": [ACCOUNT, "210987654321"] } }));
	});

	it("refuses all of GitHub", () => {
		const Principal = { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` };
		const key = (name: string) => `token.actions.githubusercontent.com:${name}`;
		const under = (Condition?: object) => trust({ Principal, Action: "sts:AssumeRoleWithWebIdentity", Condition });
		refuses(policy, under(), /every repository on GitHub/, "it");
		refuses(policy, under({ StringEquals: { [key("aud")]: "sts.amazonaws.com" } }), /every repository on GitHub/);
		for (const sub of ["*", "repo:*", "repo:acme*", "repo:*/app:*", ["repo:acme/app:*", "repo:*"]]) {
			refuses(policy, under({ StringLike: { [key("sub")]: sub } }), /every repository on GitHub/, "it");
		}
		refuses(policy, under({ StringLikeIfExists: { [key("sub")]: "repo:acme/app:*" } }), /every repository on GitHub/);
		passes(policy, under({ StringLike: { [key("sub")]: ["repo:acme/app:*", "repo:acme/*"] } }));
		passes(policy, under({ StringEquals: { [key("sub")]: "repo:acme/app:ref:refs/heads/main" } }));
		passes(policy, trust({ Principal: { Federated: "cognito-identity.amazonaws.com" } }));
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
