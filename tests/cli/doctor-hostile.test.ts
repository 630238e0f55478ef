import assert from "node:assert/strict";
import { diagnose } from "../../cli/doctor/diagnose";
import { sourceOf } from "../../cli/doctor/source";
import { configMap } from "./planted";

/** Small enough to be quick, and large enough to show what grows faster than the text. */
const SIZE = 128 * 1024;
/** A text of one of our own: entries as everybody has them. */
const ORDINARY = (n: number) =>
	`- rolearn: arn:aws:iam::111122223333:role/r${n}\n  username: u${n}\n  groups:\n    - g${n}\n`;

/** What stands again and again, between a head and a tail. */
const HOSTILE: Record<string, [head: string, unit: string | ((n: number) => string), tail?: string]> = {
	"dashes in each other": ["", "- "],
	"lists in each other": ["", "["],
	"mappings in each other": ["", "{a: "],
	"keys in each other": ["", "? "],
	"a staircase": ["", (n) => `${" ".repeat(n % 400)}a:\n`],
	anchors: ["", (n) => `- &a${n} x\n`],
	"aliases of one anchor": ["- &a [x]\n", "- *a\n"],
	"aliases of aliases": ["- &a0 x\n", (n) => `- &a${n + 1} [*a${n}, *a${n}]\n`],
	"merge keys": ["- &a {x: y}\n- ", "<<: *a\n  "],
	"one long key": ["- ", "k", ": v\n"],
	"many keys": ["- ", (n) => `k${n}: v\n  `],
	"one key again and again": ["- ", "a: v\n  "],
	"many keys in one line": ["- {", (n) => `k${n}: v, `, "}\n"],
	"misspelt keys": ["- rolearn: x\n  ", (n) => `rolear${n}: v\n  `],
	tabs: ["- rolearn: x\n", "\t"],
	"lines with a tab": ["- rolearn: x\n", "\t\n"],
	"a block scalar": ["- rolearn: |\n", "    x\n"],
	"a block scalar of blank lines": ["- rolearn: |\n", "\n"],
	"a folded block scalar": ["- rolearn: >\n", "    x\n\n"],
	"escapes in quotes": ['- rolearn: "', "\\u0041", '"\n'],
	"quotes that never end": ['- rolearn: "', "a\n  "],
	"doubled single quotes": ["- rolearn: '", "''", "'\n"],
	comments: ["", "# x\n"],
	documents: ["", "--- x\n"],
	"ends of documents": ["", "...\n"],
	directives: ["", "%YAML 1.1\n"],
	tags: ["", (n) => `- !t${n} x\n`],
	commas: ["[", ","],
	colons: ["", ": "],
	"Windows line breaks": ["", "- a: b\r\n"],
	"empty entries": ["", "-\n"],
	"templates without quotes": ["", "- {{x}}\n"],
	"one entry again and again": ["", "- rolearn: arn:aws:iam::111122223333:role/r\n  username: u\n"],
	"one group again and again": ["- rolearn: a\n  groups:\n", "  - system:x\n"],
	"brackets of placeholders": ["- rolearn: ", "<‹"],
	blanks: ["- rolearn: x", " ", "#"],
};

function textOf([head, unit, tail = ""]: (typeof HOSTILE)[string]): string {
	const parts = [head];
	for (let n = 0, length = head.length; length < SIZE; n++) {
		const part = typeof unit === "string" ? unit : unit(n);
		parts.push(part);
		length += part.length;
	}
	return parts.join("") + tail;
}

/** Processor time of the doctor for a text, in milliseconds, as a file and as mapRoles and mapAccounts of a ConfigMap. */
function timeFor(text: string): number {
	const start = process.cpuUsage();
	for (const file of [text, configMap({ mapRoles: text, mapAccounts: text })]) {
		try {
			diagnose(sourceOf(file, "file"));
		} catch (error) {
			assert.match(String(error), /cli-file-unreadable/);
		}
	}
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

describe("doctor on a text that is made to hold it up", function () {
	this.timeout("5m");
	let usual: number;

	before(() => {
		timeFor(textOf(["", ORDINARY]));
		usual = timeFor(textOf(["", ORDINARY]));
	});

	for (const [what, parts] of Object.entries(HOSTILE)) {
		it(`takes at most ten times as long as on an ordinary one of that size: ${what}`, () => {
			const time = timeFor(textOf(parts));
			assert.ok(time < 10 * usual, `${Math.round(time)} ms, and ${Math.round(usual)} ms on an ordinary one`);
		});
	}
});
