import { readFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { main } from "@pulumi/pulumi/provider";
import { EksAccessProvider } from "./provider";

/**
 * Serves the components to the Pulumi engine.
 *
 * @param folder Where the package's schema.json is.
 * @param isClone Whether it is the source, as the engine clones it from a git address. The package then has the version of the tag or
 * commit that was asked for, which the engine fills in: programs ask for the plugin by that one.
 */
export function serve(folder: string, isClone = false): void {
	// Before Pulumi's own handler, which would show the stack trace of an error that is the user's to mend.
	process.on("unhandledRejection", (error) => {
		if (RunError.isInstance(error)) {
			error.stack = error.message;
		}
	});
	const text = readFileSync(path.join(folder, "schema.json"), "utf8");
	const { version, ...schema } = JSON.parse(text);
	main(new EksAccessProvider(isClone ? JSON.stringify(schema) : text, version), process.argv.slice(2));
}
