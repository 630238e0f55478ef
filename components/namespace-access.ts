import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { FULL_ACCESS_CLUSTER_ROLE } from "./access-rules";
import { FORCE } from "./aws-auth-record";
import { readTeams } from "./config";
import { labelsOf, namespacesOf } from "./namespace-settings";
import { defaultDeny } from "./network-policy";
import type { NamespaceSettings, Team } from "./team";
import type { TeamArgs } from "./team-args";
import { bindingsOf, clusterRolesOf } from "./team-bindings";

/** What {@link NamespaceAccess} needs. */
export interface NamespaceAccessArgs {
	/** Which team gets which access to which namespaces; decides which resources exist. Whom the teams let in does not matter here. */
	teams: (TeamArgs | Team)[];
	/**
	 * What is to be made may be there already: its fields are taken over from whoever holds them. The ClusterRole `dev-full-access` may
	 * then belong to others too, and is left behind on delete.
	 * @default false: an error
	 */
	adoptExisting?: boolean;
}

/** Names the objects that bound a namespace; one of each is enough. */
const BOUNDS = "eks-access";

/**
 * The teams in Kubernetes: their namespaces with quotas, limits and network policy, the ClusterRoles that they need, and one
 * RoleBinding a namespace and team, to the Kubernetes group named as the team.
 */
export class NamespaceAccess extends pulumi.ComponentResource {
	/** Names of the namespaces, each once. */
	readonly namespaces: pulumi.Output<string[]>;

	constructor(name: string, args: NamespaceAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		const teams = readTeams(args.teams, `NamespaceAccess ${name}`, "namespaces");
		super("eks-access:index:NamespaceAccess", name, {}, opts);
		const inAccess = { parent: this };
		// Server-side apply refuses to change what another manager holds, such as kubectl.
		const annotations = args.adoptExisting ? { [FORCE]: "true" } : undefined;

		const { namespaces } = namespacesOf(teams);
		const made = new Map(
			[...namespaces].map(([namespace, settings]) => [
				namespace,
				makeNamespace(`${name}-${namespace}`, { name: namespace, annotations }, settings, inAccess),
			]),
		);
		const roles = new Map(
			[...clusterRolesOf(teams)].map(([role, rules]) => {
				const spec = { metadata: { name: role, annotations }, rules };
				// All stacks of a cluster have this one: a patch makes it or shares it, and lets go of it alone.
				const made =
					role === FULL_ACCESS_CLUSTER_ROLE
						? new rbac.ClusterRolePatch(`${name}-full-access`, spec, {
								...inAccess,
								retainOnDelete: args.adoptExisting,
							})
						: new rbac.ClusterRole(`${name}-${role}`, spec, inAccess);
				return [role, made];
			}),
		);

		for (const { name: binding, role, team, namespace } of teams.flatMap(bindingsOf)) {
			const spec = {
				roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
				subjects: [{ apiGroup: RBAC, kind: "Group", name: team }],
			};
			const metadata = { name: binding, namespace, annotations };
			const needed: (pulumi.Resource | undefined)[] = [roles.get(role), made.get(namespace ?? "")];
			const within = { ...inAccess, dependsOn: needed.filter((each) => each !== undefined) };
			if (namespace === undefined) {
				new rbac.ClusterRoleBinding(`${name}-${binding}`, { metadata, ...spec }, within);
			} else {
				// No namespace has a dot in its name, and no team a colon: no two share a name.
				new rbac.RoleBinding(`${name}-${namespace}.${binding}`, { metadata, ...spec }, within);
			}
		}
		this.namespaces = pulumi.output([...namespaces.keys()]);
		this.registerOutputs({ namespaces: this.namespaces });
	}
}

const RBAC = "rbac.authorization.k8s.io";

/** A namespace and what bounds it. */
function makeNamespace(
	name: string,
	{ name: namespace, annotations }: { name: string; annotations?: Record<string, string> },
	settings: NamespaceSettings,
	inAccess: pulumi.CustomResourceOptions,
): core.NamespacePatch {
	const { quota, limits, networkPolicy } = settings;
	// A patch makes the namespace or takes the one that is there, and never deletes it with its workloads;
	// retained on delete, it also leaves labels alone that others have set meanwhile.
	const patch = new core.NamespacePatch(
		name,
		{
			metadata: {
				name: namespace,
				labels: labelsOf(settings),
				annotations: { ...settings.annotations, ...annotations },
			},
		},
		{ ...inAccess, retainOnDelete: true },
	);
	const within = { ...inAccess, dependsOn: patch };
	const metadata = { name: BOUNDS, namespace, annotations };
	if (quota) {
		new core.ResourceQuota(`${name}-quota`, { metadata, spec: { hard: quota } }, within);
	}
	if (limits) {
		new core.LimitRange(`${name}-limits`, { metadata, spec: { limits: [{ type: "Container", ...limits }] } }, within);
	}
	if (networkPolicy) {
		new networking.NetworkPolicy(`${name}-network`, { metadata, spec: defaultDeny }, within);
	}
	return patch;
}
