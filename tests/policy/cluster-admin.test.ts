import * as yaml from "yaml";
import { passes, refuses } from "./judgement";
import {
	ACCOUNT,
	account,
	arn,
	association,
	awsAuth,
	entry,
	type Given,
	group,
	kubernetes,
	mapRoles,
	roleRef,
} from "./stack";

describe("policy cluster-admin", () => {
	const admin = (subjects: object[], kind = "ClusterRoleBinding", name = "cluster-admin") =>
		kubernetes(kind, { roleRef: roleRef("ClusterRole", name), subjects });

	it("refuses the ClusterRole cluster-admin in the whole cluster", () => {
		refuses("cluster-admin", admin([group("devs")]), /makes devs cluster administrators/, "it");
		refuses(
			"cluster-admin",
			admin([account("ci", "ci")], "ClusterRoleBindingPatch"),
			/makes ci cluster administrators/,
			"it",
		);
		passes("cluster-admin", admin([group("devs")], "ClusterRoleBinding", "view"));
	});

	it("refuses system:masters as a subject, also in a list", () => {
		refuses(
			"cluster-admin",
			admin([group("system:masters")], "RoleBinding", "edit"),
			/has the subject system:masters/,
			"it",
		);
		const items = [
			{ metadata: { name: "x" }, roleRef: roleRef("ClusterRole", "view"), subjects: [group("system:masters")] },
		];
		refuses("cluster-admin", kubernetes("ClusterRoleBindingList", { items }), /has the subject system:masters/);
		passes("cluster-admin", admin([{ kind: "User", name: "system:masters" }], "RoleBinding", "edit"));
	});

	it("refuses system:masters in aws-auth, however it is written", () => {
		const texts = [
			JSON.stringify([entry({ groups: ["a", "system:masters"] })]),
			`- rolearn: ${arn("ops")}\n  username: ops\n  groups: ["system:masters"]\n`,
		];
		for (const mapRoles of texts) {
			for (const kind of ["ConfigMap", "ConfigMapPatch"]) {
				refuses(
					"cluster-admin",
					awsAuth({ mapRoles }, kind),
					/system:masters makes cluster administrators/,
					arn("ops"),
				);
			}
		}
		const userarn = `arn:aws:iam::${ACCOUNT}:user/joe`;
		const mapUsers = yaml.stringify([{ userarn, username: "joe", groups: ["system:masters"] }]);
		refuses("cluster-admin", awsAuth({ mapUsers }), /user\/joe: system:masters/, userarn);
		passes("cluster-admin", mapRoles(entry({})));
	});

	it("refuses an aws-auth that it cannot read", () => {
		refuses("cluster-admin", awsAuth({ mapRoles: "- groups: [system:masters" }), /aws-auth cannot be read/);
	});

	it("refuses AmazonEKSClusterAdminPolicy, in namespaces too", () => {
		const policy = "AmazonEKSClusterAdminPolicy";
		refuses("cluster-admin", association(policy, { type: "cluster" }), /AmazonEKSClusterAdminPolicy makes/, arn("ops"));
		refuses("cluster-admin", association(policy, { type: "namespace", namespaces: ["dev"] }), /makes/, arn("ops"));
		passes("cluster-admin", association("AmazonEKSAdminPolicy", { type: "namespace", namespaces: ["dev"] }));
	});

	it("refuses both in the mappings and access entries of an eks.Cluster", () => {
		const cluster = (props: object): Given => ({ type: "eks:index:Cluster", props });
		const mapping = { roleArn: arn("ops"), username: "ops", groups: ["system:masters"] };
		refuses("cluster-admin", cluster({ roleMappings: [mapping] }), /system:masters/, arn("ops"));
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
		const accessEntries = { ops: { principalArn: arn("ops"), accessPolicies: { all: { policyArn } } } };
		refuses("cluster-admin", cluster({ accessEntries }), /AmazonEKSClusterAdminPolicy/, arn("ops"));
		passes("cluster-admin", cluster({ roleMappings: [{ ...mapping, groups: ["ops"] }] }));
	});

	it("judges the access entries of aws-native", () => {
		const native = (props: object): Given => ({
			type: "aws-native:eks:AccessEntry",
			props: { clusterName: "prod", principalArn: arn("ops"), ...props },
		});
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
		const accessPolicies = [{ policyArn, accessScope: { type: "cluster" } }];
		refuses("cluster-admin", native({ accessPolicies }), /makes cluster administrators/, arn("ops"));
		refuses("aws-auth-names", native({ username: "{{SessionName}}" }), /lets people choose it/, arn("ops"));
		passes("cluster-admin", native({ kubernetesGroups: ["ops"] }));
	});
});
