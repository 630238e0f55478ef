import { constants } from "node:os";
import { spawnOnTerminal } from "./processes";
import { terminalReport } from "./report";
import { type Sandbox, startSandbox } from "./sandbox";

/** `npm run sandbox -- <command>`: any command as the operator of the sandbox's cluster; without one, a shell. */
async function main(command: string[]): Promise<number> {
	const report = terminalReport();
	const sandbox = await startSandbox({ report });
	try {
		if (command.length > 0) return await Promise.race([run(sandbox, command), sandbox.failed]);
		report.note(`A shell as the operator of ${sandbox.clusterName}. The sandbox ends with it.`);
		sandbox.failed.catch((error: Error) => report.note(error.message));
		return await run(sandbox, [process.env.SHELL || "/bin/sh"]);
	} finally {
		await sandbox.stop();
	}
}

function run(sandbox: Sandbox, [program = "", ...args]: string[]): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawnOnTerminal(program, args, sandbox.environment);
		child.once("error", (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
		child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
	});
}

main(process.argv.slice(2)).then(
	(code) => process.exit(code),
	(error: Error) => {
		process.stderr.write(`\n${error.message}\n`);
		process.exit(1);
	},
);
