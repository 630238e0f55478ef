import { passes, refuses } from "./judgement";
import { type Given, group, kubernetes, RBAC, roleRef } from "./stack";

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

	it("refuses a ClusterRole whose rules are those of others", () => {
		const clusterRoleSelectors = [{ matchLabels: { "acme.com/ops": "true" } }];
		const given = kubernetes("ClusterRole", { aggregationRule: { clusterRoleSelectors } });
		refuses("rbac-escalation", given, /rules are those of every ClusterRole/, "it");
	});

	it("refuses rules that everybody with view, edit or admin gets, where those should not have them", () => {
		const aggregated = (target: string, resources: string[], verbs: string[], kind = "ClusterRole") =>
			kubernetes(kind, {
				metadata: { name: "add-on", labels: { [`${RBAC}/aggregate-to-${target}`]: "true" } },
				rules: [{ apiGroups: ["", "acme.com"], resources, verbs }],
			});
		const refused = (given: Given, message: RegExp) => refuses("rbac-escalation", given, message, "it");
		refused(aggregated("view", ["secrets"], ["get"]), /all who have the ClusterRole view: reading secrets/);
		refused(aggregated("view", ["widgets"], ["update"], "ClusterRolePatch"), /ClusterRole view: writing/);
		refused(aggregated("edit", ["nodes/proxy"], ["get"]), /ClusterRole edit: nodes\/proxy/);
		refused(aggregated("ops", ["pods/exec"], ["get"]), /ClusterRole ops: get on pods\/attach/);
		passes("rbac-escalation", aggregated("view", ["widgets"], ["get", "list"]));
		passes("rbac-escalation", aggregated("edit", ["widgets", "secrets"], ["get", "update"]));
	});
});
