import { readEntries } from "../aws-auth/map";
import { ACCESS_LEVELS, type LevelName } from "../rbac/access-levels";
import { isPattern } from "../rbac/namespace-pattern";
import { CLUSTER_ADMIN_GROUP, CLUSTER_ADMIN_POLICY, type PolicyRule } from "../rbac/policy-rules";
import { describeRule } from "../rbac/rule-matcher";
import { type AccessRow, groupOf } from "../teams/access-matrix";

/** A resource in a stack's state. */
export interface HeldResource {
	type: string;
	outputs: Record<string, unknown>;
}

const RBAC = "kubernetes:rbac.authorization.k8s.io/v1:";

/** An identity that the cluster lets in, by an access entry or by aws-auth. */
interface Entry {
	arn: string;
	groups: string[];
	/** Access policies of EKS, each with its namespaces; `*` is the whole cluster. */
	policies: Map<string, string[]>;
}

/** What a binding gives, to whom and where; without a namespace, in the whole cluster. */
interface Binding {
	role: string;
	namespace?: string;
	groups: string[];
}

/** What a team's role and its group may be called in IAM. */
export interface NamesInIam {
	roles: readonly string[];
	groups: readonly string[];
}

/** The access that a stack's state holds, resource by resource: after an update that failed, some of what one config or the other says. */
export class HeldAccess {
	private readonly byType = new Map<string, Record<string, unknown>[]>();
	private readonly entries: Entry[];
	private readonly bindings: Binding[];

	constructor(resources: readonly HeldResource[]) {
		for (const { type, outputs } of resources) {
			const known = this.byType.get(type) ?? [];
			known.push(outputs);
			this.byType.set(type, known);
		}
		this.entries = [...this.accessEntries(), ...this.awsAuthEntries()];
		this.bindings = [...this.of(`${RBAC}RoleBinding`), ...this.of(`${RBAC}ClusterRoleBinding`)].map(bindingOf);
	}

	/**
	 * Of rows that may be held, those cells whose resources are all there: who comes in, and what is bound to them.
	 *
	 * @param namesOf What a team's role and group may be called.
	 */
	rows(candidates: readonly AccessRow[], namesOf: (team: string) => NamesInIam): AccessRow[] {
		return candidates.flatMap((row) =>
			row.principals.flatMap((principal) => {
				const entries = this.entriesOf(principal, namesOf(row.team));
				const group = groupOf(row);
				if (group !== undefined) {
					return groupsOf(entries).includes(group) ? [{ ...row, principals: [principal] }] : [];
				}
				const namespaces = row.namespaces.filter((namespace) => this.isGiven(row, namespace, entries));
				return namespaces.length > 0 ? [{ ...row, principals: [principal], namespaces }] : [];
			}),
		);
	}

	/** A role of the stack by one of its names. */
	roleCalled(names: readonly string[]): Record<string, unknown> | undefined {
		return this.of("aws:iam/role:Role").find(({ name }) => names.includes(String(name)));
	}

	/** What lets a principal of a team into the cluster. */
	private entriesOf(principal: string, names: NamesInIam): Entry[] {
		const [kind, name = ""] = principal.split(/\/(.*)/s) as [string, string?];
		const entries = (is: (arn: string) => boolean) => this.entries.filter(({ arn }) => is(arn));
		if (kind === "sso") {
			return entries((arn) => new RegExp(`AWSReservedSSO_${escaped(name)}_[0-9a-f]{16}$`).test(arn));
		}
		if (kind !== "user" && kind !== "account") {
			return entries((arn) => isSame(arn, principal));
		}
		const role = this.roleCalled(names.roles);
		const isIn =
			kind === "user"
				? this.isMember(name, names.groups)
				: String(role?.assumeRolePolicy).includes(name.split(":")[0] as string);
		return role && isIn ? entries((arn) => isSame(arn, String(role.arn))) : [];
	}

	/** IAM compares names without regard to case. */
	private isMember(user: string, groups: readonly string[]): boolean {
		return this.of("aws:iam/userGroupMembership:UserGroupMembership").some(
			(membership) =>
				String(membership.user).toLowerCase() === user.toLowerCase() &&
				((membership.groups ?? []) as string[]).some((each) =>
					groups.some((group) => each.toLowerCase() === group.toLowerCase()),
				),
		);
	}

	private isGiven({ team, access, rules }: AccessRow, place: string, entries: readonly Entry[]): boolean {
		const groups = groupsOf(entries);
		const has = (policy: string, scope: string) =>
			entries.some(({ policies }) => policies.get(policy)?.some((each) => each === "*" || each === scope));
		if (access === "admin") {
			return groups.includes(CLUSTER_ADMIN_GROUP) || has(CLUSTER_ADMIN_POLICY, "*");
		}
		const policy = policyOf(access, place);
		if (policy !== undefined) {
			return has(policy, place);
		}
		const namespace = place === "*" ? undefined : place;
		return this.bindings.some(
			(binding) =>
				binding.namespace === namespace &&
				binding.groups.some((group) => groups.includes(group)) &&
				(rules ? this.hasRules(binding.role, team, rules) : binding.role === roleOf(access)),
		);
	}

	private hasRules(role: string, team: string, rules: readonly PolicyRule[]): boolean {
		const found = this.of(`${RBAC}ClusterRole`).find(({ metadata }) => (metadata as { name?: string })?.name === role);
		const text = (list: readonly PolicyRule[]) => list.map(describeRule).sort().join("\n");
		return role.startsWith(`${team}:`) && text((found?.rules ?? []) as PolicyRule[]) === text(rules);
	}

	private accessEntries(): Entry[] {
		const associations = this.of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
		return this.of("aws:eks/accessEntry:AccessEntry").map(({ principalArn, kubernetesGroups }) => {
			const own = associations.filter(({ principalArn: arn }) => arn === principalArn);
			const policies = own.map(({ policyArn, accessScope }): [string, string[]] => {
				const { type, namespaces = [] } = (accessScope ?? {}) as { type?: string; namespaces?: string[] };
				return [String(policyArn).replace(/^.*\//, ""), type === "namespace" ? namespaces : ["*"]];
			});
			const groups = (kubernetesGroups ?? []) as string[];
			return { arn: String(principalArn), groups, policies: new Map(policies) };
		});
	}

	private awsAuthEntries(): Entry[] {
		return this.of("kubernetes:core/v1:ConfigMapPatch").flatMap(({ data }) =>
			(["mapRoles", "mapUsers"] as const).flatMap((key) => {
				const text = (data as Record<string, unknown> | undefined)?.[key];
				return typeof text === "string"
					? readEntries(text, key).map(({ arn = "", groups }) => ({ arn, groups, policies: new Map() }))
					: [];
			}),
		);
	}

	/** Outputs of all resources of a type. */
	of(type: string): Record<string, unknown>[] {
		return this.byType.get(type) ?? [];
	}
}

function groupsOf(entries: readonly Entry[]): string[] {
	return entries.flatMap(({ groups }) => groups);
}

/** The access policy that alone gives what the matrix calls an access; undefined where a binding does. */
function policyOf(access: string, place: string): string | undefined {
	const [, policy] = /^policy\/(.*)$/.exec(access) ?? [];
	return policy ?? (place !== "*" && isPattern(place) ? ACCESS_LEVELS[access as LevelName]?.accessPolicy : undefined);
}

function bindingOf({ metadata, roleRef, subjects }: Record<string, unknown>): Binding {
	return {
		role: String((roleRef as { name?: string } | undefined)?.name),
		namespace: (metadata as { namespace?: string } | undefined)?.namespace,
		groups: ((subjects ?? []) as { name: string }[]).map(({ name }) => name),
	};
}

/** The ClusterRole of what the matrix calls an access. */
function roleOf(access: string): string {
	return ACCESS_LEVELS[access as LevelName]?.clusterRole ?? access.replace(/^clusterRole\//, "");
}

/** aws-auth has no path of a role. */
function isSame(one: string, other: string): boolean {
	const plain = (arn: string) => arn.replace(/:role\/.*\//, ":role/").toLowerCase();
	return plain(one) === plain(other);
}

function escaped(text: string): string {
	return text.replace(/[.+^${}()|[\]\\]/g, "\\$&");
}
