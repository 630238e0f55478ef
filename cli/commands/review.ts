import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { EXIT, Failure } from "../errors/failure";
import {
	type FormatOptions,
	formatOption,
	helpEnd,
	nonEmptyText,
	type ProjectOptions,
	projectOptions,
} from "../options";
import { textAs } from "../output/formats";
import { print } from "../output/terminal";
import { chooseStack, projectIn } from "../project/project";
import { stackNameOf } from "../project/stack-values";
import { clusterOptions } from "./verify";

interface Options extends ProjectOptions, FormatOptions {
	kubeconfig?: string;
	context?: string;
	since?: string;
	output?: string;
}

const EXAMPLES: [string, string][] = [
	["eks-access review --stack prod --format json -o 2026-07.json", "a record to keep"],
	["eks-access review --stack prod --since 2026-04.json --format html -o review.html", "a page to sign"],
];

export function registerReview(program: Command): void {
	const command = projectOptions(program.command("review"))
		.summary("write a dated record of who has which access where")
		.description(
			"Reads AWS and the live cluster as verify does, and writes down who has which access where, and what differs from the config. " +
				"With --since it also says what has changed since an earlier record. Changes nothing.",
		)
		.option("--since <file>", "an earlier record, written with --format json", nonEmptyText)
		.option("-o, --output <file>", "write to this file (default: stdout)", nonEmptyText);
	formatOption(clusterOptions(command))
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "access is exactly what the config lists"],
				[EXIT.found, "it is not; the record says what differs"],
				[EXIT.usage, "wrong usage, a config with errors, or a file that cannot be read or written"],
				[EXIT.unreachable, "the cluster or AWS does not answer, or rejects the credentials"],
			]),
		)
		.action(run);
}

async function run({ cwd, stack, format, since, output, ...cluster }: Options): Promise<void> {
	const { targetOf } = await import("../verify/target");
	const { verify } = await import("../verify");
	const { changesBetween, readRecord, recordOf } = await import("../review/record");
	const { reportOf } = await import("../review/report");
	const files = projectIn(cwd);
	const name = chooseStack(files, stack);
	const before = since === undefined ? undefined : readRecord(since, stackNameOf(files, name));
	const target = await targetOf(files, name, cluster);
	const now = recordOf(target, await verify(target), new Date());
	const record = before ? { ...now, since: changesBetween(before, now) } : now;
	const text = textAs(
		format,
		{ report: () => reportOf(record), json: () => record },
		output === undefined ? process.stdout : {},
	);
	if (output === undefined) {
		print(text);
	} else {
		try {
			writeFileSync(output, text.endsWith("\n") ? text : `${text}\n`);
		} catch (error) {
			throw new Failure("cli-file-not-written", `${output} cannot be written: ${(error as Error).message}`);
		}
	}
	process.exitCode = record.findings.length > 0 ? EXIT.found : EXIT.ok;
}
