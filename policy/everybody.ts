import { guardRail } from "./guard-rail";
import { describeObject, objectsOf } from "./kubernetes-objects";
import { type Subject, subjectsOf } from "./subjects";

/** Subjects of Kubernetes' own, and whom they stand for. */
const EVERYBODY: Record<string, string> = {
	"Group system:authenticated": "everybody who comes into the cluster, every service account too",
	"Group system:unauthenticated": "everybody who reaches the API server, without credentials",
	"User system:anonymous": "everybody who reaches the API server, without credentials",
	"Group system:serviceaccounts": "every pod of the cluster",
	"Group system:serviceaccounts:default": "every pod in the namespace default",
};
/** ClusterRoles that Kubernetes itself binds to everybody: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles */
const PUBLIC = [
	...["system:basic-user", "system:discovery", "system:public-info-viewer"],
	"system:service-account-issuer-discovery",
];

export const bindingsForEverybody = guardRail({
	name: "bindings-for-everybody",
	description: "No binding gives access to everybody, or to every service account.",
	severity: "critical",
	allows: "names of bindings in the program that may",
	find: (resource) =>
		objectsOf(resource)
			.filter(({ kind, fields }) => kind.endsWith("Binding") && !PUBLIC.includes(fields.roleRef?.name))
			.flatMap((object) =>
				subjectsOf(object.fields).flatMap((subject) => {
					const whom = EVERYBODY[idOf(subject)];
					return whom
						? [
								{
									allow: resource.name,
									message: `${describeObject(object)} has the subject ${subject.name}: ${whom}. Allowed are groups of your own and single service accounts; name them`,
								},
							]
						: [];
				}),
			),
});

function idOf({ kind, name }: Subject): string {
	return `${kind} ${name}`;
}
