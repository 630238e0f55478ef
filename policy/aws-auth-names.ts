import { groupRefusals } from "../components/access-guard";
import { groupProblem, usernameProblem } from "../components/username";
import { guardRail, reasonOf } from "./guard-rail";
import { type Identity, identitiesOf } from "./identities";

/** What AWS writes for nodes: https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html */
const NODE_USERNAMES = ["system:node:{{EC2PrivateDNSName}}", "system:node:{{SessionName}}"];
const NODE_GROUPS = ["system:bootstrappers", "system:nodes", "system:node-proxier", "eks:kube-proxy-windows"];

export const awsAuthNames = guardRail({
	name: "aws-auth-names",
	description:
		"Nobody chooses a username or group of their own, or comes in as a part of Kubernetes; aws-auth can be read.",
	severity: "high",
	allows: "ARNs of IAM identities whose usernames and groups are meant",
	find: (resource) => {
		const { identities, unreadable } = identitiesOf(resource);
		return [
			...unreadable.map((problem) => ({
				allow: resource.name,
				message: `the authenticator drops every entry of a map that it cannot read: ${problem}`,
			})),
			...identities.flatMap((identity) =>
				problemsOf(identity).map((problem) => ({
					allow: identity.arn,
					message: `${identity.arn}: ${problem.replace(/\.$/, "")}`,
				})),
			),
		];
	},
});

function problemsOf(identity: Identity): string[] {
	const { username, groups, of } = identity;
	if (NODE_USERNAMES.includes(username ?? "") && groups.every((group) => NODE_GROUPS.includes(group))) {
		return [];
	}
	return [
		username === undefined ? undefined : usernameProblem(username, { of }),
		...groups.map((group) => groupProblem(group, { of, admin: true })),
		...groupRefusals(groups, true).map(
			(refusal) => `${reasonOf(refusal)}. Allowed are groups of your own; take another name`,
		),
	].filter((problem) => problem !== undefined);
}
