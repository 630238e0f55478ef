import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Figure, markdownTable } from "./figures";
import { benchImport } from "./import";
import { benchMerge } from "./merge";
import { benchBindings, benchLarge, benchSmall } from "./preview";
import { benchSandbox } from "./sandbox";

const PAGE = path.resolve(__dirname, "..", "docs", "explanation", "speed.md");

/** Prints each figure when it is there, and the table in the end; `--write` puts it into docs/explanation/speed.md too. */
async function bench(write: boolean): Promise<void> {
	const figures: Figure[] = [];
	for (const part of [benchImport, benchSmall, benchLarge, benchBindings, benchSandbox, async () => benchMerge()]) {
		const some = await part();
		for (const { what, ours, other, ratio } of some) {
			console.log([what, ours, other, ratio?.toFixed(2)].filter(Boolean).join("; "));
		}
		figures.push(...some);
	}
	const table = markdownTable(figures);
	console.log(table);
	if (write) {
		const text = readFileSync(PAGE, "utf8");
		const place = /(<!-- bench: begin -->\n)[\s\S]*(<!-- bench: end -->)/;
		writeFileSync(
			PAGE,
			text.replace(place, (_, begin, end) => `${begin}${table}\n${end}`),
		);
	}
}

bench(process.argv.includes("--write")).then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
