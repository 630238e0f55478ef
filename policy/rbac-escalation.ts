import { levelRefusals } from "../components/access-guard";
import { guardRail, reasonOf } from "./guard-rail";
import { describeObject, type KubernetesObject, objectsOf } from "./kubernetes-objects";
import { rulesOf } from "./rules";

/** No namespace of that name: what a role may do, wherever it is bound. */
const ANYWHERE = { namespace: "" };

export const rbacEscalation = guardRail({
	name: "rbac-escalation",
	description:
		"No role lets people give themselves more than they were given: no * on RBAC objects, no bind, escalate or impersonate.",
	severity: "critical",
	allows: "names of roles and bindings in the program that may",
	find: (resource) =>
		objectsOf(resource).flatMap((object) =>
			refusalsOf(object).map((refusal) => ({
				allow: resource.name,
				message:
					`${describeObject(object)}: ${reasonOf(refusal)}. Allowed are API groups, resources and verbs one by one, RBAC objects ` +
					"only for reading; name what is needed",
			})),
		),
});

function refusalsOf({ kind, fields }: KubernetesObject) {
	switch (kind) {
		case "Role":
		case "ClusterRole":
			return levelRefusals({ rules: rulesOf(fields) }, ANYWHERE);
		case "RoleBinding":
			return fields.roleRef?.kind === "ClusterRole"
				? levelRefusals({ clusterRole: fields.roleRef.name }, ANYWHERE)
				: [];
		default:
			return [];
	}
}
