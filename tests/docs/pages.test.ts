import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as yaml from "yaml";
import { ConfigError, readConfig } from "../../components";
import { policies } from "../../policy/policies";
import { goProgram } from "../support/go-program";
import { ROOT, readPage, readPages } from "./pages";

const pages = readPages();
const blocks = pages.flatMap((page) => page.blocks);
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));

describe("the documentation", () => {
	it("has blocks of languages only that a test checks", () => {
		const checked = ["ts", "yaml", "json", "python", "go", "ini", "mermaid", "sh", "console"];
		// What an error says is provoked by a test of its own: tests/error-codes.test.ts.
		const others = blocks.filter(({ where }) => !where.startsWith("docs/reference/errors.md"));
		for (const { where, language } of others) {
			assert.ok(
				checked.includes(language),
				`${where}: ${language || "no language"}; checked are ${checked.join(", ")}`,
			);
		}
	});

	it("leads to files and headings that are there, also into the API reference", () => {
		const anchors = new Map(pages.map(({ file, anchors }) => [file, anchors]));
		for (const { file, links } of pages) {
			for (const link of links.filter((target) => !/^https:\/\//.test(target))) {
				const [to, anchor] = link.split("#") as [string, string?];
				const target = to === "" ? file : path.join(path.dirname(file), to);
				assert.ok(existsSync(path.join(ROOT, target)), `${file}: ${link} is not there`);
				if (anchor !== undefined) {
					const known = anchors.get(target) ?? readPage(target, readFileSync(path.join(ROOT, target), "utf8")).anchors;
					assert.ok(known.includes(anchor), `${file}: ${target} has no heading #${anchor}, but ${known.join(", ")}`);
				}
			}
		}
	});

	it("names files and folders of the project that are there", () => {
		let count = 0;
		for (const { file, codes } of pages) {
			for (const code of codes.filter((text) => /^[\w.-]+\/[\w./-]*$/.test(text))) {
				const [top] = code.split("/") as [string];
				if (existsSync(path.join(ROOT, top))) {
					count++;
					assert.ok(existsSync(path.join(ROOT, code)), `${file}: ${code} is not there`);
				}
			}
		}
		assert.ok(count > 0);
	});

	it("has every page in its index", () => {
		const index = pages.find(({ file }) => file === "docs/README.md");
		const listed = index?.links.map((link) => path.join("docs", link)) ?? [];
		const others = pages.map(({ file }) => file).filter((file) => file.startsWith("docs/") && file !== index?.file);
		assert.deepEqual(
			others.filter((file) => !listed.includes(file)),
			[],
		);
	});
});

describe("the documentation's YAML", () => {
	/** What each block is, by its contents. */
	const kinds: Record<string, (value: Record<string, unknown>) => boolean> = {
		"a Stack of the Pulumi Kubernetes Operator": (value) =>
			value.apiVersion === "pulumi.com/v1" && value.kind === "Stack",
		"a stack's config": (value) => Object.keys((value.config ?? value) as object).some((key) => key.includes(":")),
		"a GitHub workflow": (value) => "on" in value && "jobs" in value,
		"a GitLab pipeline": (value) => Object.values(value).some((job) => Array.isArray((job as { script?: [] }).script)),
		"a Kubernetes object": (value) => "apiVersion" in value && "kind" in value,
		"a Pulumi program": (value) => value.runtime === "yaml" || "resources" in value,
	};
	const parsed = of("yaml").map((block) => ({ block, value: yaml.parse(block.text) as Record<string, unknown> }));
	const kindOf = (value: Record<string, unknown>) => Object.keys(kinds).find((kind) => kinds[kind]?.(value));
	const those = (kind: string) => parsed.filter(({ value }) => kindOf(value) === kind);

	it("is of a kind that is checked", () => {
		for (const { block, value } of parsed) {
			assert.ok(kindOf(value), `${block.where}: is it one of ${Object.keys(kinds).join(", ")}?`);
		}
	});

	for (const { block, value } of those("a stack's config")) {
		it(`${block.where}: the program takes the config`, () =>
			accept((value.config ?? value) as Record<string, unknown>));
	}

	it("a config that the program does not take is noticed", () => {
		assert.throws(() => accept({ "eks-access:teams": [{ name: "shop", namespace: ["shop"] }] }), ConfigError);
		assert.throws(() => accept({ "eks-acces:teams": [] }), /key/);
	});

	it("actionlint finds nothing in GitHub workflows", async function () {
		this.timeout("10m");
		const source = path.join(__dirname, "..", "support", "actionlint");
		const actionlint = await goProgram("actionlint", source, "github.com/rhysd/actionlint/cmd/actionlint");
		const workflows = those("a GitHub workflow");
		assert.ok(workflows.length > 0);
		for (const { block } of workflows) {
			execFileSync(actionlint, ["-no-color", "-"], { input: block.text });
		}
	});

	it("a Stack of the Pulumi Kubernetes Operator has known keys only", () => {
		// https://github.com/pulumi/pulumi-kubernetes-operator/blob/master/docs/stacks.md
		const known = ["serviceAccountName", "stack", "projectRepo", "branch", "refresh", "destroyOnFinalize"];
		known.push("continueResyncOnCommitMatch", "resyncFrequencySeconds");
		for (const { block, value } of those("a Stack of the Pulumi Kubernetes Operator")) {
			assert.deepEqual(
				Object.keys(value.spec as object).filter((key) => !known.includes(key)),
				[],
				block.where,
			);
		}
	});

	it("GitLab pipelines have known keys only", () => {
		const known = ["image", "rules", "variables", "script", "artifacts", "stage", "id_tokens", "needs", "cache"];
		for (const { block, value } of those("a GitLab pipeline")) {
			for (const job of Object.values(value) as Record<string, unknown>[]) {
				assert.deepEqual(
					Object.keys(job).filter((key) => !known.includes(key)),
					[],
					block.where,
				);
			}
		}
	});
});

describe("the documentation's other blocks", () => {
	it("JSON is an IAM policy or a config of the policy pack", () => {
		const names = policies.map(({ name }) => name);
		for (const { where, text } of of("json")) {
			const config = JSON.parse(text) as Record<string, unknown>;
			// tests/e2e/operator-permissions.test.ts tries it.
			if ("Statement" in config) continue;
			for (const key of Object.keys(config)) {
				assert.ok(names.includes(key), `${where}: there is no policy ${key}, but ${names.join(", ")}`);
			}
		}
	});

	it("Python compiles", () => {
		for (const { where, text } of of("python")) {
			assert.doesNotThrow(
				() => execFileSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], { input: text }),
				where,
			);
		}
	});

	it("Go sets inputs that the component or a type of its schema has", () => {
		const { resources, types } = JSON.parse(readFileSync(path.join(ROOT, "provider", "schema.json"), "utf8")) as {
			resources: Record<string, { inputProperties: object }>;
			types: Record<string, { properties: object }>;
		};
		const known = [
			...Object.values(resources).flatMap(({ inputProperties }) => Object.keys(inputProperties)),
			...Object.values(types).flatMap(({ properties }) => Object.keys(properties)),
		];
		for (const { where, text } of of("go")) {
			for (const [, name = ""] of text.matchAll(/^\s+([A-Z]\w*): /gm)) {
				assert.ok(known.includes(name.charAt(0).toLowerCase() + name.slice(1)), `${where}: ${name}`);
			}
		}
	});

	it("profiles of the AWS CLI are what the CLI's own parser takes, with keys that it knows", () => {
		const known = /^(role_arn|source_profile|mfa_serial|role_session_name|duration_seconds|external_id)$/;
		for (const { where, text } of of("ini")) {
			const folder = mkdtempSync(path.join(tmpdir(), "docs-"));
			try {
				writeFileSync(path.join(folder, "config"), text);
				const script =
					"import configparser, json, sys; c = configparser.ConfigParser(); c.read(sys.argv[1]); print(json.dumps({s: list(c[s]) for s in c.sections()}))";
				const read = execFileSync("python3", ["-c", script, path.join(folder, "config")], { encoding: "utf8" });
				for (const [profile, keys] of Object.entries(JSON.parse(read) as Record<string, string[]>)) {
					assert.match(profile, /^profile \w+$/, where);
					for (const key of keys) assert.match(key, known, where);
				}
			} finally {
				rmSync(folder, { recursive: true });
			}
		}
	});

	it("diagrams are flowcharts whose every arrow joins nodes that have a text", () => {
		const diagrams = of("mermaid");
		assert.ok(diagrams.length > 0);
		const node = String.raw`(\w+)(?:\["[^"]+"\]|\{"[^"]+"\})?`;
		const arrow = new RegExp(String.raw`^\s*${node} --(?: "?[^">]+"? --)?> ${node}$`);
		for (const { where, text } of diagrams) {
			const [head, ...lines] = text.split("\n");
			assert.match(head as string, /^flowchart (TD|LR)$/, where);
			for (const line of lines) {
				const [, from, to] = arrow.exec(line) ?? assert.fail(`${where}: ${line}`);
				for (const each of [from, to]) assert.match(text, new RegExp(`\\b${each}[[{]"`), `${where}: ${each}`);
			}
		}
	});
});

/** As the program reads it: no unknown key, no problem. */
function accept(config: Record<string, unknown>): void {
	const entries = Object.entries({ "eks-access:cluster": "prod-eks-cluster", ...config });
	for (const [key] of entries) assert.match(key, /^(eks-access|aws):/, `the key ${key}`);
	const own = entries.filter(([key]) => key.startsWith("eks-access:"));
	const values = Object.fromEntries(own.map(([key, value]) => [key.slice("eks-access:".length), asPulumi(value)]));
	const teamsFile = () => "teams: [{ name: shop, namespaces: [shop], users: [jane] }]";
	readConfig(values, "The config", teamsFile);
}

/** As Pulumi hands a value over: texts as they stand, lists and maps as JSON. */
function asPulumi(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}
