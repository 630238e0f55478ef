import path from "node:path";
import { SandboxProject } from "./project";
import { terminalReport } from "./report";
import { startSandbox } from "./sandbox";
import { quietOutput } from "./story/quiet-output";
import { awsAuth, type Story, steps } from "./story/steps";
import { BrokenPromise, colour, terminalTeller } from "./story/teller";

/**
 * `npm start`: the article from step 1 to step 7 on one machine, and what it leaves unharmed. With `--verbose` all that the engine
 * prints.
 */
async function main(): Promise<number> {
	const since = Date.now();
	const teller = terminalTeller();
	const sandbox = await startSandbox({ report: terminalReport() });
	try {
		const project = await SandboxProject.open("prod", {
			directory: path.join(sandbox.directory, "project"),
			environment: sandbox.environment,
			onOutput: process.argv.includes("--verbose") ? teller.write : quietOutput(teller.write),
		});
		const story: Story = { sandbox, project, teller, before: await awsAuth({ sandbox }) };
		for (const [at, step] of steps.entries()) {
			teller.say(colour(["bold", "cyan"], `\n=== ${at + 1}/${steps.length} ${step.title}\n`));
			try {
				await Promise.race([step.run(story), sandbox.failed]);
			} catch (error) {
				teller.say(colour("red", `✗ ${error instanceof BrokenPromise ? error.message : (error as Error).stack}`));
				teller.say(summary(at, since));
				return 1;
			}
		}
		teller.say(summary(steps.length, since));
		return 0;
	} finally {
		await sandbox.stop();
	}
}

function summary(held: number, since: number): string {
	const lines = steps.map(({ title }, at) => {
		const mark = at < held ? colour("green", "✓") : at === held ? colour("red", "✗") : "·";
		return `${mark} ${title}`;
	});
	const seconds = Math.round((Date.now() - since) / 1000);
	const verdict =
		held === steps.length ? `All ${held} steps held` : `Step ${held + 1} of ${steps.length} did not hold; see above`;
	return `\n=== Summary\n${lines.join("\n")}\n${verdict} (${seconds} s).`;
}

main().then(
	(code) => process.exit(code),
	(error: Error) => {
		// The sandbox's own errors say what to do; a stack trace would hide it.
		process.stderr.write(`\n${error.message}\n`);
		process.exit(1);
	},
);
