import * as yaml from "yaml";

/** A resource of the stack that a policy judges. */
export interface Given {
	type: string;
	// biome-ignore lint/suspicious/noExplicitAny: inputs of many types
	props: Record<string, any>;
	name?: string;
	parents?: string;
}

/** A property that a preview does not know. */
export const UNKNOWN: string = require("@pulumi/policy/proxy").unknownStringValue;

export const ACCOUNT = "293759796572";
export const RBAC = "rbac.authorization.k8s.io";
export const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export const kubernetes = (kind: string, props: Given["props"], name?: string): Given => ({
	type: `kubernetes:${RBAC}/v1:${kind}`,
	props: { metadata: { name: "it", ...(kind.startsWith("Cluster") ? {} : { namespace: "dev" }) }, ...props },
	name,
});
export const group = (name: string) => ({ apiGroup: RBAC, kind: "Group", name });
export const account = (name: string, namespace: string) => ({ kind: "ServiceAccount", name, namespace });
export const roleRef = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
export const inNamespace = (namespace: string, name = "it") => ({ metadata: { name, namespace } });
export const awsAuth = (data: object, kind = "ConfigMapPatch", annotations?: object): Given => ({
	type: `kubernetes:core/v1:${kind}`,
	props: { metadata: { name: "aws-auth", namespace: "kube-system", annotations }, data },
});
export const entry = (given: object) => ({ rolearn: arn("ops"), username: "ops", groups: ["ops"], ...given });
export const mapRoles = (...entries: object[]) => awsAuth({ mapRoles: yaml.stringify(entries) });
export const association = (policy: string, accessScope: object): Given => ({
	type: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
	props: {
		clusterName: "prod",
		principalArn: arn("ops"),
		policyArn: `arn:aws:eks::aws:cluster-access-policy/${policy}`,
		accessScope,
	},
});
export const accessEntry = (props: object): Given => ({
	type: "aws:eks/accessEntry:AccessEntry",
	props: { clusterName: "prod", principalArn: arn("ops"), ...props },
});
export const trust = (statement: object): Given => ({
	type: "aws:iam/role:Role",
	props: {
		assumeRolePolicy: JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
		}),
	},
});
