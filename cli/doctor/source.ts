import { type Document, isMap, isScalar, Scalar } from "yaml";
import type { LiveConfigMap } from "../../core/aws-auth/ownership-record";
import { Failure } from "../errors/failure";
import { documentsOf, keyTwiceIn } from "./documents";
import { type Place, placesIn } from "./finding";

export type NamedConfigMap = LiveConfigMap & {
	metadata?: { name?: string; namespace?: string };
	immutable?: boolean;
};

/** An aws-auth to look at, wherever it comes from. */
export interface Source {
	/** What to call it, for example `aws-auth.yaml`. */
	name: string;
	kind: "cluster" | "file";
	/** Undefined where the cluster has none. */
	configMap: NamedConfigMap | undefined;
	/** Keys of data whose values are no texts: what they are instead. */
	notTexts?: Map<string, string>;
	/** From a place in a key's text to the same in the file, where the file holds the text as it is. */
	inFile?(key: string, place: Place): Place | undefined;
}

const MAPS = ["mapRoles", "mapUsers", "mapAccounts"];

/**
 * Reads a file: a ConfigMap in YAML or JSON as kubectl prints it (also in a list, or beside other objects), its `data` alone, or
 * the bare text of mapRoles.
 */
export function sourceOf(text: string, name: string): Source {
	const read = documentsOf(text, { version: "1.2" });
	const documents = "documents" in read ? read.documents : [];
	const broken = documents.find(({ errors }) => errors.length > 0)?.errors[0];
	const twice = documents.map(keyTwiceIn).find((key) => key !== undefined);
	const problem =
		"tooDeepAt" in read
			? "it is nested too deeply, or has too many aliases"
			: (broken?.message ?? (twice === undefined ? undefined : `the key ${twice} stands twice in one mapping`));
	if (problem && /^(?:apiVersion|kind|data|metadata|items)\s*:|^\s*\{/m.test(text)) {
		throw new Failure(
			"cli-file-unreadable",
			`${name} looks like a ConfigMap and is not valid YAML or JSON: ${problem}`,
		);
	}
	for (const document of problem ? [] : documents) {
		const found = configMapIn(document);
		if (found) {
			return { name, kind: "file", ...found, inFile: locator(text, found.data) };
		}
	}
	return {
		name,
		kind: "file",
		configMap: { data: { mapRoles: text } },
		inFile: (_, place) => place,
	};
}

/** The ConfigMap of a cluster, with the lines of `kubectl edit -n kube-system configmap/aws-auth`. */
export function liveSource(name: string, configMap: NamedConfigMap | undefined): Source {
	const starts = new Map<string, number>();
	const { data = {}, binaryData } = configMap ?? {};
	// Below a comment of four lines, apiVersion and data; the keys are sorted.
	let line = 4 + 2;
	for (const key of binaryData ? [] : Object.keys(data).sort()) {
		const text = data[key] as string;
		// What kubectl writes as one text in quotes, it breaks where it likes.
		if (!text.includes("\n") || /[ \t]\n|[ \t]$|[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]/.test(text)) {
			break;
		}
		starts.set(key, ++line);
		line += text.replace(/\n+$/, "").split("\n").length;
	}
	return {
		...{ name, kind: "cluster", configMap },
		inFile: (key, { line: below, column }) => {
			const start = starts.get(key);
			return start === undefined ? undefined : { line: start + below, column: column + 4 };
		},
	};
}

/** The ConfigMap of a document, and the node of its data. */
function configMapIn(
	document: Document.Parsed,
): { configMap: NamedConfigMap; notTexts: Map<string, string>; data: unknown } | undefined {
	if (!isMap(document.contents)) {
		return undefined;
	}
	const root = plain(document) as Manifest | undefined;
	if (!root) {
		return undefined;
	}
	const objects = [
		{ path: [] as (string | number)[], object: root },
		...(Array.isArray(root.items) ? root.items : []).map((object, at) => ({ path: ["items", at], object })),
	];
	const configMaps = objects.filter(({ object }) => object?.kind === "ConfigMap");
	const named = configMaps.find(({ object }) => object.metadata?.name === "aws-auth");
	const chosen = named ?? (configMaps.length === 1 ? configMaps[0] : undefined);
	const isBareData = MAPS.some((key) => key in root);
	if (!chosen && !isBareData && typeof root.data !== "object") {
		return undefined;
	}
	const path = isBareData && !chosen ? [] : [...(chosen?.path ?? []), "data"];
	const values = Object.entries((path.length > 0 ? (chosen?.object ?? root).data : root) ?? {});
	const texts = values.filter((entry): entry is [string, string] => typeof entry[1] === "string");
	const others = values.filter(([, value]) => typeof value !== "string");
	return {
		configMap: {
			metadata: chosen?.object.metadata,
			data: Object.fromEntries(texts),
			immutable: chosen?.object.immutable === true,
		},
		notTexts: new Map(others.map(([key, value]) => [key, typeOf(value)])),
		data: document.getIn(path, true),
	};
}

/** Nothing where aliases stand for more than anybody wrote. */
function plain(document: Document.Parsed): unknown {
	try {
		return document.toJS();
	} catch {
		return undefined;
	}
}

interface Manifest {
	kind?: unknown;
	metadata?: NamedConfigMap["metadata"];
	data?: Record<string, unknown>;
	items?: Manifest[];
	[key: string]: unknown;
}

function typeOf(value: unknown): string {
	if (value === null) {
		return "null";
	}
	return Array.isArray(value) ? "a list" : typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}

/** Lines of a text in a block scalar (`mapRoles: |`) are lines of the file, further to the right. */
function locator(file: string, data: unknown): Source["inFile"] {
	const placeOf = placesIn(file);
	const lines = file.split("\n");
	return (key, { line, column }) => {
		const scalar = isMap(data) ? data.get(key, true) : undefined;
		if (!isScalar(scalar) || scalar.type !== Scalar.BLOCK_LITERAL || !scalar.range) {
			return undefined;
		}
		const at = placeOf(scalar.range[0]).line + line;
		const [inFile, inText] = [lines[at - 1] ?? "", String(scalar.value).split("\n")[line - 1] ?? ""];
		return inFile.trimEnd().endsWith(inText.trimEnd())
			? { line: at, column: column + inFile.trimEnd().length - inText.trimEnd().length }
			: undefined;
	};
}
