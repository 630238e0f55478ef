import { passes, refuses } from "./policy-judgement";
import { group, kubernetes, RBAC, roleRef } from "./policy-stack";

describe("policy rbac-escalation", () => {
	const rules = (rule: object, kind = "ClusterRole") => kubernetes(kind, { rules: [rule] });

	it("refuses * on RBAC objects, and * everything", () => {
		for (const kind of ["Role", "ClusterRole", "RolePatch"]) {
			refuses("rbac-escalation", rules({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, kind), /\* on RBAC/, "it");
			refuses("rbac-escalation", rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["*"] }, kind), /\* on RBAC/);
		}
	});

	it("refuses bind, escalate and impersonate", () => {
		for (const verb of ["bind", "escalate", "impersonate"]) {
			refuses(
				"rbac-escalation",
				rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["get", verb] }),
				new RegExp(`verb ${verb}`),
			);
		}
	});

	it("passes roles that name what they allow, and * on other groups", () => {
		passes("rbac-escalation", rules({ apiGroups: ["apps"], resources: ["*"], verbs: ["*"] }));
		passes("rbac-escalation", rules({ apiGroups: [RBAC], resources: ["roles"], verbs: ["get", "list"] }));
		passes("rbac-escalation", kubernetes("ClusterRole", { aggregationRule: {} }));
		passes("rbac-escalation", rules({ nonResourceURLs: ["/healthz"], verbs: ["get"] }));
	});

	it("refuses cluster-admin in a namespace, which allows RBAC objects too", () => {
		const binding = (name: string) =>
			kubernetes("RoleBinding", { roleRef: roleRef("ClusterRole", name), subjects: [group("devs")] });
		refuses("rbac-escalation", binding("cluster-admin"), /allows everything, RBAC objects too/, "it");
		refuses("rbac-escalation", binding("system:node"), /made for Kubernetes' own components/, "it");
		passes("rbac-escalation", binding("admin"));
	});
});
