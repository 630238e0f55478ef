import path from "node:path";
import { SandboxProject } from "../../sandbox/project";
import { terminalReport } from "../../sandbox/report";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox";

let starting: Promise<Sandbox> | undefined;
let opened = 0;

/** One sandbox for all end-to-end tests of a run; it ends with the run. */
export function sharedSandbox(): Promise<Sandbox> {
	starting ??= startSandbox({ report: terminalReport() });
	return starting;
}

/** The project with a stack of its own. */
export function openProject(
	sandbox: Sandbox,
	onOutput: (text: string) => void,
	options: { program?: Parameters<typeof SandboxProject.open>[1]["program"]; stack?: string } = {},
): Promise<SandboxProject> {
	const directory = path.join(sandbox.directory, `project-${++opened}`);
	const { environment } = sandbox;
	return SandboxProject.open(options.stack ?? "prod", { directory, environment, onOutput, program: options.program });
}

after(async function () {
	this.timeout("1m");
	await (await starting?.catch(() => undefined))?.stop();
});
