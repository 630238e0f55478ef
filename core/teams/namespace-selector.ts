import { labelsOf, namespacesOf } from "./namespaces";
import type { LabelSelector, Team } from "./team";

/** A namespace as the cluster has it. */
export interface LiveNamespace {
	name: string;
	labels: Record<string, string>;
}

/**
 * The teams with the namespaces that their selectors choose: of those in the cluster, with the labels that this stack gives them.
 * Only so does a second preview show what the first one did.
 */
export function selectNamespaces(teams: Team[], live: LiveNamespace[]): Team[] {
	const all = new Map(live.map(({ name, labels }) => [name, labels]));
	for (const [name, settings] of namespacesOf(teams).namespaces) {
		all.set(name, { "kubernetes.io/metadata.name": name, ...all.get(name), ...labelsOf(settings) });
	}
	return teams.map((team) => {
		const { namespaceSelector: selector, access } = team;
		if (!selector) {
			return team;
		}
		const named = team.namespaces.map(({ name }) => name);
		const chosen = [...all]
			.filter(([name, labels]) => !named.includes(name) && isSelected(labels, selector))
			.map(([name]) => ({ name, access, isSelected: true }));
		chosen.sort((one, other) => (one.name < other.name ? -1 : 1));
		return { ...team, namespaces: [...team.namespaces, ...chosen] };
	});
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function isSelected(
	labels: Record<string, string>,
	{ matchLabels = {}, matchExpressions = [] }: LabelSelector,
): boolean {
	return (
		Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
		matchExpressions.every(({ key, operator, values = [] }) => {
			const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
			switch (operator) {
				case "In":
					return value !== undefined && values.includes(value);
				case "NotIn":
					return value === undefined || !values.includes(value);
				case "Exists":
					return value !== undefined;
				case "DoesNotExist":
					return value === undefined;
				default:
					return false;
			}
		})
	);
}
