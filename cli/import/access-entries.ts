import type { LiveAccessEntry } from "../../core/aws/reader";
import type { LiveEntry } from "../../core/aws-auth/map";
import { parseArn } from "../../core/iam/arn";
import { type AccessLevel, accessPolicyOf, clusterRoleOf, LEVELS_WITH_POLICY } from "../../core/rbac/access-levels";
import { COMPONENT_POLICIES, POLICIES_BY_NAME } from "../../core/rbac/access-policies";
import { isPattern } from "../../core/rbac/namespace-pattern";
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
		const subjects = [{ kind: "Group", name: group }];
		return (scope.includes("*") ? [undefined] : scope).map((namespace): LiveBinding => {
			const isToCome = namespace !== undefined && isPattern(namespace);
			const level = levelOf(policy, isToCome);
			const role = level && !isToCome ? clusterRoleOf(level, "") : "";
			return {
				name: role && level ? defaultName(group, level) : policy,
				namespace,
				role: role ? { kind: "ClusterRole", name: role } : { kind: "access policy", name: policy },
				subjects,
				policy,
				level,
			};
		});
	});
}

/** The level that gives an access policy: a word that stands for it, or its name. In namespaces to come nothing is bound. */
function levelOf(policy: string, isToCome: boolean): AccessLevel | undefined {
	const level = LEVELS_WITH_POLICY.find((each) => accessPolicyOf(each) === policy);
	const byName = POLICIES_BY_NAME.includes(policy) ? { policy } : undefined;
	return typeof level === "object" && isToCome ? byName : (level ?? byName);
}
