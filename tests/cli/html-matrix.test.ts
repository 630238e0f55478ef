import assert from "node:assert/strict";
import type { Browser, Page } from "puppeteer-core";
import { browserOr, matrixHtml } from "./matrix-page";

describe("the matrix as a page, in a real browser", function () {
	this.timeout(120_000);
	let html: string;
	let browser: Browser;
	let page: Page;

	before(async function () {
		html = await matrixHtml();
		browser = await browserOr(() => this.skip());
	});

	after(() => browser?.close());

	beforeEach(async () => {
		page = await browser.newPage();
		await page.setViewport({ width: 1000, height: 800 });
		await page.setContent(html);
	});

	afterEach(() => page?.close());

	const column = (number: number) =>
		page.$$eval(`tbody tr:not([hidden]) > :nth-child(${number})`, (cells) =>
			cells.map((cell) => cell.textContent ?? ""),
		);

	it("sorts by every column, both ways, and says so to who cannot see it", async () => {
		const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
		const names = ["Who", "Team", "the whole cluster", "n".repeat(63), "pay", "shop", "dev"];
		assert.deepEqual(await page.$$eval("thead button", (buttons) => buttons.map((each) => each.textContent)), names);
		for (const [at, name] of names.entries()) {
			const head = await page.$(`thead tr:last-child th:nth-child(${at + 1}) button`);
			assert.equal(await head?.evaluate((button) => button.textContent), name);
			await head?.click();
			const up = await column(at + 1);
			assert.deepEqual(up, [...up].sort(collator.compare), `${name} ascending`);
			assert.equal(await page.$eval("[aria-sort]", (th) => th.textContent), name);
			assert.equal(await page.$eval("[aria-sort]", (th) => th.getAttribute("aria-sort")), "ascending");
			await head?.click();
			const down = await column(at + 1);
			assert.deepEqual([...down].sort(), [...up].sort(), "the same rows");
			assert.deepEqual(
				down,
				[...down].sort((a, b) => collator.compare(b, a)),
				`${name} descending`,
			);
			assert.equal((await page.$$("[aria-sort]")).length, 1);
		}
	});

	it("sorts with the keyboard alone", async () => {
		await page.focus("#search");
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		assert.equal(await page.$eval("tr:last-child th", (th) => th.getAttribute("aria-sort")), "ascending");
	});

	it("searches as one types, for all words, and says how many rows there are", async () => {
		const count = () => page.$eval("#count", (output) => output.textContent ?? "");
		await page.type("#search", "ANN view pay");
		assert.deepEqual(await column(1), ["user/ann"]);
		assert.match(await count(), /^1 of \d+ rows$/);
		await page.type("#search", " nonsense");
		assert.deepEqual(await column(1), []);
		assert.equal(await count(), "no match");
		await page.click("#search", { count: 3 });
		await page.keyboard.press("Backspace");
		assert.equal((await column(1)).length, 5);
	});

	it("has a column for each place of each cluster, coloured by level, with dangers and ends marked", async () => {
		assert.deepEqual(await page.$$eval(".groups th", (heads) => heads.map(({ textContent }) => textContent)), [
			...["a, prod-eks-cluster", "b, dev"],
		]);
		const rows = await page.$$eval("tbody tr", (all) =>
			all.map((row) => [...row.children].map(({ textContent }) => textContent ?? "")),
		);
		const rowOf = (who: string) => rows.find(([name]) => name === who);
		assert.deepEqual(rowOf("user/jane"), ["user/jane", "shop, k8s-devs", "", "", "view", "full", "full"]);
		const [view, full] = ["view ended 2020-12-31", "full ended 2020-12-31"];
		assert.deepEqual(rowOf("user/ann"), ["user/ann", "shop, ops !", "admin", "", view, full, ""]);
		assert.deepEqual(rowOf("user/eve")?.slice(4, 6), ["view until 2999-12-31", "full until 2999-12-31"]);
		assert.match(
			await page.$eval("main ul", (list) => list.textContent ?? ""),
			/team ops administers the whole cluster/,
		);
		const background = "(each) => each.textContent + getComputedStyle(each).backgroundColor";
		const colours = (await page.evaluate(`[...document.querySelectorAll(".level")].map(${background})`)) as string[];
		assert.ok(new Set(colours).size >= 4, "one each, and those that have ended");
		assert.match(
			await page.$eval("header p", ({ textContent }) => textContent ?? ""),
			/^Stacks a, b, from .* \d{4}-\d\d-\d\dT\d\d:\d\dZ\.$/,
		);
	});

	it("is printed with its colours and without the search", async () => {
		await page.emulateMediaType("print");
		assert.equal(await page.$eval("#tools", (tools) => tools.checkVisibility()), false);
		assert.equal(await page.evaluate('getComputedStyle(document.querySelector(".level")).printColorAdjust'), "exact");
	});

	it("breaks ARNs behind their slashes and colons", async () => {
		assert.ok((await page.$$("tbody th wbr")).length > 20);
		assert.match(
			await page.$eval("tbody", ({ innerHTML }) => innerHTML),
			/arn:<wbr>aws:<wbr>iam::<wbr>\d{12}:<wbr>role\/<wbr>/,
		);
	});
});
