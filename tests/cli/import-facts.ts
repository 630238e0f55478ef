import type { Facts, LiveBinding, LiveGroup, LiveRole } from "../../cli/import/facts";
import { type LiveEntry, readEntries } from "../../core/aws-auth/map";
import { trustPolicy } from "../../core/teams/iam-policies";

export const ACCOUNT = { partition: "aws", accountId: "293759796572" };
export const IAM = `arn:aws:iam::${ACCOUNT.accountId}`;
export const POLICY = `${IAM}:policy/eks-developers`;
export const trust = (role: { mfa?: boolean } = {}) => JSON.parse(trustPolicy(ACCOUNT, { users: ["x"], role }));
export const allows = (Resource: string) => ({
	Version: "2012-10-17",
	Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource }],
});

export function roleOf(given: Partial<LiveRole> = {}): LiveRole {
	const { name = "devs-role", path = "/" } = given;
	return {
		arn: `${IAM}:role${path}${name}`,
		name,
		path,
		...{ trust: trust(), maxSessionDuration: 3600, tags: {}, policies: { attached: [], inline: [] } },
		...given,
	};
}

export function groupOf(given: Partial<LiveGroup> = {}): LiveGroup {
	const attached = [{ arn: POLICY, document: allows(`${IAM}:role/devs-role`) }];
	return { name: "devs", members: ["jane", "joe"], attached, inline: [], ...given };
}

export function bound(name: string, namespace: string | undefined, role: string, ...others: string[]): LiveBinding {
	const subjects = [{ kind: "Group", name: "devs" }, ...others.map((other) => ({ kind: "User", name: other }))];
	return { name, namespace, role: { kind: "ClusterRole", name: role }, subjects };
}

export const entries = (mapRoles: string): LiveEntry[] => readEntries(mapRoles, "mapRoles");
export const DEVS = `- {rolearn: ${IAM}:role/devs-role, username: developer, groups: [devs]}\n`;
const NODES = `- {rolearn: ${IAM}:role/nodes, username: "system:node:{{EC2PrivateDNSName}}", groups: [system:bootstrappers, system:nodes]}\n`;
export const BY_HAND = [{ apiGroups: ["", "apps"], resources: ["*"], verbs: ["*"] }];

export function factsOf(given: Partial<Facts> = {}): Facts {
	return {
		account: ACCOUNT,
		roleEntries: entries(NODES + DEVS),
		userEntries: [],
		hasAccounts: false,
		bindings: [bound("devs", "dev", "dev-full-access")],
		rules: new Map([
			["dev-full-access", BY_HAND],
			["view", []],
			["edit", []],
			["cluster-admin", []],
			["binder", [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["bind"] }]],
		]),
		roles: new Map([["devs-role", roleOf()]]),
		groups: [groupOf()],
		...given,
	};
}
