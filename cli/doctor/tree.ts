import { type Document, isAlias, isMap, isScalar, isSeq, type Node, visit, type YAMLMap } from "yaml";
import { foldedName } from "../../core/aws-auth/yaml/scanner";
import { documentsOf } from "./documents";

/** Offsets of a field in a map's text. */
export interface FieldPlace {
	/** As it is written. */
	name: string;
	key: number;
	keyEnd: number;
	value: number;
}

/**
 * Where things stand in a text of aws-auth: the first document's tree. What they mean there the authenticator's reader says
 * (core/aws-auth/yaml/sequence.ts), wherever it accepts the text.
 */
export interface Tree {
	/** What a general YAML reader complains of first. */
	problem?: { at: number };
	/** Offset behind the list, where the text is a list in flow style. */
	flowEnd?: number;
	/** The list's entries; undefined where the text is no list. */
	items?: { at: number; fields: FieldPlace[]; node: Node | undefined }[];
	/** Plain values, lists and Maps. */
	toJS(node: Node | undefined): unknown;
	/** Fields that stand twice in one mapping, as encoding/json compares names: those that lose. */
	twins: FieldPlace[];
}

export function treeOf(text: string): Tree {
	// The library takes a byte order mark for text.
	const shift = text.startsWith("\ufeff") ? 1 : 0;
	// As the authenticator reads: YAML 1.1, merge keys, of two equal keys the last.
	const read = documentsOf(text.slice(shift), { version: "1.1", merge: true, isOne: true });
	if ("tooDeepAt" in read) {
		return { problem: { at: read.tooDeepAt + shift }, twins: [], toJS: () => undefined };
	}
	const [document] = read.documents;
	const root = document?.contents;
	const error = document?.errors[0];
	const tree: Tree = {
		...(error ? { problem: { at: error.pos[0] + shift } } : {}),
		twins: document ? twinsIn(document, shift) : [],
		toJS: (node) => (document ? node?.toJS(document, { mapAsMap: true, maxAliasCount: 1000 }) : undefined),
	};
	if (isSeq(root)) {
		const losing = new Set(tree.twins.map(({ key }) => key));
		tree.flowEnd = root.flow ? (root.range?.[1] ?? 0) + shift : undefined;
		tree.items = root.items.map((item) => {
			const node = item as Node | undefined;
			const target = isAlias(node) && document ? node.resolve(document) : node;
			const fields = isMap(target) ? fieldsOf(target, shift).filter(({ key }) => !losing.has(key)) : [];
			// A mapping begins at its first key, its entry at the dash before.
			return { at: (node?.range?.[0] ?? 0) + shift, fields, node };
		});
	}
	return tree;
}

function fieldsOf(map: YAMLMap, shift: number): FieldPlace[] {
	return map.items.flatMap(({ key, value }) => {
		const [from, to] = (isScalar(key) && key.range) || [undefined, undefined];
		if (from === undefined || !isScalar(key)) {
			return [];
		}
		const at = (value as Node | null)?.range?.[0] ?? to;
		return [
			{ name: String(key.value), key: from + shift, keyEnd: (to as number) + shift, value: (at as number) + shift },
		];
	});
}

function twinsIn(document: Document.Parsed, shift: number): FieldPlace[] {
	const twins: FieldPlace[] = [];
	visit(document, {
		Map(_, map) {
			const byName = new Map<string, FieldPlace[]>();
			for (const field of fieldsOf(map, shift)) {
				const name = foldedName(field.name);
				byName.set(name, [...(byName.get(name) ?? []), field]);
			}
			twins.push(...[...byName.values()].flatMap(losersOf));
		},
	});
	return twins;
}

/** JSON's keys are sorted; among equal ones the last in the text has overwritten the others. */
function losersOf(same: FieldPlace[]): FieldPlace[] {
	const winner = same.reduce((best, each) => (each.name >= best.name ? each : best));
	return same.filter((each) => each !== winner);
}
