import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { browserOr, HOSTILE, matrixHtml } from "./matrix-page";

describe("eks-access matrix --format html", function () {
	this.timeout(120_000);
	let html: string;
	let browser: Browser;

	before(async () => {
		html = await matrixHtml();
	});

	it("is one file that names nothing outside of it, and lets nothing run but its own script and style", () => {
		assert.match(html, /^<!doctype html>\n<html lang="en">/);
		assert.doesNotMatch(html, /\b(?:src|href|action|srcset|poster)=(?!x\+onerror)|@import|url\(|https?:/);
		const policy =
			/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll("&#39;", "'") ?? "";
		for (const tag of ["script", "style"]) {
			const text = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(html)?.[1] ?? "";
			const hash = createHash("sha256").update(text).digest("base64");
			assert.ok(policy.includes(`${tag}-src 'sha256-${hash}'`), `${policy} allows the ${tag}`);
		}
		assert.match(policy, /^default-src 'none';.*base-uri 'none'; form-action 'none'$/);
		assert.doesNotMatch(policy, /unsafe|\*/);
	});

	it("has every name as text: no tag, attribute or entity of theirs", () => {
		assert.equal(html.match(/<script/g)?.length, 1);
		assert.equal(html.match(/<img/g), null);
		assert.ok(html.includes("&#38;lt;b&#38;gt;&#38;#60;"));
	});

	it("the screenshot in docs/ is a picture of it", () => {
		const png = readFileSync(path.join(__dirname, "..", "..", "docs", "access-matrix.png"));
		assert.equal(png.subarray(1, 4).toString(), "PNG");
		assert.ok(png.readUInt32BE(16) >= 1000 && png.length < 500_000);
	});

	describe("in a real browser", () => {
		let page: Page;
		let requests: string[];
		let problems: string[];

		before(async function () {
			browser = await browserOr(() => this.skip());
		});

		after(() => browser?.close());

		beforeEach(async () => {
			page = await browser.newPage();
			[requests, problems] = [[], []];
			page.on("request", (request) => requests.push(request.url()));
			page.on("pageerror", (error) => problems.push(String(error)));
			page.on("console", (message) => problems.push(message.text()));
			await page.setViewport({ width: 1000, height: 800 });
			await page.setContent(html);
		});

		afterEach(() => page.close());

		it("runs nothing of the names, asks for nothing, and complains of nothing", async () => {
			assert.equal(await page.evaluate("window.hacked"), undefined);
			assert.equal((await page.$$("img, tbody script, tbody b")).length, 0);
			assert.deepEqual(
				requests.filter((url) => !/^(about|data):/.test(url)),
				[],
			);
			assert.deepEqual(problems, []);
			const shown = await page.$$eval(".level", (cells) => cells.map((cell) => cell.textContent));
			for (const name of HOSTILE) {
				assert.ok(shown.includes(`clusterRole/${name}`), `${name} is shown as it is: ${shown}`);
			}
		});

		it("would run nothing even of markup that got in", async () => {
			const markup =
				'<img src="x" onerror="window.hacked=1"><script>window.hacked=1</script><style>body{color:red}</style>';
			await page.setContent(html.replace("</main>", `${markup}</main>`));
			assert.equal(await page.evaluate("window.hacked"), undefined);
			assert.notEqual(await page.evaluate("getComputedStyle(document.body).color"), "rgb(255, 0, 0)");
			assert.ok(problems.some((problem) => /Content Security Policy/.test(problem)));
		});

		it("has a caption, scopes and labels, also where rows are cards", async () => {
			for (const width of [1000, 360]) {
				await page.setViewport({ width, height: 800 });
				const tree = JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }));
				const roles = ["table", "columnheader", "rowheader", "cell"].map((role) => `"role":"${role}"`);
				for (const what of [...roles, '"name":"Search"', "Who has which access where"]) {
					assert.ok(tree.includes(what), `${what} at ${width} px`);
				}
			}
		});

		it("is as wide as a phone, with everything on it, whatever the names", async () => {
			for (const width of [320, 360, 700, 1000]) {
				await page.setViewport({ width, height: 700 });
				const wide = (await page.evaluate("document.documentElement.scrollWidth")) as number;
				assert.ok(wide <= width, `${wide} of ${width} px`);
			}
			await page.setViewport({ width: 360, height: 700 });
			const cells = await page.$$eval("tbody th, tbody td:not(:empty), thead button", (all) =>
				all.map((cell) => [cell.getBoundingClientRect().right, cell.clientHeight, cell.scrollWidth - cell.clientWidth]),
			);
			for (const [right, height, over] of cells as [number, number, number][]) {
				assert.ok(right <= 360 && height > 0 && over <= 0, `${right} ${height} ${over}`);
			}
		});

		it("is dark where that is wanted, with text that can be read", async () => {
			const colours = () =>
				page.evaluate(
					"(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))",
				) as Promise<[string, string]>;
			const light = await colours();
			await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
			const dark = await colours();
			assert.notDeepEqual(light, dark);
			for (const [ink, paper] of [light, dark]) {
				assert.ok(contrast(ink, paper) > 7, `${ink} on ${paper}`);
			}
		});

		it("is a plain table without scripts", async () => {
			const plain = await browser.newPage();
			await plain.setJavaScriptEnabled(false);
			await plain.setContent(html);
			const text = await plain.$eval("tbody tr", (row) =>
				[...row.children].map(({ textContent }) => textContent).join(),
			);
			assert.match(text, /^arn:aws:iam::123456789012:role\//);
			assert.equal(await plain.$eval("#tools", (tools) => tools.checkVisibility()), false);
			assert.equal((await plain.$$("button")).length, 0);
			await plain.close();
		});
	});
});

/** WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
	const luminance = (colour: string) => {
		const [r, g, b] = (colour.match(/\d+/g) ?? []).map((each) => {
			const c = Number(each) / 255;
			return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
	};
	const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
	return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}
