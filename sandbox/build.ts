import type { Program } from "./parts";
import { terminalReport } from "./report";
import { ensureToolchain } from "./toolchain";

/** `npm run sandbox:build`: builds all that the sandbox lacks; of what is built on demand, the parts with these programs, or all of them. */
const programs = process.argv.slice(2) as Program[];

ensureToolchain({
	report: terminalReport(),
	demanded: ({ packages }) => programs.length === 0 || programs.some((program) => program in packages),
}).then(
	() => process.exit(0),
	(error: Error) => {
		process.stderr.write(`\n${error.message}\n`);
		process.exit(1);
	},
);
