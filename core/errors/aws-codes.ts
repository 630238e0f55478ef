import { errorTable } from "./meaning";

/** Why AWS does not answer. */
export const AWS_ERRORS = errorTable({
	"aws-session-expired": {
		topic: "AWS",
		meaning: "The session of the AWS credentials is over.",
		remedy: "Sign in again: `aws sso login`, or a new session of the role.",
	},
	"aws-credentials-invalid": {
		topic: "AWS",
		meaning: "There are no AWS credentials, or AWS does not know them.",
		remedy: "Set `AWS_PROFILE`, or run `aws configure`; `aws sts get-caller-identity` tries them.",
	},
	"aws-mfa-needed": {
		topic: "AWS",
		meaning: "The AWS profile asks for a code, which this command cannot.",
		remedy: 'Get a session first: `eval "$(aws configure export-credentials --format env)"`.',
	},
	"aws-denied": {
		topic: "AWS",
		meaning: "AWS knows the credentials, which may not do what has to be done.",
		remedy: "Use credentials that may.",
	},
	"aws-region-missing": {
		topic: "AWS",
		meaning: "It is not known in which region the cluster is.",
		remedy: "Set `aws:region` in the stack's config, or `AWS_REGION`.",
	},
	"aws-unreachable": {
		topic: "AWS",
		meaning: "AWS does not answer.",
		remedy: "Check that this machine gets to AWS: network, `HTTPS_PROXY`, region.",
	},
	"assume-roles-not-passed-on": {
		topic: "AWS",
		meaning:
			"`aws:assumeRoles` has several roles, or a role with an external ID or a policy, which `aws eks get-token` cannot be told. It would ask the cluster as somebody else than the AWS provider is.",
		remedy: "Set `adminRoleArn`, `awsProfile` or `kubeconfig`: they say how the operator gets into the cluster.",
	},
	"aws-failed": {
		topic: "AWS",
		meaning: "AWS refuses what it was asked, for the reason in the message.",
		remedy: "Do what AWS says, or try again.",
	},
});

/** What is wrong with identities and policies in IAM. */
export const IAM_ERRORS = errorTable({
	"principal-not-found": {
		topic: "IAM",
		meaning:
			"A user or role that a team lists does not exist in IAM, has another path, is in another partition, or is a service-linked role that nobody can assume. The error lists all of them.",
		remedy: "Create what is missing, or write the name or ARN that the line says.",
	},
	"team-without-role": {
		topic: "IAM",
		meaning:
			"A `TeamIdentity` is made for a team that has neither `users` nor `trustedAccounts`, so nobody could assume its role.",
		remedy: "Leave the `TeamIdentity` out, or give the team users.",
	},
	"identity-exists": {
		topic: "IAM",
		meaning: "A role or group of a team's name is in IAM already, and this stack has not made it.",
		remedy:
			"If it is the team's, adopt it: `pulumi config set adoptExisting true`; the stack manages it from then on. If it is that of another stack, tell the two apart: `pulumi config set iamName '{team}-{cluster}'`. Else give the team another name, or its role one (`role.name`).",
	},
	"role-not-adoptable": {
		topic: "IAM",
		meaning:
			"A team's role is there already under another path, or with other capital letters, which AWS cannot change.",
		remedy: "Write it as it is: `role: {name: …, path: …}`, or take another name.",
	},
	"trust-policy-too-long": {
		topic: "IAM",
		meaning: "The trust policy of a team's role is longer than the account's quota, 2048 characters by default.",
		remedy:
			"List fewer users or principals, give the users fewer different ends, use wildcards, or have AWS raise the quota, to 4096 at most.",
	},
	"group-not-adoptable": {
		topic: "IAM",
		meaning: "A team's IAM group is there already with other capital letters, which AWS cannot change.",
		remedy: "Give the team the name as it is there, or another one.",
	},
	"policy-not-found": {
		topic: "IAM",
		meaning:
			"There is no policy of an ARN that a team has as `assumeRolePolicyArn`, or as its role's `permissionsBoundary`.",
		remedy: "Correct the ARN, or leave it out.",
	},
	"iam-unreadable": {
		topic: "IAM",
		meaning: "IAM does not say whether a role, a group or a policy is there.",
		remedy: "Use AWS credentials that may call what the message names.",
	},
});
