import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { CODES as CODES_OF_ARNS } from "../../cli/doctor/checks/arn";
import { checkMap } from "../../cli/doctor/checks/map";
import { CODES_OF_NAMES } from "../../cli/doctor/checks/name";
import { diagnose } from "../../cli/doctor/diagnose";
import { CODES, type Finding } from "../../cli/doctor/finding";
import { JUDGEMENTS } from "../../cli/doctor/refusal";
import { sourceOf } from "../../cli/doctor/source";
import { ARN_REASONS, NAME_REASONS, YAML_REASONS } from "../../core/errors/reasons";
import { PROJECT } from "./command";
import { configMap, entry, FARGATE, NODE, PLANTED, RECORD, TEAM, USER } from "./planted";

function find(text: string): Finding[] {
	return diagnose(sourceOf(text, "file")).findings;
}

function brief({ code, severity, key, line, column }: Finding): string {
	return [code, severity, ...(line ? [`${key}:${line}:${column}`] : [])].join(" ");
}

describe("doctor", () => {
	for (const [what, text, found] of PLANTED) {
		it(`finds ${what}`, () => {
			const findings = find(text);
			assert.deepEqual(findings.map(brief), found, JSON.stringify(findings, null, 1));
			for (const { message, fix } of findings) {
				assert.ok(
					message.length > 20 && fix.length > 5 && !/[.]$|undefined|\[object/.test(message + fix),
					`${message} / ${fix}`,
				);
			}
		});
	}

	it("finds every planted defect in one map together, each in its place", () => {
		const singles = PLANTED.filter(
			([, text, found]) => /^- rolearn/.test(text) && found.every((each) => /EKS(10[3-7]|20[1-6]|30)/.test(each)),
		);
		assert.ok(singles.length > 20);
		let lines = 0;
		const expected: string[] = [];
		const parts = singles.map(([, text, found], at) => {
			expected.push(...found.map((each) => each.replace(/:(\d+):/, (_, line) => `:${Number(line) + lines}:`)));
			lines += text.split("\n").length - 1;
			return text.replaceAll("role/x\n", `role/x${at}\n`).replaceAll("role/node\n", `role/node${at}\n`);
		});
		assert.deepEqual(find(parts.join("")).map(brief), expected);
	});

	for (const [what, text] of [
		["nodes, Fargate and a team", NODE + FARGATE + TEAM],
		[
			"the same as a ConfigMap with users",
			configMap({ mapRoles: NODE + FARGATE + TEAM, mapUsers: USER, mapAccounts: "[]" }),
		],
		["JSON", JSON.stringify([{ rolearn: "arn:aws:iam::111122223333:role/a", username: "a", groups: ["b"] }])],
		["nothing", ""],
		["null", "null"],
		["an empty text", '""'],
		[
			"a ConfigMap without data",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: { name: aws-auth, namespace: kube-system }\n",
		],
		["comments, quotes and unknown fields", `# nodes\n${NODE}  note: 12\n  "sso": 'x'\n# end`],
		["China", (NODE + TEAM).replaceAll("arn:aws:", "arn:aws-cn:")],
		["Windows line breaks", (NODE + TEAM).replaceAll("\n", "\r\n")],
		[
			"a record whose entries are there",
			configMap(
				{ mapRoles: NODE + TEAM },
				{
					annotations: {
						"pulumi-eks-access/a": JSON.stringify({ ...RECORD, roles: ["arn:aws:iam::111122223333:role/shop-role"] }),
					},
				},
			),
		],
	] as const) {
		it(`says nothing on a healthy one: ${what}`, () => assert.deepEqual(find(text), []));
	}

	it("an administrator whom a stack of this project has written is a note", () => {
		const annotations = {
			"pulumi-eks-access/a": JSON.stringify({ ...RECORD, roles: ["arn:aws:iam::111122223333:role/x"] }),
		};
		const [finding] = find(configMap({ mapRoles: entry("username: x\ngroups: [system:masters]") }, { annotations }));
		assert.deepEqual([finding?.code, finding?.severity], ["EKS301", "info"]);
		assert.match(finding?.message ?? "", /as the stack o\/p\/s says/);
	});

	it("finds aws-auth in what kubectl prints, and says the line of the file too", () => {
		const text = `apiVersion: v1
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: other}
- apiVersion: v1
  data:
    mapRoles: |
      - rolearn: arn:aws:iam::111122223333:role/a/b
        username: x
  kind: ConfigMap
  metadata:
    name: aws-auth
    namespace: kube-system
kind: List
`;
		const [finding] = find(text);
		assert.deepEqual(
			[finding?.code, finding?.line, finding?.column, finding?.file],
			["EKS202", 1, 12, { line: 9, column: 18 }],
		);
		const manifests = `kind: Namespace\nmetadata: {name: x}\n---\n${text.split("\n").slice(6, 14).join("\n").replace(/^ {2}/gm, "")}`;
		assert.deepEqual(find(manifests).map(brief), ["EKS202 error mapRoles:1:12"]);
		assert.equal(
			find(JSON.stringify({ mapRoles: entry("groups: []") }))
				.map(brief)
				.join(),
			"EKS104 error mapRoles:1:1",
		);
	});

	it("each code is in the reference, with its severity and meaning", () => {
		const reference = readFileSync(path.join(PROJECT, "docs", "reference", "cli.md"), "utf8");
		const listed = [...reference.matchAll(/^\| (EKS\d{3}) \| (\w+) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
		assert.deepEqual(
			listed,
			Object.entries(CODES).map(([code, [severity, meaning]]) => [code, severity, meaning]),
		);
	});

	it("takes 1 MiB of entries in its stride", function () {
		this.timeout(60_000);
		const text = Array.from({ length: 8_000 }, (_, at) =>
			entry(`username: u${at}\ngroups: [g]`, `arn:aws:iam::111122223333:role/team-number-${at}`),
		).join("");
		const start = performance.now();
		assert.deepEqual(find(text), []);
		const elapsed = performance.now() - start;
		console.log(`      ${text.length} bytes: ${Math.round(elapsed)} ms`);
		assert.ok(elapsed < 30_000);
	});
});

describe("each reason to refuse", () => {
	for (const [what, reasons, verdicts] of [
		["a text", YAML_REASONS, JUDGEMENTS],
		["a name", NAME_REASONS, CODES_OF_NAMES],
		["an ARN", ARN_REASONS, CODES_OF_ARNS],
	] as const) {
		it(`${what} has a verdict of the doctor's`, () => {
			assert.deepEqual(Object.keys(verdicts).sort(), Object.keys(reasons).sort());
		});
	}

	it("a text of any depth is reported, and does not end the process", function () {
		this.timeout("2m");
		for (const text of ["- ", "[", "{", "? ", "a: ", "- {a: ", "[{a: "].map((unit) => unit.repeat(2_000))) {
			assert.equal(checkMap(text, "mapRoles").entries.length, 0);
			assert.ok(find(configMap({ mapRoles: text, mapAccounts: text })).length > 1);
		}
	});
});
