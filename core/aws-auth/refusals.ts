import { AccessError } from "../errors/access-error";
import { explainName, sentences } from "../errors/reasons";
import { groupProblem, usernameProblem } from "../iam/username";
import { foreignOwnerOf } from "./managed-fields";
import type { MapKey, RoleMapping, UserMapping } from "./map";
import type { LiveConfigMap } from "./ownership-record";

/** Kubernetes' limit for all values of a ConfigMap together (https://kubernetes.io/docs/concepts/configuration/configmap/). */
const MAX_BYTES = 1024 * 1024;

export function refuseForeignOwner(live: LiveConfigMap, maps: MapKey[]): void {
	const owner = foreignOwnerOf(live, maps);
	if (owner) {
		throw new AccessError(
			"aws-auth-foreign-owner",
			`aws-auth: the ConfigMap kube-system/aws-auth is managed by ${owner}, which would take this stack's entries out again. ` +
				"Nothing was written. Either hand TeamIdentity.roleMapping to that program (roleMappings of eks.Cluster), " +
				"or let it stop managing aws-auth, then set takeOver: pulumi config set takeOver true.",
		);
	}
}

/** A group or username of Kubernetes' own, or one that people choose themselves, would be admin by accident. */
export function requireSafeNames({
	roles,
	users = [],
}: {
	roles: readonly RoleMapping[];
	users?: readonly UserMapping[];
}): void {
	const problems = [
		...roles.map((mapping) => ({ ...mapping, arn: mapping.roleArn, of: "role" as const })),
		...users.map((mapping) => ({ ...mapping, arn: mapping.userArn, of: "user" as const })),
	].flatMap(({ arn, username, groups, of, systemGroups: admin }) =>
		[usernameProblem(username, { of }), ...groups.map((group) => groupProblem(group, { of, admin }))].flatMap(
			(problem) => (problem ? [`${arn}: ${sentences(explainName(problem))}`] : []),
		),
	);
	if (problems.length > 0) {
		throw new AccessError("aws-auth-name-refused", `aws-auth: ${problems.join("\n")}\nNothing was written.`);
	}
}

export function requireSize(data: Record<string, string>, binaryData: Record<string, string> = {}): void {
	const texts = Object.values(data).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
	const bytes = Object.values(binaryData).reduce((sum, text) => sum + Buffer.byteLength(text, "base64"), texts);
	if (bytes > MAX_BYTES) {
		throw new AccessError(
			"aws-auth-too-large",
			`aws-auth: with this stack's entries its values would have ${bytes} bytes; Kubernetes allows ${MAX_BYTES}. ` +
				"Nothing was written. Remove entries that nobody needs, or use EKS access entries.",
		);
	}
}
