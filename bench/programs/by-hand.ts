import { readFileSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./settings";

const { cluster, account, region, kubeconfig, nodes, teams } = readSettings();

/** Stands for what takes the entries out of aws-auth again. */
class CleanDestroy extends pulumi.dynamic.Resource {
	constructor(name: string, props: object) {
		super({ create: async (inputs: object) => ({ id: "clean-destroy", outs: inputs }) }, name, props);
	}
}

// The package's resources, written as one who knows all ARNs and rules by heart would write them.
const provider = new k8s.Provider("cluster", { kubeconfig: readFileSync(kubeconfig, "utf8") });
const inCluster = { provider };

for (const namespace of new Set(teams.flatMap(({ namespaces }) => namespaces))) {
	new k8s.core.v1.NamespacePatch(namespace, { metadata: { name: namespace } }, { ...inCluster, retainOnDelete: true });
}
const fullAccess = new k8s.rbac.v1.ClusterRolePatch(
	"full-access",
	{
		metadata: { name: "dev-full-access" },
		rules: [{ apiGroups: ["", "apps", "batch"], resources: ["*"], verbs: ["*"] }],
	},
	inCluster,
);

let mapRoles = nodes;
for (const { name, namespaces, users } of teams) {
	const role = new aws.iam.Role(`${name}-role`, {
		name: `${name}-role`,
		assumeRolePolicy: JSON.stringify({
			Version: "2012-10-17",
			Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${account}:root` } }],
		}),
	});
	const policy = new aws.iam.Policy(`${name}-policy`, {
		policy: {
			Version: "2012-10-17",
			Statement: [
				{ Effect: "Allow", Action: "sts:AssumeRole", Resource: role.arn },
				{
					Effect: "Allow",
					Action: "eks:DescribeCluster",
					Resource: `arn:aws:eks:${region}:${account}:cluster/${cluster}`,
				},
			],
		},
	});
	const group = new aws.iam.Group(`${name}-group`, { name });
	new aws.iam.GroupPolicyAttachment(`${name}-attachment`, { group: group.name, policyArn: policy.arn });
	for (const user of users) {
		new aws.iam.UserGroupMembership(`${name}-${user}`, { user, groups: [group.name] });
	}
	for (const namespace of namespaces) {
		new k8s.rbac.v1.RoleBinding(
			`${namespace}-${name}`,
			{
				metadata: { name, namespace },
				roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: fullAccess.metadata.name },
				subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name }],
			},
			inCluster,
		);
	}
	mapRoles += `- rolearn: arn:aws:iam::${account}:role/${name}-role\n  username: ${name}\n  groups: [${name}]\n`;
}
const release = new CleanDestroy("release", {
	instance: "bench",
	kubeconfig: pulumi.secret(readFileSync(kubeconfig, "utf8")),
});
new k8s.core.v1.ConfigMapPatch(
	"aws-auth",
	{
		metadata: {
			name: "aws-auth",
			namespace: "kube-system",
			annotations: { "pulumi.com/patchForce": "true" },
		},
		data: { mapRoles },
	},
	{ ...inCluster, retainOnDelete: true, dependsOn: release },
);
