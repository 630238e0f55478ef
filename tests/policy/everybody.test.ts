import { passes, refuses } from "./judgement";
import { account, group, kubernetes, roleRef } from "./stack";

describe("policy bindings-for-everybody", () => {
	const policy = "bindings-for-everybody";
	const binding = (subject: object, role = "view", kind = "RoleBinding") =>
		kubernetes(kind, { roleRef: roleRef("ClusterRole", role), subjects: [group("devs"), subject] });

	it("refuses groups that stand for everybody, or for every service account", () => {
		for (const name of ["system:authenticated", "system:unauthenticated", "system:serviceaccounts"]) {
			refuses(policy, binding(group(name)), new RegExp(`has the subject ${name}: every`), "it");
			refuses(policy, binding(group(name), "view", "ClusterRoleBinding"), /Allowed are groups of your own/, "it");
		}
		refuses(policy, binding(group("system:serviceaccounts:default")), /every pod in the namespace default/, "it");
		refuses(policy, binding({ kind: "User", name: "system:anonymous" }), /without credentials/, "it");
	});

	it("passes groups of one's own, single service accounts, and what Kubernetes itself gives to everybody", () => {
		passes(policy, binding(group("ops")));
		passes(policy, binding(group("system:serviceaccounts:ci")));
		passes(policy, binding(account("default", "ci")));
		passes(policy, binding(group("system:authenticated"), "system:discovery", "ClusterRoleBinding"));
	});
});
