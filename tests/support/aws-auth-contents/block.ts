import fc from "fast-check";
import { type Content, mostlyOrdinary, role, sometimes } from "./content";
import { BLOCKS, NAMES, SCALARS } from "./values";

interface Field {
	name: string;
	lines: string[];
	ordinary: boolean;
}

const arnField: fc.Arbitrary<Field> = fc
	.tuple(
		role,
		fc.constantFrom("", '"', "'"),
		fc.oneof(
			{ weight: 12, arbitrary: fc.constant("rolearn") },
			{ weight: 1, arbitrary: fc.constantFrom("rolearn ", "RoleARN", '"rolearn"') },
		),
	)
	.chain(([arn, quote, name]) =>
		sometimes(
			fc.constantFrom("|", "|-", ">-").map((header) => [header, `  ${arn}`]),
			[`${quote}${arn}${quote}`],
		).map((lines) => ({ name, lines, ordinary: true })),
	);

const groupsField: fc.Arbitrary<Field> = fc
	.tuple(
		fc.array(fc.constantFrom("system:nodes", "system:bootstrappers", "'k8s-devs'", '"system:masters"', "view # why"), {
			maxLength: 3,
		}),
		fc.constantFrom("", "  ", "    "),
		fc.constantFrom("", "", "&g", "# comment"),
	)
	.map(([groups, indent, head]) => ({
		name: "groups",
		lines: groups.length > 0 ? [head, ...groups.map((group) => `${indent}- ${group}`)] : ["[]"],
		ordinary: true,
	}));

const scalar = mostlyOrdinary(SCALARS).map(([text, ordinary]): [string[], boolean] => [[text], ordinary]);

const usernameField: fc.Arbitrary<Field> = fc
	.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: mostlyOrdinary(BLOCKS) })
	.map(([lines, ordinary]) => ({ name: "username", lines, ordinary }));

const oddField: fc.Arbitrary<Field> = fc
	.tuple(mostlyOrdinary(NAMES), fc.oneof(scalar, mostlyOrdinary(BLOCKS)))
	.map(([[name, usual], [lines, ordinary]]) => ({ name, lines, ordinary: usual && ordinary }));

const comment = fc.constantFrom("# comment", "    # deep comment", "#", "", "", "  ");

interface Item {
	fields: Field[];
	/** Lines in front of the item. */
	before: string[];
	/** Comment or blank lines between its fields. */
	between: string[];
	/** What is between the dash and the first field. */
	gap: string;
}

const item: fc.Arbitrary<Item> = fc
	.record({
		known: fc.tuple(arnField, usernameField, groupsField),
		odd: sometimes(fc.array(oddField, { maxLength: 2 }), []),
		order: fc.boolean(),
		before: sometimes(fc.array(comment, { maxLength: 2 }), []),
		between: sometimes(fc.array(comment, { maxLength: 1 }), []),
		gap: sometimes(fc.constantFrom("   ", "\n", " # first\n"), " "),
	})
	.map(({ known: [arn, username, groups], odd, order, ...rest }) => ({
		...rest,
		fields: order ? [arn, username, groups, ...odd] : [groups, ...odd, arn, username],
	}));

/** The lowest name of a field as JSON compares it: two of one name in an entry are refused. */
function hasTwins(fields: Field[]): boolean {
	const names = fields.map(({ name }) =>
		name
			.trim()
			.replace(/^(["'])(.*)\1$/, "$2")
			.toLowerCase(),
	);
	return new Set(names).size < names.length;
}

function renderItem({ fields, before, between, gap }: Item, margin: number): string[] {
	const dash = gap.includes("\n") ? [`-${gap.replace("\n", "")}`] : [];
	const width = gap.includes("\n") ? 2 : 1 + gap.length;
	const pad = " ".repeat(margin + width);
	const lines = fields.flatMap(({ name, lines: [first, ...more] }, i) => [
		`${i === 0 && dash.length === 0 ? `${" ".repeat(margin)}-${gap}` : pad}${name}: ${first}`.trimEnd(),
		...more.map((line) => (line === "" ? "" : `${pad}${line}`)),
		...(i === 0 ? between : []),
	]);
	return [...before, ...dash.map((line) => " ".repeat(margin) + line), ...lines];
}

/** A list in block style. */
export const block: fc.Arbitrary<Content> = fc
	.record({
		items: fc.array(item, { minLength: 1, maxLength: 4 }),
		margin: fc.constantFrom(0, 0, 2, 4),
		tail: fc.array(comment, { maxLength: 2 }),
	})
	.map(({ items, margin, tail }) => ({
		text: [...items.flatMap((each) => renderItem(each, margin)), ...tail].join("\n"),
		ordinary: items.every(({ fields }) => fields.every((field) => field.ordinary) && !hasTwins(fields)),
	}));

/** A text of about so many bytes, of ordinary entries in every style. */
export function largeContent(seed: number, bytes: number): string {
	const lines: string[] = [];
	const entries = fc
		.sample(item, { seed, numRuns: Math.ceil(bytes / 60) })
		.filter(({ fields }) => fields.every((field) => field.ordinary) && !hasTwins(fields));
	for (let size = 0; size < bytes && entries.length > 0; ) {
		const more = renderItem(entries.pop() as Item, 0);
		size += Buffer.byteLength(more.join("\n")) + 1;
		if (size < bytes) {
			lines.push(...more);
		}
	}
	return `${lines.join("\n")}\n`;
}
