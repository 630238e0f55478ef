import path from "node:path";
import { SandboxProject } from "../../sandbox/project";
import { terminalReport } from "../../sandbox/report";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox";
import { atEnd } from "../support/endings";

let starting: Promise<Sandbox> | undefined;
let opened = 0;

/** The sandbox of this file's tests; without `--parallel`, of all files. */
export function sharedSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
	if (!starting) {
		const started = startSandbox({ report: terminalReport(), ...options });
		starting = started;
		atEnd(async () => {
			starting = undefined;
			await (await started.catch(() => undefined))?.stop();
		});
	}
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
