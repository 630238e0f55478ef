import { isDeepStrictEqual } from "node:util";
import { show } from "../errors/problem";
import type { AccessLevel } from "../rbac/access-levels";
import { isPattern } from "../rbac/namespace-pattern";
import { PROTECTED_NAMESPACES } from "../rbac/policy-rules";
import type { NamespaceGrant, NamespaceSettings, Team } from "./team";

/** What the labels of Pod Security begin with: https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export const POD_SECURITY = "pod-security.kubernetes.io/";

/**
 * A team's access to a namespace: its own settings before the team's, labels and annotations one by one. Kubernetes' own namespaces get
 * only what is set for them by name: a team's `default-deny` in kube-system would end the whole cluster's DNS.
 */
export function grantOf(
	name: string,
	access: AccessLevel,
	settingsOfTeam: NamespaceSettings,
	own: NamespaceSettings,
): NamespaceGrant {
	const ofTeam = PROTECTED_NAMESPACES.includes(name) ? {} : settingsOfTeam;
	const settings: NamespaceSettings = {
		labels: { ...ofTeam.labels, ...own.labels },
		annotations: { ...ofTeam.annotations, ...own.annotations },
		podSecurity: own.podSecurity ?? ofTeam.podSecurity,
		quota: own.quota ?? ofTeam.quota,
		limits: own.limits ?? ofTeam.limits,
		networkPolicy: own.networkPolicy ?? ofTeam.networkPolicy,
	};
	return { name, access, ...withoutEmpty(settings) };
}

/** What two teams want of one namespace and cannot both have. */
export interface SettingsConflict {
	namespace: string;
	/** For example `quota`, or `labels.team`. */
	setting: string;
	teams: [string, string];
	found: [unknown, unknown];
}

/** The namespaces that the teams name, each once, with the settings of those who give any; patterns name none. */
export function namespacesOf(teams: Pick<Team, "name" | "namespaces">[]): {
	namespaces: Map<string, NamespaceSettings>;
	conflicts: SettingsConflict[];
} {
	const namespaces = new Map<string, NamespaceSettings>();
	const conflicts: SettingsConflict[] = [];
	const firsts = new Map<string, { team: string; value: unknown }>();
	for (const team of teams) {
		for (const grant of team.namespaces.filter(({ name, isSelected }) => !isSelected && !isPattern(name))) {
			const { name, access: _level, binding: _binding, isSelected: _is, ...settings } = grant;
			const merged = namespaces.get(name) ?? {};
			for (const [setting, value] of flatten(settings)) {
				const key = `${name} ${setting}`;
				const first = firsts.get(key) ?? { team: team.name, value };
				firsts.set(key, first);
				if (!isDeepStrictEqual(first.value, value)) {
					conflicts.push({ namespace: name, setting, teams: [first.team, team.name], found: [first.value, value] });
				}
			}
			namespaces.set(
				name,
				withoutEmpty({
					...settings,
					...merged,
					labels: { ...settings.labels, ...merged.labels },
					annotations: { ...settings.annotations, ...merged.annotations },
				}),
			);
		}
	}
	return { namespaces, conflicts };
}

export function describeConflict({
	namespace,
	setting,
	teams: [one, other],
	found: [first, second],
}: SettingsConflict) {
	return (
		`the namespace ${namespace} gets ${setting} ${show(first)} from ${one} and ${show(second)} from ${other}; ` +
		"set it in one of them, or the same in both"
	);
}

/** All labels of a namespace, those of Pod Security among them. */
export function labelsOf({ labels, podSecurity }: NamespaceSettings): Record<string, string> {
	const modes = podSecurity ? ["enforce", "audit", "warn"] : [];
	return { ...labels, ...Object.fromEntries(modes.map((mode) => [POD_SECURITY + mode, podSecurity as string])) };
}

function flatten({
	labels = {},
	annotations = {},
	...settings
}: NamespaceSettings): [setting: string, value: unknown][] {
	return [
		...Object.entries(settings).filter(([, value]) => value !== undefined),
		...Object.entries(labels).map(([key, value]): [string, unknown] => [`labels.${key}`, value]),
		...Object.entries(annotations).map(([key, value]): [string, unknown] => [`annotations.${key}`, value]),
	];
}

function withoutEmpty(settings: NamespaceSettings): NamespaceSettings {
	return Object.fromEntries(
		Object.entries(settings).filter(([, value]) => value !== undefined && Object.keys(value).length > 0),
	);
}
