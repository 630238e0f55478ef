import fc from "fast-check";

/** JSON, as objects of the cluster and policies of IAM are. */
export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** A value with one of its parts changed. */
export interface Change {
	/** Where, and how: `spec.hard.pods: gone`. */
	what: string;
	value: Json;
}

/** What a change has done, and what takes it back. */
export interface Planted {
	/** Whether anybody has more, less or other access by it, or other bounds: then `verify` has to find it, and else not. */
	alters: boolean;
	undo(): Promise<unknown>;
}

/** Something that verify looks at, with everything that somebody can do to it. */
export interface Place {
	/** What a finding about it may be called: `<layer> <subject>`. */
	names: string[];
	changes: { what: string; plant(): Promise<Planted> }[];
}

/** The changes of a place in an order that depends on the seed alone, one of each field first. */
export function inTurn<T extends { what: string }>(changes: readonly T[], seed: number): T[] {
	const order = fc.shuffledSubarray([...changes], { minLength: changes.length });
	const [mixed = []] = fc.sample(order, { seed, numRuns: 1 });
	const fieldOf = ({ what }: T) => (what.split(": ")[0] as string).replace(/\.\d+/g, "");
	const first = mixed.filter((each, at) => mixed.findIndex((other) => fieldOf(other) === fieldOf(each)) === at);
	return [...first, ...mixed.filter((each) => !first.includes(each))];
}

/** What else a part can be where a text with a letter more would be refused, by the key that it has. */
const OTHERS: Record<string, Json[]> = {
	kind: ["Role", "User", "ServiceAccount"],
	name: ["view", "cluster-admin"],
	verbs: ["*", "deletecollection"],
	resources: ["*", "secrets"],
	apiGroups: ["*", "batch"],
	resourceNames: ["other"],
	nonResourceURLs: ["/logs"],
	policyTypes: ["Ingress"],
	protocol: ["SCTP"],
	operator: ["NotIn"],
	operations: ["CONNECT"],
	scope: ["Namespaced"],
	matchPolicy: ["Exact"],
	failurePolicy: ["Ignore"],
	validationActions: ["Audit", "Warn"],
	reason: ["Invalid"],
	expression: ["true"],
	enforce: ["privileged", "baseline"],
	Effect: ["Deny"],
	Action: ["sts:TagSession", "*"],
	Resource: ["*"],
	AWS: ["arn:aws:iam::210987654321:root", "*"],
};

/** Everything that can be changed of a value: each part changed, gone or doubled, each list in another order, and what is new. */
export function changesOf(value: Json, path: string[] = []): Change[] {
	const where = path.join(".");
	const key = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? "";
	if (Array.isArray(value)) {
		const inside = value.flatMap((each, at) =>
			changesOf(each, [...path, String(at)]).map((change) => ({ ...change, value: value.with(at, change.value) })),
		);
		const gone = value.map((_, at) => ({ what: `${where}.${at}: gone`, value: value.toSpliced(at, 1) }));
		const others = (OTHERS[key] ?? []).map((each) => ({ what: `${where}: ${each} too`, value: [...value, each] }));
		return [...inside, ...gone, ...others, { what: `${where}: another order`, value: value.toReversed() }];
	}
	if (typeof value === "object" && value !== null) {
		return Object.entries(value).flatMap(([name, each]) => [
			...changesOf(each, [...path, name]).map((change) => ({ ...change, value: { ...value, [name]: change.value } })),
			{ what: `${[...path, name].join(".")}: gone`, value: { ...value, [name]: undefined } },
		]);
	}
	const others = (OTHERS[key.replace(/^.*\//, "")] ?? []).filter((each) => each !== value);
	const other = typeof value === "number" ? value + 1 : typeof value === "boolean" ? !value : more(String(value));
	return [...others, other].map((each) => ({ what: `${where}: ${each}`, value: each }));
}

/** Another amount for an amount, a longer text for a text. */
function more(text: string): string {
	return /^[\d.]+[A-Za-z]*$/.test(text) ? `9${text}` : `${text}x`;
}

/** A value in one form, whatever the order of its lists and keys. */
export function formOf(value: Json): string {
	if (Array.isArray(value)) {
		return `[${[...new Set(value.map(formOf))].sort().join()}]`;
	}
	if (typeof value === "object" && value !== null) {
		const parts = Object.entries(value).filter(([, each]) => each !== undefined);
		return `{${parts.map(([key, each]) => `${key}:${formOf(each)}`).sort()}}`;
	}
	return JSON.stringify(value) ?? "";
}
