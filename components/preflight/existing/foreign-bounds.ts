import * as pulumi from "@pulumi/pulumi";
import type { AccessError } from "../../../core/errors/access-error";
import type { ApiServer } from "../../../core/kubernetes/api-server";
import { describeOrigin, isOfAnotherStack, type LiveMetadata } from "../../../core/kubernetes/origin";
import { type AccessLevel, clusterRoleOf, givenRules, knownRole } from "../../../core/rbac/access-levels";
import { boundRefusals } from "../../../core/rbac/bounds";
import type { RulesOf } from "../../../core/rbac/live-bindings";
import { covers } from "../../../core/rbac/namespace-pattern";
import type { PolicyRule } from "../../../core/rbac/policy-rules";
import type { Finding } from "../../../core/teams/allow";
import type { Team } from "../../../core/teams/team";
import { currentStack } from "../stack-state";

interface LiveBound {
	metadata: LiveMetadata & { namespace: string };
}

const KINDS = [
	{ setting: "networkPolicy", kind: "NetworkPolicy", path: "/apis/networking.k8s.io/v1/networkpolicies" },
	{ setting: "quota", kind: "ResourceQuota", path: "/api/v1/resourcequotas" },
	{ setting: "limits", kind: "LimitRange", path: "/api/v1/limitranges" },
] as const;

/**
 * The bounds that another stack has put on a namespace and that the teams could undo there: that stack guards them against its own teams.
 * Each kind is listed once, and only if some team could undo it.
 */
export async function foreignBounds(teams: Team[], rulesOf: RulesOf, server: ApiServer): Promise<Finding[]> {
	const found = await Promise.all(
		KINDS.map(async ({ setting, kind, path }) => {
			const undoes = (level: AccessLevel | undefined, namespace: string) =>
				level ? boundRefusals(rulesIn(level, rulesOf), namespace, { [setting]: true }) : [];
			const could = (team: Team, namespace: string) => [
				...team.namespaces
					.filter(({ name }) => covers(name, namespace))
					.flatMap(({ access }) => undoes(access, namespace)),
				...undoes(team.clusterAccess, namespace),
			];
			const isAsked = teams.some((team) =>
				["", ...team.namespaces.map(({ name }) => name)].some((namespace) => could(team, namespace).length > 0),
			);
			const live = isAsked
				? await server.list<LiveBound>(kind, path, { fieldSelector: "metadata.name=eks-access" }).catch(notInPreview)
				: [];
			return live
				.filter(({ metadata }) => isOfAnotherStack(metadata, currentStack()))
				.flatMap(({ metadata }) =>
					teams.flatMap((team) =>
						could(team, metadata.namespace)
							.slice(0, 1)
							.map(({ name = "" }) => ({
								team: team.name,
								key: name,
								message:
									`the ${kind} eks-access limits the namespace ${metadata.namespace} (${describeOrigin(metadata)}), and the team could ` +
									"undo it: that stack keeps only its own teams from it",
							})),
					),
				);
		}),
	);
	return found.flat();
}

/** What Kubernetes' own `edit` and `admin` can undo. */
const WRITES_NETWORK_POLICIES = [{ apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["*"] }];

function rulesIn(level: AccessLevel, rulesOf: RulesOf): readonly PolicyRule[] {
	const known = knownRole(level);
	if (known) {
		return known.rules ?? (known.isBroad ? WRITES_NETWORK_POLICIES : []);
	}
	return givenRules(level) ?? rulesOf({ kind: "ClusterRole", name: clusterRoleOf(level, "") }, undefined) ?? [];
}

/** Whoever may only look at workloads can preview. */
function notInPreview(error: AccessError): LiveBound[] {
	if (!pulumi.runtime.isDryRun() || error.code !== "api-server-forbidden") {
		throw error;
	}
	return [];
}
