import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { programOf } from "../../cli";
import { readEntries } from "../../core/aws-auth/map";
import { configSchema } from "../../core/config/config-schema";
import { type Block, commandsOf, isShell, ROOT, readPages } from "./pages";

const pages = readPages();
const shell = pages.flatMap(({ blocks }) => blocks).filter(isShell);
/** Also within text, and in blocks that are not run. */
const lines = [...pages.flatMap(({ codes }) => codes), ...shell.flatMap(({ text }) => text.split("\n"))];

describe("the commands of the documentation", () => {
	it("names npm scripts and test files that are there", () => {
		const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { scripts: object };
		const found = (pattern: RegExp) =>
			lines.flatMap((text) => [...text.matchAll(pattern)].map(([, name = ""]) => name));
		const named = found(/npm run ([\w-]+)/g);
		assert.ok(named.length > 0);
		for (const name of named) assert.ok(name in scripts, `npm run ${name}`);
		for (const file of found(/npx mocha (\S+)/g)) assert.ok(existsSync(path.join(ROOT, file)), file);
	});

	it("names commands and options of eks-access, and config keys, that are there", () => {
		const program = programOf();
		let count = 0;
		for (const line of lines) {
			for (const [, name = "", options = ""] of line.matchAll(/(?:^|[ /])eks-access ([a-z-]+)([^|;>#]*)/g)) {
				const command = program.commands.find((each) => each.name() === name) ?? assert.fail(`${line}: ${name}`);
				const known = command.options.flatMap(({ long, short }) => [long, short]);
				for (const [option] of options.matchAll(/(?<=\s)--?[a-z-]+/g))
					assert.ok(known.includes(option), `${line}: ${option}`);
				count++;
			}
			for (const [, key = ""] of line.matchAll(/pulumi config (?:set|get|rm) (?:--\S+ )*'?(\w+)\b(?!:)/g)) {
				assert.ok(key in configSchema.shape, `${line}: ${key}`);
				count++;
			}
		}
		assert.ok(count > 50, `${count}`);
	});

	it("shows the refusal of a broken aws-auth in README.md in the program's own words", () => {
		const text = "- rolearn: a\n  username: b\n  groups:\n  - c\n  - d\n- rolearn: e\n  username: {{SessionName}}\n";
		const [shown] = /error: aws-auth:.*/.exec(readFileSync(path.join(ROOT, "README.md"), "utf8")) ?? [];
		assert.throws(() => readEntries(text, "mapRoles"), { message: shown?.replace("error: ", "") });
	});

	it("gives the reason for each block whose commands do not run, and has more that do", () => {
		const notRun = shell.filter((block) => block.notRun !== undefined);
		for (const { where, notRun: reason } of notRun) {
			assert.match(reason as string, /^\S.{5,}/, `${where}: say what it needs`);
		}
		const count = (some: Block[]) => some.reduce((sum, block) => sum + commandsOf(block).length, 0);
		console.log(`      ${count(shell)} commands; not run: ${count(notRun)}`);
		for (const { where, notRun: reason } of notRun) console.log(`        ${where}: ${reason}`);
		assert.ok(count(shell) > 3 * count(notRun));
	});
});
