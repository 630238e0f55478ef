import fc from "fast-check";

/** A text of mapRoles as it may be found in the wild, and what a reader is bound to do with it. */
export interface Content {
	text: string;
	/** In a style that has to be accepted. The others may be refused. */
	ordinary: boolean;
}

const ACCOUNTS = ["111122223333", "012345678901", "000000000000"];

/** A value as it stands behind `key: `; true where it is ordinary. */
const SCALARS: [text: string, ordinary: boolean][] = [
	["developer", true],
	["system:node:{{EC2PrivateDNSName}}", true],
	['"{{SessionName}}"', true],
	["'it''s: # quoted'", true],
	['"tab\\t \\"and\\" \\u00e9 \\x41 \\U0001F600"', true],
	["admin:{{SessionName}}", true],
	["yes", true],
	["012345678901", true],
	["123456789012", true],
	["1e3", true],
	["0x1F", true],
	["1_000", true],
	["2021-01-01", true],
	["~", true],
	["null", true],
	["", true],
	["-1", true],
	["a # comment", true],
	["a#b", true],
	["ü ñ 日本", true],
	["http://x.y/z?a=b&c=d", true],
	["''", true],
	['""', true],
	["{{SessionName}}", false],
	["{{EC2PrivateDNSName}}:x", false],
	["a: b", false],
	["@at", false],
	["`tick`", false],
	["%percent", false],
	["!!str 123", false],
	["!tag x", false],
	["*nowhere", false],
	["? x", false],
	["- x", false],
	["'open", false],
	['"open', false],
	['"bad \\q escape"', false],
	['"\\ud800"', false],
	[".nan", false],
	["-.inf", false],
	["a\u2028b", false],
	["a\u0001b", false],
	["a\u0085b", false],
	["{a: b, c: [d, e]}", true],
	["[a, 'b', \"c\"]", true],
	["[a, b", false],
	["[a b: c]", false],
	["{a:b}", false],
	["{a, b}", false],
	["a\t# tab", true],
];

/** Further lines below `key:`, each with its indentation behind the key's. */
const BLOCKS: [lines: string[], ordinary: boolean][] = [
	[["|", "  one", "  two"], true],
	[["|-", "    deep", "", "    lines # no comment"], true],
	[["|+", "  keep", "", ""], true],
	[[">", "  folded", "  text", "", "    more", "  x"], true],
	[[">-", "  arn:aws:iam::111122223333:role/folded"], true],
	[["|2", "    two"], true],
	[["|-2 # comment", "  two"], true],
	[["|", ""], true],
	[["|", "     ", "  x"], false],
	[["|", "\tx"], false],
	[["| x", "  y"], false],
	[["plain", "  goes on", "  here"], true],
	[["plain", "", "  goes on"], true],
	[["plain", "  key: value"], false],
	[['"double', '  quoted"'], true],
	[["'single", "", "  quoted'"], true],
	[['"double', 'left"'], false],
	[["", "  a: b", "  c:", "  - d"], true],
	[["", "  a: b", " c: d"], false],
	[["", "  a: b", "    c: d"], false],
	[["[", "  a,", "  b # comment", "]"], true],
	[["{", "  a: b,", "  \"c\": 'd',", "}"], true],
	[["# comment", "  x"], true],
	[["&anchor value"], true],
	[["&anchor", "  a: b"], true],
];

const NAMES: [name: string, ordinary: boolean][] = [
	["rolearn", true],
	["username", true],
	["groups", true],
	["rolearn", true],
	["username", true],
	["userid", true],
	["roleARN", true],
	["UserName", true],
	["note", true],
	["sso", true],
	['"quoted key"', true],
	["'rolearn'", true],
	["accountID", true],
	["permissionSetName", true],
	["a key", true],
	["<<", false],
	["? x", false],
	["1", false],
	["yes", false],
	["u\u017fername", false],
];

/** Mostly ordinary ones: with a bad one in every entry nothing else would be tested. */
function mostlyOrdinary<T, R extends boolean>(choices: [T, R][]): fc.Arbitrary<[T, R]> {
	return fc.oneof(
		{ weight: 15, arbitrary: fc.constantFrom(...choices.filter(([, ordinary]) => ordinary)) },
		{ weight: 1, arbitrary: fc.constantFrom(...choices) },
	);
}

function sometimes<T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> {
	return fc.oneof({ weight: 4, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}

interface Field {
	name: string;
	lines: string[];
	ordinary: boolean;
}

const role = fc
	.tuple(
		fc.constantFrom(...ACCOUNTS),
		fc.constantFrom("node", "admin", "ci", "Team-A", "path/to/x", "AWSReservedSSO_X_h"),
	)
	.map(([account, name]) => `arn:aws:iam::${account}:role/${name}`);

const arnField: fc.Arbitrary<Field> = fc
	.tuple(
		role,
		fc.constantFrom("", '"', "'"),
		fc.oneof(
			{ weight: 12, arbitrary: fc.constant("rolearn") },
			{ weight: 1, arbitrary: fc.constantFrom("rolearn ", "RoleARN", '"rolearn"') },
		),
	)
	.map(([arn, quote, name]) => ({ name, lines: [`${quote}${arn}${quote}`], ordinary: true }));

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

const usernameField: fc.Arbitrary<Field> = mostlyOrdinary(SCALARS).map(([text, ordinary]) => ({
	name: "username",
	lines: [text],
	ordinary,
}));

const oddField: fc.Arbitrary<Field> = fc
	.tuple(
		mostlyOrdinary(NAMES),
		fc.oneof(
			mostlyOrdinary(SCALARS).map(([text, ordinary]): [string[], boolean] => [[text], ordinary]),
			mostlyOrdinary(BLOCKS),
		),
	)
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

const block: fc.Arbitrary<Content> = fc
	.record({
		items: fc.array(item, { minLength: 1, maxLength: 4 }),
		margin: fc.constantFrom(0, 0, 2, 4),
		tail: fc.array(comment, { maxLength: 2 }),
	})
	.map(({ items, margin, tail }) => ({
		text: [...items.flatMap((each) => renderItem(each, margin)), ...tail].join("\n"),
		ordinary: items.every(({ fields }) => fields.every((field) => field.ordinary) && !hasTwins(fields)),
	}));

const flowValue = mostlyOrdinary<string, boolean>([
	['"developer"', true],
	["developer", true],
	["'{{SessionName}}'", true],
	["null", true],
	["123", true],
	['["a", "b"]', true],
	["{a: b}", true],
	["[a]", true],
	["[]", true],
	["arn:aws:iam::111122223333:role/x", true],
	["a?b", false],
	["{{SessionName}}", false],
	["a: b", false],
	["", false],
]);

const flowItem = fc
	.record({
		arn: role,
		username: flowValue,
		note: fc.option(flowValue),
		keys: fc.constantFrom('"', "'", ""),
		colon: fc.constantFrom(": ", ": ", ":", " : "),
	})
	.map(({ arn, username, note, keys, colon }) => {
		const pairs: [string, string][] = [
			["rolearn", `"${arn}"`],
			["username", username[0]],
			...(note ? [["note", note[0]] as [string, string]] : []),
		];
		return {
			pairs: pairs.map(([name, value]) => `${keys}${name}${keys}${colon}${value}`),
			ordinary: username[1] && (note?.[1] ?? true) && (keys !== "" || colon === ": "),
		};
	});

const flow: fc.Arbitrary<Content> = fc
	.record({
		items: fc.array(flowItem, { maxLength: 4 }),
		layout: fc.constantFrom<[string, string, string]>(
			["", ", ", ""],
			["", ",", ""],
			["\n  ", ",\n  ", "\n"],
			["\n\t", ",\n\t", "\n"],
			["\n", "\n, ", "\n"],
			[" # first\n  ", ", # next\n  ", " # last\n"],
			[" ", " , ", ", "],
		),
		spread: fc.boolean(),
		behind: fc.constantFrom("", "", "", " # comment", "\n# comment", " x"),
	})
	.map(({ items, layout: [open, between, close], spread, behind }) => {
		const texts = items.map(({ pairs }) => (spread ? `{\n    ${pairs.join(",\n    ")}\n  }` : `{${pairs.join(", ")}}`));
		const closing = items.length === 0 && close.startsWith(",") ? "" : close;
		return {
			text: `[${open}${texts.join(between)}${closing}]${behind}`,
			ordinary: items.every(({ ordinary }) => ordinary) && behind !== " x",
		};
	});

const aliased: fc.Arbitrary<Content> = fc
	.constantFrom<[string, boolean]>(
		["- rolearn: a\n  groups: &g\n  - x\n- rolearn: b\n  groups: *g", true],
		["- rolearn: a\n  groups: &g [x, y]\n- rolearn: b\n  groups: *g # same", true],
		["- &e\n  rolearn: a\n  username: b\n- *e", true],
		["- rolearn: a\n  username: &u name\n- {rolearn: b, username: *u}", true],
		["- rolearn: a\n  groups: [&a x, *a]", true],
		["- &e\n  rolearn: a\n- <<: *e\n  username: b", false],
		["- &k key: value", false],
		["- rolearn: *nowhere", false],
		["- &a [*a]", false],
		["- a: &x 1\n- b: &x 2\n- c: *x", true],
		["- &d {a: b}\n- x: *d\n- *d", true],
	)
	.map(([text, ordinary]) => ({ text, ordinary }));

const special: fc.Arbitrary<Content> = fc
	.constantFrom<[string, boolean]>(
		["", true],
		["null", true],
		["~", true],
		["[]", true],
		["[ ]", true],
		['""', true],
		["''", true],
		["``", true],
		["   ", true],
		["# only a comment", true],
		["\n\n# comment\n\n", true],
		["-", true],
		["- ", true],
		["- null", true],
		["- text", true],
		["- 1", true],
		["- - nested\n  - list", true],
		["-\n  - nested", true],
		["- []\n- {}", true],
		["{}", false],
		["a: b", false],
		["text", false],
		["123", false],
		["- a: b\n---\n- c: d", false],
		["- a: b\n--- # again", false],
		["- a: b\n...\n- c: d", false],
		["- a: b\nc: d", false],
		["- a: b\n - c: d", false],
		["  - a: b\n- c: d", false],
		["- a: b\n  a: c", false],
		["-\ta: b", false],
		["- a: b\n\tc: d", false],
		["\t- a: b", false],
		["%YAML 1.1\n---\n- a: b", false],
		["--- - a: b", false],
		["--- [{a: b}]", true],
		["--- null", true],
		["- a: {b: c}}", false],
		["- a: 'b' c", false],
		["- a: [b] c", false],
		['- a: "b"#c', false],
		["- \ufeffa: b", false],
		["&x\n- a: b", false],
		["!!seq\n- a: b", false],
	)
	.map(([text, ordinary]) => ({ text, ordinary }));

/** One character somewhere else: what it makes of the text, only the judge knows. */
const mutation = fc.record({
	at: fc.nat(400),
	drop: fc.constantFrom(0, 0, 1, 2, 5),
	put: fc.constantFrom(
		..."\t {}[]:#-?,&*!|>'\"%@`\n\r\\~.",
		"",
		": ",
		" #",
		"\n- ",
		"\n  ",
		"\n    ",
		"---\n",
		"\n---\n",
		"\n...\n",
		"&a ",
		"*a",
		"<<: ",
		"|\n",
		">+\n",
		"{{",
		"}}",
		"\n\t",
		"\u00a0",
		"\u2029",
		"\ufeff",
	),
});

const frame = fc.record({
	start: fc.oneof(
		{ weight: 8, arbitrary: fc.constant("") },
		{ weight: 1, arbitrary: fc.constantFrom("---\n", "--- # c\n", "# c\n---\n", "\n", "# head\n", "\ufeff") },
	),
	end: fc.constantFrom("", "\n", "\n", "\n", "\n\n", "\n# end", "\n  # end\n", "\n...\n", "\n...", "\n... # end\n"),
	crlf: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

/** Texts of mapRoles: what people, eksctl, Terraform, Helm and `kubectl edit` leave there, and what slips into it. */
export const awsAuthContent: fc.Arbitrary<Content> = fc
	.record({
		body: fc.oneof(
			{ weight: 10, arbitrary: block },
			{ weight: 4, arbitrary: flow },
			{ weight: 1, arbitrary: aliased },
			{ weight: 2, arbitrary: special },
		),
		frame,
		mutations: fc.oneof(
			{ weight: 2, arbitrary: fc.constant([]) },
			{ weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
		),
	})
	.map(({ body, frame: { start, end, crlf }, mutations }) => {
		let text = start + body.text + end;
		for (const { at, drop, put } of mutations) {
			const offset = text.length === 0 ? 0 : at % (text.length + 1);
			text = text.slice(0, offset) + put + text.slice(offset + drop);
		}
		// A line break behind such an end would become part of the scalar.
		const endsInBlockScalar = !text.endsWith("\n") && /[:-] [|>]/.test(body.text);
		return {
			text: crlf ? text.replace(/\r?\n/g, "\r\n") : text,
			ordinary:
				body.ordinary && mutations.length === 0 && !endsInBlockScalar && !(start !== "" && body.text.startsWith("---")),
		};
	});

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
