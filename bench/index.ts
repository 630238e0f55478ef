import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Figure, markdownTable } from "./figures";
import { benchImport } from "./import";
import { benchMerge } from "./merge";
import { benchPreviews } from "./preview";
import { benchSandbox } from "./sandbox";

const README = path.resolve(__dirname, "..", "README.md");

/** Prints the table; `--write` puts it into README.md too. */
async function bench(write: boolean): Promise<void> {
	const figures: Figure[] = [];
	for (const part of [benchImport, benchPreviews, benchSandbox, async () => benchMerge()]) {
		figures.push(...(await part()));
	}
	const table = markdownTable(figures);
	console.log(table);
	if (write) {
		const text = readFileSync(README, "utf8");
		const place = /(<!-- bench: begin -->\n)[\s\S]*(<!-- bench: end -->)/;
		writeFileSync(
			README,
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
