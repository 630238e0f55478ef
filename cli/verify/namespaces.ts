import { isDeepStrictEqual } from "node:util";
import { labelsOf, namespacesOf } from "../../components/namespace-settings";
import { defaultDeny } from "../../components/network-policy";
import type { ContainerLimits, NamespaceSettings, Quantities, Team } from "../../components/team";
import { about, type Finding } from "./finding";
import { sameQuantity } from "./quantity";

export interface LiveNamespaceObject {
	metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
	status?: { phase?: string };
}

interface Bound<Spec> {
	metadata: { name: string; namespace: string };
	spec: Spec;
}

/** What the cluster has of the objects called `eks-access`, which bound a namespace. */
export interface LiveBounds {
	quotas: Bound<{ hard?: Quantities }>[];
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
		return live[key] === undefined
			? [missing(`has no ${what} ${key}; the config says ${value}`)]
			: [drifted(`its ${what} ${key} is ${live[key]}; the config says ${value}`)];
	});
}

function compareBounds(namespace: string, settings: NamespaceSettings, live: LiveBounds): Finding[] {
	const here = <T>(objects: Bound<T>[]) => objects.find(({ metadata }) => metadata.namespace === namespace)?.spec;
	const compare = <T>(
		kind: string,
		wanted: T | undefined,
		spec: T | undefined,
		isSame: (wanted: T, spec: T) => boolean,
	) => {
		const { missing, extra, drifted } = about("namespaces", `${kind} ${namespace}/eks-access`);
		if (wanted === undefined) {
			return spec === undefined ? [] : [extra("is there, and the config does not say so")];
		}
		if (spec === undefined) {
			return [missing("is not there")];
		}
		const message = `is ${JSON.stringify(spec)}; the config says ${JSON.stringify(wanted)}`;
		return isSame(wanted, spec) ? [] : [drifted(message)];
	};
	const { quota, limits, networkPolicy } = settings;
	return [
		...compare("ResourceQuota", quota, here(live.quotas)?.hard, sameQuantities),
		...compare("LimitRange", limits, containerLimits(here(live.limits)), (wanted, spec) => sameLimits(wanted, spec)),
		...compare<object>("NetworkPolicy", networkPolicy && defaultDeny, here(live.networkPolicies), (wanted, spec) =>
			isDeepStrictEqual(spec, wanted),
		),
	];
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
