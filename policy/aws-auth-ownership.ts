import { FORCE } from "../core/aws-auth/ownership-record";
import { type Finding, guardRail, type Resource } from "./guard-rail";
import { isAwsAuth, isOfAwsAuthComponent, objectsOf } from "./kubernetes-objects";

export const awsAuthOwnership = guardRail({
	name: "aws-auth-ownership",
	description: "Nobody takes the ConfigMap aws-auth over, with the entries of the nodes and of everybody else in it.",
	severity: "critical",
	allows:
		"names of resources in the program that may, for example the ConfigMap that @pulumi/eks makes for a cluster of its own",
	find: (resource) =>
		objectsOf(resource)
			.filter(isAwsAuth)
			.flatMap(({ isPatch, fields }) => (isPatch ? forced(resource, fields) : [plain(resource)])),
});

const WAYS = "the component AwsAuth, which merges its entries into the live text, or EKS access entries";

function plain({ name }: Resource): Finding {
	return {
		allow: name,
		message:
			"aws-auth as a ConfigMap of the program's own replaces the entries of the nodes and of everybody else, and is deleted with " +
			`the stack. Allowed are ${WAYS}; use one of them`,
	};
}

function forced(resource: Resource, fields: Resource["props"]): Finding[] {
	// Before the first update no preview knows its annotations; it never forces.
	const force = isOfAwsAuthComponent(resource) ? "false" : fields.metadata?.annotations?.[FORCE];
	if (force === "false") {
		return [];
	}
	return [
		{
			allow: resource.name,
			message:
				`a ConfigMapPatch of aws-auth with ${FORCE} ${force === undefined ? "not set" : JSON.stringify(force)} overwrites what others write. ` +
				`Allowed are ${FORCE}: "false" (with retainOnDelete: true, for destroy takes the whole text away), ${WAYS}`,
		},
	];
}
