import * as core from "@pulumi/kubernetes/core/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { FULL_ACCESS_CLUSTER_ROLE, fullAccessRules } from "./access-rules";
import type { Team } from "./team";

export interface NamespaceAccessArgs {
	/** Which team gets into which namespaces; decides which resources exist. */
	teams: Pick<Team, "name" | "namespaces">[];
	/**
	 * The ClusterRole may be there already; then it belongs to others too, and is left behind on delete.
	 * @default false
	 */
	adoptExisting?: boolean;
}

/**
 * The teams in Kubernetes: their namespaces, the ClusterRole `dev-full-access`, and one RoleBinding a namespace and
 * team, to the Kubernetes group named as the team.
 */
export class NamespaceAccess extends pulumi.ComponentResource {
	/** Names of the namespaces, each once. */
	readonly namespaces: pulumi.Output<string[]>;

	constructor(name: string, args: NamespaceAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		super("eks-access:index:NamespaceAccess", name, {}, opts);
		const inAccess = { parent: this };

		const clusterRole = new rbac.ClusterRole(
			`${name}-full-access`,
			{ metadata: { name: FULL_ACCESS_CLUSTER_ROLE }, rules: fullAccessRules },
			{ ...inAccess, retainOnDelete: args.adoptExisting },
		);
		// A patch makes the namespace or takes the one that is there, and never deletes it with its workloads;
		// retained on delete, it also leaves labels alone that others have set meanwhile.
		const namespaces = new Map(
			[...new Set(args.teams.flatMap((team) => team.namespaces))].map((namespace) => [
				namespace,
				new core.NamespacePatch(
					`${name}-${namespace}`,
					{ metadata: { name: namespace } },
					{ ...inAccess, retainOnDelete: true },
				),
			]),
		);
		for (const team of args.teams) {
			for (const namespace of team.namespaces) {
				new rbac.RoleBinding(
					// No namespace has a dot in its name: the first one ends it, so no two pairs share a name.
					`${name}-${namespace}.${team.name}`,
					{
						metadata: { name: team.name, namespace },
						roleRef: {
							apiGroup: "rbac.authorization.k8s.io",
							kind: "ClusterRole",
							name: clusterRole.metadata.name,
						},
						subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: team.name }],
					},
					{ ...inAccess, dependsOn: namespaces.get(namespace) },
				);
			}
		}
		this.namespaces = pulumi.output([...namespaces.keys()]);
		this.registerOutputs({ namespaces: this.namespaces });
	}
}
