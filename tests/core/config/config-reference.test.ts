import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { configSchema } from "../../../core/config/config-schema";
import { NESTED, teamShape } from "../../../core/config/team-schema";
import {
	keysOf,
	PAGE,
	PROJECT,
	README,
	SHORT_TABLES,
	TABLES,
	withConfigKeys,
	withReference,
} from "../../../scripts/config-reference";

const readme = readFileSync(README, "utf8");
const page = readFileSync(PAGE, "utf8");
const project = readFileSync(PROJECT, "utf8");

describe("the config reference", () => {
	const keys = Object.entries(TABLES).flatMap(([table, shape]) => keysOf(shape).map((key) => ({ table, ...key })));

	it("is what the schema says: run `npm run reference` after a change of it", () => {
		assert.equal(readme, withReference(readme, SHORT_TABLES));
		assert.equal(page, withReference(page));
		assert.equal(project, withConfigKeys(project));
	});

	it("has every key of the config, of a team, of its role and of a namespace", () => {
		const schema = [configSchema.shape, teamShape, NESTED.role.shape, NESTED.namespace].flatMap(Object.keys);
		assert.deepEqual([...new Set(keys.map(({ key }) => key))].sort(), [...new Set(schema)].sort());
		for (const { key, description } of keys) {
			assert.ok(page.includes(`| \`${key}\` | ${description} |`), key);
		}
	});

	it("says of every key what it means, in one line that Markdown shows as it stands", () => {
		for (const { table, key, description, fallback } of keys) {
			const where = `${table}: ${key}`;
			assert.ok(description, `${where} has no description: give it one with .meta({ description })`);
			for (const text of [description, fallback]) {
				assert.doesNotMatch(text, /\n|\s$|\.$/, where);
				assert.doesNotMatch(text.replace(/`[^`]*`/g, ""), /[`<>{}|*]/, `${where}: code stands in backticks`);
			}
		}
	});

	it("leaves everything else of a page and of Pulumi.yaml as it is", () => {
		const [before, after] = ["# Title\n\n", "\nThe end.\n"];
		const text = `${before}<!-- config reference: begin -->\noutdated\n<!-- config reference: end -->${after}`;
		const written = withReference(text);
		assert.ok(written.startsWith(before) && written.endsWith(after) && !written.includes("outdated"));
		assert.throws(() => withReference("# Title\n"), /config reference: begin/);

		const withoutKeys = project.slice(0, project.indexOf("\n  cluster:"));
		const gone = `${withoutKeys}\n  gone:\n    description: A key that the schema has no more\n  cluster:\n    description: Old\n`;
		assert.equal(withConfigKeys(gone), project);
	});
});

describe("Pulumi.yaml", () => {
	const declared = parse(project).config as Record<string, { description: string; default: unknown; type?: string }>;

	it("declares every key of the config, and no other", () => {
		assert.deepEqual(Object.keys(declared), Object.keys(configSchema.shape));
	});

	it("declares each without a type, with a description in plain text, and with the default that stands for not set", () => {
		for (const [key, { description, type }] of Object.entries(declared)) {
			assert.equal(type, undefined, key);
			assert.doesNotMatch(description, /`|\n/, key);
		}
		const defaults = Object.fromEntries(Object.entries(declared).map(([key, value]) => [key, value.default]));
		assert.deepEqual(defaults, configSchema.parse({}));
	});
});
