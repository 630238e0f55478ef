import { isDeepStrictEqual } from "node:util";
import { quoted } from "../../../core/errors/escape";
import { sameQuantity } from "../../../core/kubernetes/quantity";
import { defaultDeny } from "../../../core/rbac/default-deny";
import { labelsOf, namespacesOf, POD_SECURITY } from "../../../core/teams/namespaces";
import type { ContainerLimits, NamespaceSettings, Quantities, Team } from "../../../core/teams/team";
import { about, type Finding, listed, patchOf, REPAIR, sameUnordered } from "../finding";

export interface LiveNamespaceObject {
	metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
	status?: { phase?: string };
}

interface Bound<Spec> {
	metadata: { name: string; namespace: string };
	spec: Spec;
}

type QuotaSpec = { hard?: Quantities };

/** What the cluster has of the objects called `eks-access`, which bound a namespace. */
export interface LiveBounds {
	quotas: Bound<QuotaSpec>[];
	limits: Bound<{ limits?: ({ type: string } & ContainerLimits)[] }>[];
	networkPolicies: Bound<object>[];
}

/** The namespaces that the teams name against the config, and which of them are not there. */
export function compareNamespaces(
	teams: Team[],
	live: readonly LiveNamespaceObject[],
	bounds: LiveBounds,
): { findings: Finding[]; gone: string[] } {
	const gone: string[] = [];
	const findings = [...namespacesOf(teams).namespaces].flatMap(([name, settings]) => {
		const { missing } = about("namespaces", `namespace ${name}`);
		const found = live.find(({ metadata }) => metadata.name === name);
		if (!found || found.status?.phase === "Terminating") {
			gone.push(name);
			return [missing(found ? "is being deleted" : "is not there")];
		}
		return [
			...compareTexts(name, "label", labelsOf(settings), found.metadata.labels),
			...versionsOfPodSecurity(name, settings, found.metadata.labels),
			...compareTexts(name, "annotation", settings.annotations ?? {}, found.metadata.annotations),
			...compareBounds(name, settings, bounds),
		];
	});
	return { findings, gone };
}

function compareTexts(
	namespace: string,
	what: "label" | "annotation",
	wanted: Record<string, string>,
	live: Record<string, string> = {},
): Finding[] {
	const { missing, drifted } = about("namespaces", `namespace ${namespace}`);
	return Object.entries(wanted).flatMap(([key, value]) => {
		if (live[key] === value) {
			return [];
		}
		// What somebody has written by hand is theirs to the API server: the stack's own write would be a conflict.
		const fix = `kubectl ${what === "label" ? "label" : "annotate"} namespace ${namespace} --overwrite ${quoted(`${key}=${value}`)}`;
		return live[key] === undefined
			? [missing(`has no ${what} ${key}; the config says ${value}`, fix)]
			: [drifted(`its ${what} ${key} is ${live[key]}; the config says ${value}`, fix)];
	});
}

/** Labels by which a namespace is held to its Pod Security Standard as it was in an older version of Kubernetes. */
function versionsOfPodSecurity(
	namespace: string,
	settings: NamespaceSettings,
	live: Record<string, string> = {},
): Finding[] {
	const wanted = labelsOf(settings);
	const { extra } = about("namespaces", `namespace ${namespace}`);
	return Object.keys(wanted)
		.filter((key) => key.startsWith(POD_SECURITY))
		.map((key) => `${key}-version`)
		.filter((key) => wanted[key] === undefined && (live[key] ?? "latest") !== "latest")
		.map((key) =>
			extra(
				`its label ${key} is ${live[key]}, and the config does not say so`,
				`kubectl label namespace ${namespace} ${key}-`,
			),
		);
}

function compareBounds(namespace: string, settings: NamespaceSettings, live: LiveBounds): Finding[] {
	const here = <T>(objects: Bound<T>[]) => objects.find(({ metadata }) => metadata.namespace === namespace)?.spec;
	const compare = <T>(
		kind: string,
		wanted: T | undefined,
		spec: T | undefined,
		isSame: (wanted: T, spec: T) => boolean,
		toMend: (should: T, is: T) => string,
		describe = (should: T, is: T) => `is ${JSON.stringify(is)}; the config says ${JSON.stringify(should)}`,
	) => {
		const { missing, extra, drifted } = about("namespaces", `${kind} ${namespace}/eks-access`);
		if (wanted === undefined) {
			const fix = `kubectl delete ${kind.toLowerCase()} -n ${namespace} eks-access`;
			return spec === undefined ? [] : [extra("is there, and the config does not say so", fix)];
		}
		if (spec === undefined) {
			return [missing("is not there")];
		}
		return isSame(wanted, spec) ? [] : [drifted(describe(wanted, spec), toMend(wanted, spec))];
	};
	const { quota, limits, networkPolicy } = settings;
	return [
		...compare<QuotaSpec>(
			"ResourceQuota",
			quota && { hard: quota },
			here(live.quotas),
			({ hard = {} }, { hard: is = {}, ...scopes }) => sameQuantities(hard, is) && Object.keys(scopes).length === 0,
			({ hard }, { hard: _, ...scopes }) =>
				// Kubernetes lets nobody change the scopes of a quota.
				Object.keys(scopes).length === 0
					? patchOf(`resourcequota -n ${namespace} eks-access`, "/spec/hard", hard)
					: `kubectl delete resourcequota -n ${namespace} eks-access && ${REPAIR}`,
		),
		...compare("LimitRange", limits, containerLimits(here(live.limits)), sameLimits, (wanted) =>
			patchOf(`limitrange -n ${namespace} eks-access`, "/spec/limits", [{ type: "Container", ...wanted }]),
		),
		...compare<object>(
			"NetworkPolicy",
			networkPolicy && defaultDeny,
			here(live.networkPolicies),
			sameUnordered,
			(wanted) => patchOf(`networkpolicy -n ${namespace} eks-access`, "/spec", wanted),
			describeDifference,
		),
	];
}

/** What a spec has and lacks, key by key, as much of it as people read. */
function describeDifference(wanted: object, spec: object): string {
	const [should, is] = [wanted as Record<string, unknown>, spec as Record<string, unknown>];
	const shown = (value: unknown) =>
		listed(
			[value].flat().map((each) => JSON.stringify(each ?? null).slice(0, 120)),
			3,
		);
	const minus = (one: unknown, other: unknown) =>
		[one ?? []].flat().filter((each) => ![other ?? []].flat().some((item) => isDeepStrictEqual(item, each)));
	const parts = [...new Set([...Object.keys(should), ...Object.keys(is)])].flatMap((key) => {
		const [more, less] = [minus(is[key], should[key]), minus(should[key], is[key])];
		return [
			...(more.length > 0 ? [`its ${key} has ${shown(more)}`] : []),
			...(less.length > 0 ? [`its ${key} lacks ${shown(less)}`] : []),
		];
	});
	return `${parts.join(" and ")}, against the config`;
}

function containerLimits(spec: { limits?: ({ type: string } & ContainerLimits)[] } | undefined) {
	if (!spec) {
		return undefined;
	}
	const [only, ...others] = spec.limits ?? [];
	const { type, ...limits } = only ?? { type: "none" };
	return others.length === 0 && type === "Container" ? limits : (spec as ContainerLimits);
}

/** The API server fills in what is not given: https://pkg.go.dev/k8s.io/kubernetes/pkg/apis/core/v1#SetDefaults_LimitRangeItem */
function sameLimits(wanted: ContainerLimits, live: ContainerLimits): boolean {
	const limit = { ...wanted.max, ...wanted.default };
	const completed: ContainerLimits = {
		default: limit,
		defaultRequest: { ...wanted.min, ...limit, ...wanted.defaultRequest },
		max: wanted.max,
		min: wanted.min,
	};
	const keys = [...new Set([...Object.keys(completed), ...Object.keys(live)])] as (keyof ContainerLimits)[];
	return keys.every((key) => sameQuantities(completed[key] ?? {}, live[key] ?? {}));
}

function sameQuantities(wanted: Quantities, live: Quantities): boolean {
	const keys = [...new Set([...Object.keys(wanted), ...Object.keys(live)])];
	return keys.every((key) => sameQuantity(wanted[key], live[key]));
}
