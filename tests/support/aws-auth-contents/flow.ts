import fc from "fast-check";
import { type Content, mostlyOrdinary, role } from "./content";

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

/** A list in flow style, as JSON has it too. */
export const flow: fc.Arbitrary<Content> = fc
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
