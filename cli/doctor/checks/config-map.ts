import { distance } from "fastest-levenshtein";
import { isMap, isScalar, isSeq, type Node } from "yaml";
import {
	type LiveConfigMap,
	type OwnershipRecord,
	recordKeyOf,
	recordsOf,
} from "../../../core/aws-auth/ownership-record";
import { documentsOf } from "../documents";
import type { Observation } from "../finding";
import type { NamedConfigMap } from "../source";
import type { CheckedMap } from "./map";

/** etcd and the API server take no ConfigMap of more: https://kubernetes.io/docs/concepts/configuration/configmap/ */
const LIMIT = 1024 * 1024;
const MAPS = ["mapRoles", "mapUsers", "mapAccounts"];
const RECORD_PREFIX = recordKeyOf("");

/** What is wrong with the ConfigMap besides its maps. */
export function configMapObservations(
	{ metadata, data = {}, binaryData = {}, immutable }: NamedConfigMap,
	notTexts: Map<string, string> = new Map(),
): Observation[] {
	const observations: Observation[] = [];
	const { name = "aws-auth", namespace = "kube-system" } = metadata ?? {};
	if (name !== "aws-auth" || namespace !== "kube-system") {
		observations.push({
			code: "EKS009",
			what: `this is the ConfigMap ${namespace}/${name}; the authenticator reads kube-system/aws-auth only`,
			fix: "Call it aws-auth, and put it in kube-system",
		});
	}
	if (immutable) {
		observations.push({
			code: "EKS013",
			what: "the ConfigMap is immutable: the API server refuses every change of an entry, a node role's too",
			fix: "Delete it and make it again without immutable: true, in one go: until then nobody comes in by it",
		});
	}
	const notText = ([key, found]: [string, string]): Observation => ({
		code: "EKS011",
		what: `${key} is ${found}, and a ConfigMap holds texts only: the API server refuses it`,
		fix: `Make it a text: ${key}: |, and the value below, further to the right`,
	});
	return [
		...observations,
		...[...notTexts].map(notText),
		...[...Object.keys(data), ...Object.keys(binaryData)].flatMap((key) => unreadKey(key, key in binaryData)),
		...sizeObservations([...Object.values(data), ...Object.values(binaryData)]),
	];
}

/** A key that is meant for a map, or as one. */
function unreadKey(key: string, isBinary: boolean): Observation[] {
	const meant = MAPS.find((each) => each !== key && distance(each.toLowerCase(), key.toLowerCase()) <= 2);
	if (!isBinary && (!meant || MAPS.includes(key))) {
		return [];
	}
	return [
		{
			code: "EKS008",
			what: `the authenticator does not read the key ${JSON.stringify(key)}${isBinary ? " of binaryData" : ""}`,
			fix: `Write ${meant ?? key}${isBinary ? " under data" : ""}, if that is meant`,
		},
	];
}

function sizeObservations(values: string[]): Observation[] {
	const size = values.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
	if (size <= 0.9 * LIMIT) {
		return [];
	}
	return [
		{
			code: "EKS401",
			...(size > LIMIT ? { severity: "error" as const } : {}),
			what: `the ConfigMap holds ${size} bytes; the API server takes ${LIMIT}, and refuses whoever adds an entry beyond that`,
			fix: "Remove entries that nobody needs, or move people to access entries",
		},
	];
}

/** What this package has noted of its own entries (annotations), against the entries that are there. */
export function recordObservations(live: LiveConfigMap, maps: Map<string, CheckedMap>): Observation[] {
	const records = recordsOf(live);
	const observations: Observation[] = [];
	for (const key of Object.keys(live.metadata?.annotations ?? {}).filter((each) => each.startsWith(RECORD_PREFIX))) {
		const record = records.get(key.slice(RECORD_PREFIX.length));
		if (!record || typeof record.release !== "string" || typeof record.baseVersion !== "string") {
			observations.push({
				code: "EKS402",
				what: `the annotation ${key}, in which a stack notes its entries, cannot be read: the stack takes them for somebody else's`,
				fix: "Set adoptExisting in that stack and run pulumi up, or restore the annotation",
			});
			continue;
		}
		observations.push(
			...goneEntries(record, "mapRoles", record.roles, maps),
			...goneEntries(record, "mapUsers", record.users, maps),
		);
	}
	return observations;
}

function goneEntries(
	{ stack }: OwnershipRecord,
	map: string,
	arns: string[],
	maps: Map<string, CheckedMap>,
): Observation[] {
	const { verdict = "read", entries = [] } = maps.get(map) ?? {};
	const there = new Set(entries.map(({ arn }) => arn.toLowerCase()));
	// A map that could not be read says nothing about what is gone.
	const gone = verdict === "read" ? arns.filter((arn) => !there.has(arn.toLowerCase())) : [];
	return gone.map((arn) => ({
		code: "EKS403",
		arn,
		what: `the stack ${stack} has written an entry for ${arn} to ${map}, and it is gone`,
		fix: "Run pulumi up in that stack: it puts the entry back, or forgets it",
	}));
}

/** ARNs that a stack of this package has written, lower-cased. */
export function recordedArns(live: LiveConfigMap): Map<string, string> {
	return new Map(
		[...recordsOf(live).values()].flatMap(({ roles, users, stack }) =>
			[...roles, ...users].map((arn): [string, string] => [arn.toLowerCase(), stack]),
		),
	);
}

/** mapAccounts: every identity of these accounts comes in, under its ARN and without a group. */
export function accountObservations(text: string): { accounts: string[]; observations: Observation[] } {
	const { root, error } = firstDocument(text);
	const isNothing = root === null || (isScalar(root) && root.value === null);
	if (["", "``", '""', "''"].includes(text.trim()) || (isNothing && !error)) {
		return { accounts: [], observations: [] };
	}
	if (error || !isSeq(root)) {
		const what = error?.message ?? "it is not a list";
		return {
			accounts: [],
			observations: [
				{
					code: isMap(root) || isScalar(root) ? "EKS001" : "EKS002",
					at: error?.pos[0] ?? 0,
					what: `${what}; the authenticator drops every account of mapAccounts`,
					fix: 'Write a list of account ids: - "123456789012"',
				},
			],
		};
	}
	const observations = root.items.map((item) => accountObservation(item as Node | null));
	const accounts = root.items.map((item) => accountIn(item as Node | null)).filter(isAccount);
	return { accounts, observations };
}

function firstDocument(text: string) {
	const read = documentsOf(text, { version: "1.1", isOne: true });
	if ("tooDeepAt" in read) {
		return { root: null, error: { message: "it is nested too deeply", pos: [read.tooDeepAt] } };
	}
	const [document] = read.documents;
	return { root: document?.contents ?? null, error: document?.errors[0] };
}

const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

function accountIn(node: Node | null): string {
	return isScalar(node) ? (node.source ?? String(node.value)) : "";
}

function accountObservation(node: Node | null): Observation {
	const at = node?.range?.[0] ?? 0;
	const account = accountIn(node);
	if (!isAccount(account)) {
		const what = `${JSON.stringify(account)} is no account id (twelve digits); it lets nobody in`;
		return { code: "EKS308", at, what, fix: "Correct or remove it" };
	}
	return {
		code: "EKS307",
		at,
		what: `every role and user of the account ${account} comes in, under its ARN and without a group`,
		fix: "List the roles or users that are meant in mapRoles and mapUsers, and remove the account",
	};
}
