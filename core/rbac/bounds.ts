import type { Refusal } from "./dangers";
import type { PolicyRule } from "./policy-rules";
import { grants } from "./rule-matcher";

/** What bounds a namespace and who could undo it: those who write the object that holds it. */
const BOUNDS = {
	podSecurity: { group: "", resource: "namespaces" },
	quota: { group: "", resource: "resourcequotas" },
	limits: { group: "", resource: "limitranges" },
	networkPolicy: { group: "networking.k8s.io", resource: "networkpolicies" },
} as const;

type BoundSetting = keyof typeof BOUNDS;

/** The bounds of a namespace; what is undefined is not bounded. */
export type NamespaceBounds = Partial<Record<BoundSetting, unknown>>;

/** What a team lists under `allow` so that its rules may write NetworkPolicies beside `networkPolicy`, and its people too. */
export const NETWORK_POLICIES = BOUNDS.networkPolicy.resource;
/** All such names. */
export const BOUND_NAMES: readonly string[] = Object.values(BOUNDS).map(({ resource }) => resource);

const CHANGING = ["update", "patch", "delete", "deletecollection"];

/** What rules could undo of a namespace's settings. */
export function boundRefusals(rules: readonly PolicyRule[], namespace: string, settings: NamespaceBounds): Refusal[] {
	return (Object.keys(BOUNDS) as BoundSetting[]).flatMap((setting): Refusal[] => {
		const { group, resource } = BOUNDS[setting];
		// NetworkPolicies add up: a further one can allow everything.
		const verbs = setting === "networkPolicy" ? ["create", ...CHANGING] : CHANGING;
		const undoes = rules.some((rule) => verbs.some((verb) => grants(rule, group, resource, verb)));
		return settings[setting] !== undefined && undoes
			? [{ name: resource, reason: { is: "bound-undone", resource, setting, namespace } }]
			: [];
	});
}
