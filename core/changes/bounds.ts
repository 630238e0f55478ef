import { isMore } from "../kubernetes/quantity";
import { labelsOf, namespacesOf } from "../teams/namespaces";
import type { NamespaceSettings, Quantities, Team } from "../teams/team";

const ENFORCE = "pod-security.kubernetes.io/enforce";
/** From the least to the most; a namespace without the label is as free as a privileged one. */
const STANDARDS = ["privileged", "baseline", "restricted"];

/** What bounded a namespace and does so less, or not any more: `quota pods: 10 → none`. By namespace. */
export function looserBounds(before: Team[], after: Team[]): Map<string, string[]> {
	const old = namespacesOf(before).namespaces;
	const looser = [...namespacesOf(after).namespaces].flatMap(([name, settings]): [string, string[]][] => {
		const was = old.get(name);
		const found = was ? [...weakerStandard(was, settings), ...looserIn(was, settings)] : [];
		return found.length > 0 ? [[name, found]] : [];
	});
	return new Map(looser);
}

function weakerStandard(before: NamespaceSettings, after: NamespaceSettings): string[] {
	const [was, is] = [labelsOf(before)[ENFORCE], labelsOf(after)[ENFORCE]];
	return STANDARDS.indexOf(is ?? "privileged") < STANDARDS.indexOf(was ?? "privileged")
		? [`podSecurity: ${was} → ${is ?? "none"}`]
		: [];
}

function looserIn(before: NamespaceSettings, after: NamespaceSettings): string[] {
	return [
		...larger("quota", before.quota, after.quota),
		...larger("limits.max", before.limits?.max, after.limits?.max),
		...larger("limits.default", before.limits?.default, after.limits?.default),
		...(before.networkPolicy && !after.networkPolicy ? [`networkPolicy: ${before.networkPolicy} → none`] : []),
	];
}

function larger(what: string, before: Quantities = {}, after: Quantities = {}): string[] {
	return Object.entries(before).flatMap(([resource, was]) => {
		const is = after[resource];
		return is === undefined || isMore(is, was) ? [`${what} ${resource}: ${was} → ${is ?? "none"}`] : [];
	});
}
