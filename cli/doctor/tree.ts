import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLMap } from "yaml";

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
 * (aws-auth-sequence.ts), wherever it accepts the text.
 */
export interface Tree {
	/** What a general YAML reader complains of first. */
	problem?: { at: number; message: string };
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
	const options = { version: "1.1", merge: true, uniqueKeys: false, logLevel: "silent" } as const;
	const documents = parseAllDocuments(text.slice(shift), options);
	const document = ("empty" in documents ? undefined : documents[0]) as Document.Parsed | undefined;
	const root = document?.contents;
	const error = document?.errors[0];
	const tree: Tree = {
		...(error ? { problem: { at: error.pos[0] + shift, message: error.message.split("\n")[0] as string } } : {}),
		twins: document ? twinsIn(document, shift) : [],
		toJS: (node) => (document ? node?.toJS(document, { mapAsMap: true, maxAliasCount: 1000 }) : undefined),
	};
	if (isSeq(root)) {
		tree.flowEnd = root.flow ? (root.range?.[1] ?? 0) + shift : undefined;
		tree.items = root.items.map((item) => {
			const node = item as Node | undefined;
			const target = isAlias(node) && document ? node.resolve(document) : node;
			const fields = isMap(target) ? fieldsOf(target, shift) : [];
			// A mapping begins at its first key, its entry at the dash before.
			return { at: (node?.range?.[0] ?? 0) + shift, fields, node };
		});
	}
	return tree;
}

/** A field's name as encoding/json compares it. */
export function folded(name: string): string {
	return name.toLowerCase().replaceAll("\u017f", "s").replaceAll("\u212a", "k");
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
	const visit = (node: unknown): void => {
		if (isSeq(node)) {
			node.items.forEach(visit);
		} else if (isMap(node)) {
			const byName = new Map<string, FieldPlace[]>();
			for (const field of fieldsOf(node, shift)) {
				byName.set(folded(field.name), [...(byName.get(folded(field.name)) ?? []), field]);
			}
			for (const same of byName.values()) {
				// JSON's keys are sorted; among equal ones the last in the text has overwritten the others.
				const winner = same.reduce((best, each) => (each.name >= best.name ? each : best));
				twins.push(...same.filter((each) => each !== winner));
			}
			for (const { key, value } of node.items) {
				visit(key);
				visit(value);
			}
		}
	};
	visit(document.contents);
	return twins;
}
