/** What a reviewer has to look at first. */
export interface Danger {
	kind: DangerKind;
	/** Absent where it is about no single team. */
	team?: string;
	/** What happens, for example `administers the whole cluster`. */
	what: string;
	/** Who or what it is about: principals, names under `allow`, settings with their old and new value. */
	names: string[];
}

export type DangerKind =
	| "admin"
	| "cluster"
	| "system-group"
	| "allow"
	| "account"
	| "target"
	| "rules"
	| "bound"
	| "guard"
	| "identity";

/** The most dangerous first. */
const ORDER: DangerKind[] = [
	...(["admin", "cluster", "system-group", "allow", "account", "target"] as const),
	...(["rules", "bound", "guard", "identity"] as const),
];

export function mostDangerousFirst(dangers: Danger[]): Danger[] {
	return [...dangers].sort((one, other) => ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind));
}

/** `team shop lets another AWS account in: 123456789012`. */
export function describeDanger({ team, what, names }: Danger): string {
	return `${team === undefined ? "" : `team ${team} `}${what}: ${names.join(", ")}`;
}
