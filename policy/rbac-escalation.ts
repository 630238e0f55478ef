import { dangerText, levelRefusals } from "../core/rbac/dangers";
import { guardRail } from "./guard-rail";
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
			dangersOf(object).map((danger) => ({
				allow: resource.name,
				message:
					`${describeObject(object)}: ${danger}. Allowed are API groups, resources and verbs one by one, RBAC objects ` +
					"only for reading; name what is needed",
			})),
		),
});

function dangersOf({ kind, fields }: KubernetesObject): string[] {
	switch (kind) {
		case "Role":
			return levelRefusals({ rules: rulesOf(fields) }, ANYWHERE).map(dangerText);
		case "ClusterRole":
			return [...levelRefusals({ rules: rulesOf(fields) }, ANYWHERE).map(dangerText), ...aggregationDangers(fields)];
		case "RoleBinding":
			return fields.roleRef?.kind === "ClusterRole"
				? levelRefusals({ clusterRole: fields.roleRef.name }, ANYWHERE).map(dangerText)
				: [];
		default:
			return [];
	}
}

const AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-";
/** What who has `edit` or `admin` may do anyway, wherever they have it. */
const IN_EDIT = ["cluster-write", "secrets", "pods/exec", "serviceaccounts/token"];

/** Of a ClusterRole that gets its rules from others, or gives them to everybody who has another one. */
function aggregationDangers(fields: KubernetesObject["fields"]): string[] {
	const targets = Object.entries(fields.metadata?.labels ?? {})
		.filter(([key, value]) => key.startsWith(AGGREGATE) && String(value) === "true")
		.map(([key]) => key.slice(AGGREGATE.length));
	const given = targets.flatMap((target) =>
		levelRefusals({ rules: rulesOf(fields) }, "cluster")
			.filter(({ name }) => !(["edit", "admin"].includes(target) && IN_EDIT.includes(name ?? "")))
			.map((refusal) => `its rules go to all who have the ClusterRole ${target}: ${dangerText(refusal)}`),
	);
	return fields.aggregationRule?.clusterRoleSelectors?.length
		? ["its rules are those of every ClusterRole with the labels of its aggregationRule", ...given]
		: given;
}
