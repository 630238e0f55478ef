import { passes, refuses } from "./judgement";
import { account, association, group, inNamespace, kubernetes, roleRef } from "./stack";

describe("policy system-namespaces", () => {
	const policy = "system-namespaces";
	const binding = (namespace: string, role: string, subjects: object[] = [group("devs")]) =>
		kubernetes("RoleBinding", { ...inNamespace(namespace), roleRef: roleRef("ClusterRole", role), subjects });
	const wide = (role: string, subjects: object[] = [group("devs")]) =>
		kubernetes("ClusterRoleBinding", { roleRef: roleRef("ClusterRole", role), subjects });

	it("refuses bindings to roles that write, in each of the three namespaces", () => {
		for (const namespace of ["kube-system", "kube-public", "kube-node-lease"]) {
			refuses(policy, binding(namespace, "edit"), new RegExp(`access in ${namespace} is refused`), "it");
			passes(policy, binding(namespace, "view"));
		}
		passes(policy, binding("dev", "edit"));
	});

	it("passes service accounts of the cluster's own namespaces, and no others", () => {
		passes(policy, binding("kube-system", "edit", [account("coredns", "kube-system")]));
		refuses(
			policy,
			binding("kube-system", "edit", [account("coredns", "kube-system"), account("ci", "dev")]),
			/is refused/,
			"it",
		);
	});

	it("refuses people who write in every namespace, which has those three in it", () => {
		refuses(policy, wide("edit"), /writing in every namespace is refused/, "it");
		passes(policy, wide("view"));
		passes(policy, wide("edit", [account("controller", "operators")]));
	});

	it("refuses access policies that write there", () => {
		refuses(policy, association("AmazonEKSEditPolicy", { type: "cluster" }), /writing in every namespace/, "it");
		refuses(
			policy,
			association("AmazonEKSAdminPolicy", { type: "namespace", namespaces: ["dev", "kube-system"] }),
			/in kube-system/,
			"it",
		);
		passes(policy, association("AmazonEKSEditPolicy", { type: "namespace", namespaces: ["dev"] }));
		passes(policy, association("AmazonEKSViewPolicy", { type: "cluster" }));
	});

	it("refuses access policies that read Secrets or everything, and patterns that stand for those namespaces", () => {
		const inNamespaces = (...namespaces: string[]) => ({ type: "namespace", namespaces });
		for (const name of ["AmazonEKSAdminViewPolicy", "AmazonEKSSecretReaderPolicy"]) {
			refuses(policy, association(name, { type: "cluster" }), /reading secrets in every namespace/, "it");
			refuses(policy, association(name, inNamespaces("dev", "*")), /reading secrets in every namespace/, "it");
			refuses(policy, association(name, inNamespaces("kube-sys*")), /in kube-system is refused/, "it");
			passes(policy, association(name, inNamespaces("dev")));
		}
		refuses(policy, association("AmazonEKSAdminPolicy", inNamespaces("kube-*")), /in kube-system is refused/, "it");
		refuses(policy, association("AmazonEKSAdminPolicy", inNamespaces("*-public")), /in kube-public is refused/, "it");
		refuses(policy, association("AmazonEKSAdminPolicy", inNamespaces("*")), /writing in every namespace/, "it");
		passes(policy, association("AmazonEKSAdminPolicy", inNamespaces("dev-*")));
	});

	it("judges the access policies of aws-native and of @pulumi/eks too", () => {
		const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy";
		const accessPolicies = [{ policyArn, accessScope: { type: "cluster" } }];
		const native = { type: "aws-native:eks:AccessEntry", props: { accessPolicies } };
		refuses(policy, native, /writing in every namespace/, "it");
		const accessEntries = { ci: { accessPolicies: { edit: accessPolicies[0] } } };
		refuses(policy, { type: "eks:index:Cluster", props: { accessEntries } }, /writing in every namespace/, "it");
	});
});

describe("policy system-namespaces-own-roles", () => {
	const policy = "system-namespaces-own-roles";
	const read = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
	const write = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "delete"] }];
	const role = (rules: object[], namespace = "kube-system") =>
		kubernetes("Role", { ...inNamespace(namespace, "own"), rules }, "role");
	const binding = (kind: string, name: string, subjects: object[] = [group("devs")]) =>
		kubernetes("RoleBinding", { ...inNamespace("kube-system"), roleRef: roleRef(kind, name), subjects });
	const wide = kubernetes("ClusterRoleBinding", { roleRef: roleRef("ClusterRole", "own"), subjects: [group("devs")] });
	const clusterRole = (rules: object[]) => kubernetes("ClusterRole", { metadata: { name: "own" }, rules }, "role");

	it("refuses a role there that writes or reads secrets", () => {
		refuses(policy, role(write), /access in kube-system is refused/, "role");
		refuses(policy, role([{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }]), /is refused/, "role");
		passes(policy, role(write, "dev"));
		passes(policy, role(read));
	});

	it("judges a binding by the role's rules in the same stack, in whatever order they come", () => {
		passes(policy, [binding("Role", "own"), role(read)]);
		passes(policy, [clusterRole(read), binding("ClusterRole", "own")]);
		refuses(policy, [clusterRole(write), binding("ClusterRole", "own")], /RoleBinding it in kube-system/, "it");
		refuses(policy, [binding("Role", "own"), role(write)], /RoleBinding it in kube-system/);
	});

	it("takes a role that the stack does not hold for one that writes", () => {
		refuses(policy, binding("Role", "elsewhere"), /is refused/, "it");
		refuses(policy, binding("Role", "view"), /is refused/, "it");
		refuses(policy, binding("ClusterRole", "elsewhere"), /is refused/, "it");
		passes(policy, binding("Role", "extension-apiserver-authentication-reader"));
		passes(policy, binding("ClusterRole", "edit"));
	});

	it("passes a role that the stack binds to service accounts of the cluster's own namespaces alone", () => {
		const own = account("dns", "kube-system");
		passes(policy, [role(write), binding("Role", "own", [own])]);
		refuses(policy, [role(write), binding("Role", "own", [own, account("ci", "dev")])], /^Role own/);
	});

	it("judges access to every namespace by the role's rules too", () => {
		passes(policy, [clusterRole(read), wide]);
		refuses(policy, [clusterRole(write), wide], /writing in every namespace/, "it");
		refuses(policy, wide, /writing in every namespace/, "it");
	});
});
