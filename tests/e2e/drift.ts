import { trustPolicy } from "../../core/teams/iam-policies";

/** Something that somebody changed by hand, and what `verify` has to say about it: this and nothing else. */
export interface Drift {
	what: string;
	/** A command line of the operator's; or a change of mapRoles, which is undone by itself. */
	plant: string | ((mapRoles: string) => string);
	undo?: string;
	/** `<kind> <layer> <subject>`, sorted. */
	finds: string[];
	says: RegExp;
}

const ACCOUNT = "293759796572";
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const INLINE = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
const POLICY = `POLICY=$(aws iam list-attached-group-policies --group-name shop --query 'AttachedPolicies[0].PolicyArn' --output text)`;
const trust = (policy: string) =>
	`aws iam update-assume-role-policy --role-name shop-role --policy-document '${policy}'`;

export const IAM: Drift[] = [
	{
		what: "a trust policy that lets another account in",
		plant: trust(trustPolicy({ partition: "aws", accountId: "210987654321" })),
		undo: trust(trustPolicy({ partition: "aws", accountId: ACCOUNT })),
		finds: ["drifted iam role shop-role"],
		says: /its trust policy is .*210987654321.*the config says .*293759796572/,
	},
	{
		what: "longer sessions",
		plant: "aws iam update-role --role-name pay-role --max-session-duration 43200",
		undo: "aws iam update-role --role-name pay-role --max-session-duration 7200",
		finds: ["drifted iam role pay-role"],
		says: /maxSessionDuration is 43200; the config says 7200/,
	},
	{
		what: "a permissions boundary",
		plant: `aws iam put-role-permissions-boundary --role-name shop-role --permissions-boundary ${READ_ONLY}`,
		undo: "aws iam delete-role-permissions-boundary --role-name shop-role",
		finds: ["drifted iam role shop-role"],
		says: /its permissions boundary is .*ReadOnlyAccess.*; the config says none/,
	},
	{
		what: "permissions of the role's own",
		plant: `aws iam attach-role-policy --role-name shop-role --policy-arn ${READ_ONLY}`,
		undo: `aws iam detach-role-policy --role-name shop-role --policy-arn ${READ_ONLY}`,
		finds: ["extra iam role shop-role"],
		says: /gives permissions in AWS that the config does not: ReadOnlyAccess/,
	},
	{
		what: "a policy within the role",
		plant: `aws iam put-role-policy --role-name pay-role --policy-name more --policy-document '${INLINE}'`,
		undo: "aws iam delete-role-policy --role-name pay-role --policy-name more",
		finds: ["extra iam role pay-role"],
		says: /gives permissions in AWS that the config does not: more/,
	},
	{
		what: "a policy within the group",
		plant: `aws iam put-group-policy --group-name pay --policy-name more --policy-document '${INLINE}'`,
		undo: "aws iam delete-group-policy --group-name pay --policy-name more",
		finds: ["extra iam group pay"],
		says: /gives its members permissions in AWS that the config does not: more/,
	},
	{
		what: "somebody in the group who is not in the config",
		plant: "aws iam add-user-to-group --group-name shop --user-name mallory",
		undo: "aws iam remove-user-from-group --group-name shop --user-name mallory",
		finds: ["foreign iam user/mallory"],
		says: /is in the IAM group shop and not in the config/,
	},
	{
		what: "somebody of the config who is not in the group",
		plant: "aws iam remove-user-from-group --group-name pay --user-name joe",
		undo: "aws iam add-user-to-group --group-name pay --user-name joe",
		finds: ["missing iam user/joe"],
		says: /is not in the IAM group pay: cannot assume pay-role/,
	},
	{
		what: "the policy that lets the group assume the role is detached",
		plant: `${POLICY}; echo $POLICY > $HOME/.verify-policy; aws iam detach-group-policy --group-name shop --policy-arn $POLICY`,
		undo: "aws iam attach-group-policy --group-name shop --policy-arn $(cat $HOME/.verify-policy)",
		finds: ["missing iam group shop"],
		says: /has no policy that lets its members assume .*shop-role/,
	},
	{
		what: "the policy allows more",
		plant: `${POLICY}; aws iam create-policy-version --policy-arn $POLICY --set-as-default --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}'`,
		undo: `${POLICY}; aws iam set-default-policy-version --policy-arn $POLICY --version-id v1 && aws iam delete-policy-version --policy-arn $POLICY --version-id v2`,
		finds: ["drifted iam group shop"],
		says: /its policy .* is .*sts:\*.*; the config says .*sts:AssumeRole/,
	},
	{
		what: "another policy of the group",
		plant: `aws iam attach-group-policy --group-name shop --policy-arn ${READ_ONLY}`,
		undo: `aws iam detach-group-policy --group-name shop --policy-arn ${READ_ONLY}`,
		finds: ["extra iam group shop"],
		says: /gives its members permissions in AWS that the config does not: ReadOnlyAccess/,
	},
];

const PAY = `- groups:\n  - pay\n  rolearn: ${role("pay-role")}\n  username: pay\n`;

export const AWS_AUTH: Drift[] = [
	{
		what: "no entry",
		plant: (map) => map.replace(PAY, ""),
		finds: [`missing aws-auth ${role("pay-role")}`],
		says: /has no entry in aws-auth/,
	},
	{
		what: "another username",
		plant: (map) => map.replace("username: pay", "username: paymaster"),
		finds: [`drifted aws-auth ${role("pay-role")}`],
		says: /comes in as paymaster, not as pay \(line \d+ of mapRoles\)/,
	},
	{
		what: "another group",
		plant: (map) => map.replace("  - pay\n", "  - pay\n  - system:masters\n"),
		finds: [`drifted aws-auth ${role("pay-role")}`],
		says: /is in the groups pay, system:masters, not in pay/,
	},
	{
		what: "two entries",
		plant: (map) => map + PAY,
		finds: [`drifted aws-auth ${role("pay-role")}`],
		says: /has 2 entries; the last one counts/,
	},
	{
		what: "somebody else in a team's group",
		plant: (map) => `${map}- groups:\n  - shop\n  rolearn: ${role("intruder")}\n  username: intruder\n`,
		finds: [`foreign aws-auth ${role("intruder")}`],
		says: /is in shop by line \d+ of mapRoles/,
	},
	{
		what: "a text that the authenticator cannot read",
		plant: (map) => `${map}\t- broken\n`,
		finds: ["drifted aws-auth kube-system/aws-auth"],
		says: /eks-access doctor says more/,
	},
];
