import fc from "fast-check";
import type { Content } from "./content";

/** With anchors, and aliases that stand for them. */
export const aliased: fc.Arbitrary<Content> = fc
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

/** Nothing, next to nothing, and what is no list of entries. */
export const special: fc.Arbitrary<Content> = fc
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
