import { explainName } from "../core/errors/reasons";
import { groupProblem, usernameProblem } from "../core/iam/username";
import { dangerText, groupRefusals } from "../core/rbac/dangers";
import { guardRail, type Resource } from "./guard-rail";
import { type Identity, identitiesOf } from "./identities";
import { isAwsAuth, isOfAwsAuthComponent, objectsOf } from "./kubernetes-objects";

/** What AWS writes for nodes: https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html */
const NODE_USERNAMES = ["system:node:{{EC2PrivateDNSName}}", "system:node:{{SessionName}}"];
const NODE_GROUPS = ["system:bootstrappers", "system:nodes", "system:node-proxier", "eks:kube-proxy-windows"];

export const awsAuthNames = guardRail({
	name: "aws-auth-names",
	description:
		"Nobody chooses a username or group of their own, or comes in as a part of Kubernetes; aws-auth can be read.",
	severity: "high",
	allows: "ARNs of IAM identities whose usernames and groups are meant, and names of resources whose mapAccounts is",
	find: (resource) => {
		const { identities, unreadable } = identitiesOf(resource);
		return [
			...unreadable.map((problem) => ({
				allow: resource.name,
				message: `the authenticator drops every entry of a map that it cannot read: ${problem}`,
			})),
			...accountsIn(resource).map((message) => ({ allow: resource.name, message })),
			...identities.flatMap((identity) =>
				problemsOf(identity).map((problem) => ({
					allow: identity.arn,
					message: `${identity.arn}: ${problem}`,
				})),
			),
		];
	},
});

/** Whole accounts that aws-auth lets in; the component leaves those of others as they are. */
function accountsIn(resource: Resource): string[] {
	return objectsOf(resource)
		.filter((object) => isAwsAuth(object) && !isOfAwsAuthComponent(resource))
		.map(({ fields }) => String(fields.data?.mapAccounts ?? "").replace(/#.*$/gm, ""))
		.filter((text) => /\w/.test(text) && text.trim() !== "null")
		.map(
			() =>
				"mapAccounts lets every IAM user and role of whole accounts in, each under its ARN as its username. Allowed are roles and " +
				"users one by one, in mapRoles and mapUsers",
		);
}

function problemsOf(identity: Identity): string[] {
	const { username, groups, of } = identity;
	if (NODE_USERNAMES.includes(username ?? "") && groups.every((group) => NODE_GROUPS.includes(group))) {
		return [];
	}
	const reasons = [
		username === undefined ? undefined : usernameProblem(username, { of }),
		...groups.map((group) => groupProblem(group, { of, admin: true })),
	].filter((reason) => reason !== undefined);
	return [
		...reasons.map((reason) => explainName(reason).join(". ")),
		...groupRefusals(groups, true).map(
			(refusal) => `${dangerText(refusal)}. Allowed are groups of your own; take another name`,
		),
	];
}
