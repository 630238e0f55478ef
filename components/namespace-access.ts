import { setTimeout as delay } from "node:timers/promises";
import * as admission from "@pulumi/kubernetes/admissionregistration/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { FORCE } from "../core/aws-auth/ownership-record";
import { readTeams } from "../core/config/config";
import type { TeamArgs } from "../core/config/team-args";
import { type Origin, originOf, sharedOriginOf } from "../core/kubernetes/origin";
import { defaultDeny } from "../core/rbac/default-deny";
import { networkGuard } from "../core/rbac/network-guard";
import { FULL_ACCESS_CLUSTER_ROLE } from "../core/rbac/policy-rules";
import { bindingsOf, clusterRolesOf } from "../core/teams/bindings";
import { guardedNamespaces } from "../core/teams/bounds";
import { labelsOf, namespacesOf } from "../core/teams/namespaces";
import type { NamespaceSettings, Team } from "../core/teams/team";
import { isGroupChanged, nameInCluster } from "./preflight/existing/bindings";
import { currentStack } from "./preflight/stack-state";
import { guardNameOf } from "./preflight/writes";

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
 * The teams in Kubernetes: their namespaces with quotas, limits and network policy, a guard of those policies, the ClusterRoles that
 * they need, and one RoleBinding a namespace and team, to the team's Kubernetes group.
 */
export class NamespaceAccess extends pulumi.ComponentResource {
	/** Names of the namespaces, each once. */
	readonly namespaces: pulumi.Output<string[]>;
	/** Private by its mark: the SDK walks through whatever a resource that others depend on shows, for each of them. */
	#bindings: pulumi.Resource[] = [];

	constructor(name: string, args: NamespaceAccessArgs, opts?: pulumi.ComponentResourceOptions) {
		const teams = readTeams(args.teams, `NamespaceAccess ${name}`, "namespaces");
		super("eks-access:index:NamespaceAccess", name, {}, opts);
		const inAccess = { parent: this };
		// Server-side apply refuses to change what another manager holds, such as kubectl.
		const force: Record<string, string> = args.adoptExisting ? { [FORCE]: "true" } : {};
		const stack = currentStack();
		const shared = { annotations: { ...sharedOriginOf(stack), ...force } };
		const owned = (team?: string) => {
			const { labels, annotations } = originOf(stack, team);
			return { labels, annotations: { ...annotations, ...force } };
		};

		const guard = guardNetwork(name, guardedNamespaces(teams), owned(), inAccess);
		const { namespaces } = namespacesOf(teams);
		const made = new Map(
			[...namespaces].map(([namespace, settings]) => [
				namespace,
				makeNamespace(`${name}-${namespace}`, { name: namespace, shared, owned: owned() }, settings, inAccess, guard),
			]),
		);
		const roles = new Map(
			[...clusterRolesOf(teams)].map(([role, rules]) => {
				// All stacks of a cluster have this one: a patch makes it or shares it, and lets go of it alone.
				const made =
					role === FULL_ACCESS_CLUSTER_ROLE
						? new rbac.ClusterRolePatch(
								`${name}-full-access`,
								{ metadata: { name: role, ...shared }, rules },
								{ ...inAccess, retainOnDelete: args.adoptExisting },
							)
						: new rbac.ClusterRole(`${name}-${role}`, { metadata: { name: role, ...owned() }, rules }, inAccess);
				return [role, made];
			}),
		);

		for (const each of teams.flatMap(bindingsOf)) {
			const { name: binding, role, team, group, namespace } = each;
			// No namespace has a dot in its name, and no team a colon: no two share a name.
			const resource = namespace === undefined ? `${name}-${binding}` : `${name}-${namespace}.${binding}`;
			const spec = {
				roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: role },
				subjects: [{ apiGroup: RBAC, kind: "Group", name: group }],
			};
			const Kind = namespace === undefined ? rbac.ClusterRoleBinding : rbac.RoleBinding;
			const metadata = {
				...{ name: each.isNamed ? nameInCluster(resource, each) : binding, namespace },
				...owned(team),
			};
			const needed: (pulumi.Resource | undefined)[] = [roles.get(role), made.get(namespace ?? ""), guard];
			const within = { ...inAccess, dependsOn: needed.filter((each) => each !== undefined) };
			this.#bindings.push(new Kind(resource, { metadata, ...spec }, within));
		}
		this.namespaces = pulumi.output([...namespaces.keys()]);
		this.registerOutputs({ namespaces: this.namespaces });
	}

	/** What binds the teams to their ClusterRoles. */
	get bindings(): readonly pulumi.Resource[] {
		return this.#bindings;
	}
}

const RBAC = "rbac.authorization.k8s.io";

/** What keeps people from changing the NetworkPolicies that bound them; there before anything gives them access. */
function guardNetwork(
	name: string,
	denied: Map<string, string[]>,
	owned: Origin,
	inAccess: pulumi.CustomResourceOptions,
): pulumi.Resource | undefined {
	if (denied.size === 0) {
		return undefined;
	}
	const guardName = guardNameOf(name);
	const { policy, binding } = networkGuard(guardName, denied);
	const metadata = { name: guardName, ...owned };
	const made = new admission.ValidatingAdmissionPolicy(`${name}-network-guard`, { metadata, spec: policy }, inAccess);
	const within = { ...inAccess, dependsOn: made };
	return new admission.ValidatingAdmissionPolicyBinding(`${name}-network-guard`, { metadata, spec: binding }, within);
}

/** A namespace and what bounds it. */
function makeNamespace(
	name: string,
	{ name: namespace, shared, owned }: { name: string; shared: Pick<Origin, "annotations">; owned: Origin },
	settings: NamespaceSettings,
	inAccess: pulumi.CustomResourceOptions,
	guard: pulumi.Resource | undefined,
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
				annotations: { ...settings.annotations, ...shared.annotations },
			},
		},
		{ ...inAccess, retainOnDelete: true },
	);
	const within = { ...inAccess, dependsOn: patch };
	const metadata = { name: BOUNDS, namespace, ...owned };
	if (quota) {
		new core.ResourceQuota(`${name}-quota`, { metadata, spec: { hard: quota } }, within);
	}
	if (limits) {
		new core.LimitRange(`${name}-limits`, { metadata, spec: { limits: [{ type: "Container", ...limits }] } }, within);
	}
	if (networkPolicy) {
		const guarded = { ...inAccess, dependsOn: guard ? [patch, guard] : patch };
		new networking.NetworkPolicy(`${name}-network`, { metadata, spec: defaultDeny }, guarded);
	}
	return patch;
}

/** For how long an API server goes by what it has been told of a token. */
const TOKEN_CACHE_MS = 10_000;

/**
 * After a change of a team's Kubernetes group, until the API server does not take its people for members of the former one any more: the
 * engine deletes the former bindings once the program has ended.
 *
 * @param written What tells the cluster the groups.
 */
export async function untilForgotten(teams: Team[], written: Promise<unknown>[]): Promise<void> {
	const told = Promise.allSettled(written);
	if (!pulumi.runtime.isDryRun() && (await isGroupChanged(teams))) {
		await told;
		await delay(TOKEN_CACHE_MS);
	}
}
