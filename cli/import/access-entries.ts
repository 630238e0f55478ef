import type { LiveAccessEntry } from "../../core/aws/reader";
import type { LiveEntry } from "../../core/aws-auth/map";
import { parseArn } from "../../core/iam/arn";
import { accessPolicyOf, clusterRoleOf, LEVELS_WITH_POLICY } from "../../core/rbac/access-levels";
import { COMPONENT_POLICIES } from "../../core/rbac/access-policies";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY } from "../../core/rbac/policy-rules";
import { defaultName } from "./access";
import type { LiveBinding } from "./facts";

/** Access entries of people as entries of aws-auth, and their access policies as bindings of a group of theirs. */
export interface AsAwsAuth {
	roleEntries: LiveEntry[];
	userEntries: LiveEntry[];
	bindings: LiveBinding[];
}

export function asAwsAuth(entries: readonly LiveAccessEntry[]): AsAwsAuth {
	const people = entries.filter(
		({ type, policies, principalArn }) =>
			type === "STANDARD" &&
			!principalArn.includes(":role/aws-service-role/") &&
			(policies.size === 0 || [...policies.keys()].some((name) => !COMPONENT_POLICIES.includes(name))),
	);
	const lines = people.map((entry) => lineOf(entry));
	const of = (type: string) => lines.filter(({ arn = "" }) => arn.includes(`:${type}/`));
	const bindings = people.flatMap((entry, at) => policyBindings(entry, lines[at]?.groups[0] as string));
	return { roleEntries: of("role"), userEntries: of("user"), bindings };
}

function lineOf({ principalArn: arn, username, groups, policies }: LiveAccessEntry): LiveEntry {
	const { name } = parseArn(arn);
	const isAdministrator = policies.get(CLUSTER_ADMIN_POLICY)?.includes("*");
	const own = groups.length > 0 ? groups : [name];
	// What EKS names a session if nobody does; a team has a name of its own.
	const isDefault = username?.endsWith(`:assumed-role/${name}/{{SessionName}}`);
	return {
		arn,
		username: isDefault ? own[0] : username,
		groups: isAdministrator ? [CLUSTER_ADMIN_GROUP] : own,
		line: 0,
	};
}

/** What a stack would make of them: it binds the team's group wherever an access policy applies. */
function policyBindings({ policies }: LiveAccessEntry, group: string): LiveBinding[] {
	return [...policies].flatMap(([policy, scope]) => {
		const level = LEVELS_WITH_POLICY.find((each) => accessPolicyOf(each) === policy);
		const subjects = [{ kind: "Group", name: group }];
		return (scope.includes("*") ? [undefined] : scope).map((namespace): LiveBinding => {
			const role = level && !namespace?.includes("*") ? clusterRoleOf(level, "") : undefined;
			return {
				name: level ? defaultName(group, level) : policy,
				namespace,
				role: role ? { kind: "ClusterRole", name: role } : { kind: "access policy", name: policy },
				subjects,
				policy,
			};
		});
	});
}
