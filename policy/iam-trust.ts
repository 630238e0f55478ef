import { guardRail, type Resource } from "./guard-rail";
import { isTrueIfExists, isTrustOfAllOfGitHub, isTrustOfEverybody, type Statement, statementsOf } from "./trust-policy";

export const trustOfEverybody = guardRail({
	name: "trust-of-everybody",
	description: "No IAM role may be assumed by everybody.",
	severity: "critical",
	allows: "names of IAM roles in the program that may",
	find: (resource) => [
		...trustedBy(resource)
			.filter(isTrustOfEverybody)
			.map((statement) => ({
				allow: resource.name,
				message:
					`the trust policy has ${principalIn(statement)} and no condition that says who, so that everybody in AWS may assume the ` +
					"role. Allowed are accounts, roles and users by their ARN, and * with aws:PrincipalOrgID, aws:PrincipalAccount or " +
					"aws:PrincipalArn in a condition; name them",
			})),
		...trustedBy(resource)
			.filter(isTrustOfAllOfGitHub)
			.map(() => ({
				allow: resource.name,
				message:
					"the trust policy has GitHub's OIDC provider and no condition on token.actions.githubusercontent.com:sub that says whose " +
					"repositories, so that every repository on GitHub may assume the role. Allowed is, for example, repo:acme/app:*; name yours",
			})),
	],
});

export const mfaIfExists = guardRail({
	name: "mfa-if-exists",
	description: "A trust policy that asks for a second factor does not let long-term keys in without one.",
	severity: "medium",
	enforcementLevel: "advisory",
	allows: "names of IAM roles in the program that may",
	find: (resource) =>
		trustedBy(resource)
			.filter(({ Effect, Condition }) => Effect === "Allow" && isTrueIfExists(Condition, "aws:MultiFactorAuthPresent"))
			.map(() => ({
				allow: resource.name,
				message:
					"the trust policy asks for aws:MultiFactorAuthPresent with BoolIfExists, and long-term access keys, which say nothing of a " +
					"second factor, get in without one. Use Bool",
			})),
});

function trustedBy({ type, props }: Resource): Statement[] {
	switch (type) {
		case "aws:iam/role:Role":
			return statementsOf(props.assumeRolePolicy);
		case "aws-native:iam:Role":
			return statementsOf(props.assumeRolePolicyDocument);
		default:
			return [];
	}
}

function principalIn({ Principal, NotPrincipal }: Statement): string {
	return NotPrincipal === undefined
		? `Principal ${JSON.stringify(Principal)}`
		: `NotPrincipal ${JSON.stringify(NotPrincipal)}`;
}
