import assert from "node:assert/strict";
import fc from "fast-check";
import { marked } from "marked";
import { programOf } from "../../cli";
import { reportPage } from "../../cli/html/document";
import { type Report, reportMarkdown, reportText } from "../../cli/output/report";
import { eksAccess, stackFile, temporaryProject } from "./command";
import { repository } from "./repository";

/** What means something to a terminal, to Markdown or to HTML. */
const HOSTILE_TEXT = [..."\u001b\u0007\u202e\u2028\n\r\t `*_~|\\<>&[](){}!#@$^\"'=-+1.:/ax"];

describe("the formats of all commands", function () {
	this.timeout("2m");

	const names = [
		"matrix",
		"diff",
		"verify",
		"who-can",
		"whoami",
		"doctor",
		"review",
		"expired",
		"hand-over",
		"migrate",
	];
	for (const name of names) {
		it(`${name} has --format text, markdown, json and html, and no other way to say it`, () => {
			const { options = [] } = programOf().commands.find((each) => each.name() === name) ?? {};
			const format = options.find(({ long }) => long === "--format");
			assert.deepEqual(format?.argChoices, ["text", "markdown", "json", "html"]);
			assert.equal(format?.defaultValue, "text");
			assert.deepEqual(
				options.filter(({ long }) => ["--json", "--markdown", "--html"].includes(long ?? "")),
				[],
			);
		});
	}

	it("diff as HTML has what is dangerous, the access and the settings", async () => {
		const team = { name: "shop", namespaces: ["shop"], users: ["jane"], role: { mfa: true } };
		const { folder } = repository({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: [team] }) });
		const changed = { ...team, users: ["jane", "joe"], role: {} };
		temporaryProject({ "Pulumi.prod.yaml": stackFile({ cluster: "c", teams: [changed] }) }, folder);
		const { stdout, code } = await eksAccess(["diff", "--from", "main", "--format", "html", "--exit-code"], {
			cwd: folder,
		});
		assert.equal(code, 1);
		assert.match(stdout, /<h2>stack prod, cluster c<\/h2>/);
		assert.match(stdout, /<li>team shop needs no second factor any more: role\.mfa<\/li>/);
		assert.match(stdout, />gained<.*>user\/<wbr>joe</);
		assert.match(stdout, />teams\.shop\.role\.mfa<.*>true<.*>none</);
	});

	it("doctor shows a finding's text in Markdown and HTML as text", async () => {
		const input = "- rolearn: arn:aws:iam::111122223333:role/<script>x</script>@octocat|#1\n  username: a\n";
		const as = async (format: string) =>
			(await eksAccess(["doctor", "--file", "-", "--format", format], { input })).stdout;
		const markdown = await as("markdown");
		assert.match(markdown, /^## aws-auth\n\n\*\*error EKS\d{3}\*\* stdin:1:12/);
		for (const page of [await marked(markdown), await as("html")]) {
			assert.doesNotMatch(page, /<script>x|<img/);
			assert.match(page, /error EKS\d{3}/);
		}
	});

	it("verify --all-stacks has a section for each stack, those that cannot be checked too, and ends with the worst", async () => {
		const cwd = temporaryProject({
			"Pulumi.a.yaml": stackFile({ cluster: "c", users: ["jane"] }),
			"Pulumi.b.yaml": stackFile({ cluster: "c", namespaces: ["dev"], users: ["jane"] }),
		});
		const env = { AWS_EC2_METADATA_DISABLED: "true" };
		const json = await eksAccess(["verify", "--all-stacks", "--format", "json"], { cwd, env });
		const { asIntended, stacks } = JSON.parse(json.stdout);
		assert.deepEqual(
			[
				json.code,
				asIntended,
				stacks.map(({ stack, error }: { stack: string; error: { code: string } }) => [stack, error.code]),
			],
			[
				3,
				false,
				[
					["a", "config-invalid"],
					["b", "aws-credentials-invalid"],
				],
			],
		);
		const text = await eksAccess(["verify", "--all-stacks"], { cwd, env });
		assert.match(
			text.stdout,
			/^stack a\n\nNot checked: error config-invalid\n {2}The config of stack a .*\n[\s\S]*\nstack b\n\nNot checked: /,
		);
		const both = await eksAccess(["verify", "--all-stacks", "--context", "x"], { cwd });
		assert.match(both.stderr, /one cluster; --all-stacks excludes them/);
	});
});

describe("text of somebody else's in a report", () => {
	const reportOf = (text: string): Report => ({
		title: text,
		sections: [
			[{ heading: text }, { text, verdict: ["red", text] }, { items: [text] }],
			[{ commands: [text] }, { head: ["A", "B"], rows: [[text, text]] }],
		],
	});
	const texts = fc
		.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...HOSTILE_TEXT) }))
		.filter((text) => text.trim() !== "");

	it("never reaches a terminal with what cannot be seen", () => {
		fc.assert(
			fc.property(texts, (text) => {
				assert.doesNotMatch(
					reportText(reportOf(text), (_, each) => each),
					/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u,
				);
			}),
		);
	});

	it("is no markup in Markdown, and nobody is mentioned", () => {
		fc.assert(
			fc.property(texts, (text) => {
				const page = marked.parse(reportMarkdown(reportOf(text)), { gfm: true, async: false });
				const tags = new Set(page.match(/<[a-z][^>]*>/g));
				const ours = /^<(?:h2|h3|p|strong|ul|li|pre|code class="language-sh"|table|thead|tbody|tr|th|td)>$/;
				assert.deepEqual(
					[...tags].filter((tag) => !ours.test(tag)),
					[],
					page,
				);
				const read = page.replace(/<pre>.*?<\/pre>/gs, "").replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
				assert.doesNotMatch(read, /[@#]\w/);
			}),
		);
	});

	it("is no markup in HTML", () => {
		fc.assert(
			fc.property(texts, (text) => {
				const page = reportPage(reportOf(text));
				assert.equal(page.match(/<(?!wbr>)[a-z]/g)?.length, reportPage(reportOf("x")).match(/<[a-z]/g)?.length);
			}),
		);
	});
});
