import { readEntries } from "../aws-auth/map";
import { ACCESS_LEVELS, type LevelName } from "../rbac/access-levels";
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
				const groups = this.groupsOf(principal, namesOf(row.team));
				const group = groupOf(row);
				if (group !== undefined) {
					return groups.includes(group) ? [{ ...row, principals: [principal] }] : [];
				}
				const namespaces = row.namespaces.filter((namespace) => this.isGiven(row, namespace, groups));
				return namespaces.length > 0 ? [{ ...row, principals: [principal], namespaces }] : [];
			}),
		);
	}

	/** A role of the stack by one of its names. */
	roleCalled(names: readonly string[]): Record<string, unknown> | undefined {
		return this.of("aws:iam/role:Role").find(({ name }) => names.includes(String(name)));
	}

	/** The Kubernetes groups by which the cluster knows a principal of a team; none where it is not let in. */
	private groupsOf(principal: string, names: NamesInIam): string[] {
		const [kind, name = ""] = principal.split(/\/(.*)/s) as [string, string?];
		const groups = (is: (arn: string) => boolean) =>
			this.entries.filter(({ arn }) => is(arn)).flatMap((each) => each.groups);
		if (kind === "sso") {
			return groups((arn) => new RegExp(`AWSReservedSSO_${escaped(name)}_[0-9a-f]{16}$`).test(arn));
		}
		if (kind !== "user" && kind !== "account") {
			return groups((arn) => isSame(arn, principal));
		}
		const role = this.roleCalled(names.roles);
		const isIn =
			kind === "user"
				? this.isMember(name, names.groups)
				: String(role?.assumeRolePolicy).includes(name.split(":")[0] as string);
		return role && isIn ? groups((arn) => isSame(arn, String(role.arn))) : [];
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

	private isGiven({ team, access, rules }: AccessRow, place: string, groups: readonly string[]): boolean {
		if (access === "admin") {
			return groups.includes(CLUSTER_ADMIN_GROUP);
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

	/** Administrators have an access policy instead of the group. */
	private accessEntries(): Entry[] {
		const associations = this.of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
		return this.of("aws:eks/accessEntry:AccessEntry").map(({ principalArn, kubernetesGroups }) => {
			const isAdmin = associations.some(
				({ principalArn: arn, policyArn }) =>
					arn === principalArn && String(policyArn).endsWith(`/${CLUSTER_ADMIN_POLICY}`),
			);
			const groups = (kubernetesGroups ?? []) as string[];
			return { arn: String(principalArn), groups: isAdmin ? [...groups, CLUSTER_ADMIN_GROUP] : groups };
		});
	}

	private awsAuthEntries(): Entry[] {
		return this.of("kubernetes:core/v1:ConfigMapPatch").flatMap(({ data }) =>
			(["mapRoles", "mapUsers"] as const).flatMap((key) => {
				const text = (data as Record<string, unknown> | undefined)?.[key];
				return typeof text === "string" ? readEntries(text, key).map(({ arn = "", groups }) => ({ arn, groups })) : [];
			}),
		);
	}

	/** Outputs of all resources of a type. */
	of(type: string): Record<string, unknown>[] {
		return this.byType.get(type) ?? [];
	}
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
