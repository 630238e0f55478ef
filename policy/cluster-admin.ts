import { dangerText, groupRefusals } from "../core/rbac/dangers";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "../core/rbac/policy-rules";
import { type Finding, guardRail, type Resource } from "./guard-rail";
import { identitiesOf } from "./identities";
import { describeObject, objectsOf } from "./kubernetes-objects";
import { subjectsOf } from "./subjects";

/** The built-in ClusterRole that allows everything. */
export const CLUSTER_ADMIN_ROLE = "cluster-admin";

export const clusterAdmin = guardRail({
	name: "cluster-admin",
	description: "Nobody becomes cluster administrator unless the pack's config says so.",
	severity: "critical",
	allows: "ARNs of IAM identities, and names of bindings in the program, that may make cluster administrators",
	find: (resource) => [...identityFindings(resource), ...bindingFindings(resource)],
});

function identityFindings(resource: Resource): Finding[] {
	const { identities, unreadable } = identitiesOf(resource);
	return [
		...unreadable.map((problem) => ({
			allow: resource.name,
			message: `aws-auth cannot be read, so nobody knows whom it makes cluster administrator: ${problem}`,
		})),
		...identities.flatMap((identity) => {
			const groups = groupRefusals(identity.groups.filter(isMasters), false).map(dangerText);
			const policies = identity.policies.filter((name) => name === CLUSTER_ADMIN_POLICY);
			return [...groups, ...policies.map((name) => `${name} makes cluster administrators`)].map((reason) => ({
				allow: identity.arn,
				message: `${identity.arn}: ${reason}. Allowed are groups of your own, and access policies in namespaces; bind what is needed`,
			}));
		}),
	];
}

function bindingFindings(resource: Resource): Finding[] {
	return objectsOf(resource).flatMap((object) => {
		const { kind, fields } = object;
		if (!kind.endsWith("Binding")) {
			return [];
		}
		const subjects = subjectsOf(fields);
		const toMasters = subjects.some((subject) => subject.kind === "Group" && isMasters(subject.name));
		const toAdmin = kind === "ClusterRoleBinding" && fields.roleRef?.name === CLUSTER_ADMIN_ROLE;
		const reasons = [
			...(toMasters ? [`has the subject ${CLUSTER_ADMIN_GROUP}, whose members are cluster administrators`] : []),
			...(toAdmin
				? [
						`makes ${subjects.map((subject) => subject.name).join(", ") || "its subjects"} cluster administrators by the ClusterRole ${CLUSTER_ADMIN_ROLE}`,
					]
				: []),
		];
		return reasons.map((reason) => ({
			allow: resource.name,
			message: `${describeObject(object)} ${reason}. Allowed are groups of your own, and roles with what they need; bind such a role by namespace`,
		}));
	});
}

function isMasters(group: string): boolean {
	return group.toLowerCase() === CLUSTER_ADMIN_GROUP;
}
