import { readFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi/errors";
import { main } from "@pulumi/pulumi/provider";
import { EksAccessProvider } from "./provider";

/**
 * Serves the components to the Pulumi engine.
 *
 * @param folder Where the package's schema.json is.
 */
export function serve(folder: string): void {
	// Before Pulumi's own handler, which would show the stack trace of an error that is the user's to mend.
	process.on("unhandledRejection", (error) => {
		if (RunError.isInstance(error)) {
			error.stack = error.message;
		}
	});
	const schema = readFileSync(path.join(folder, "schema.json"), "utf8");
	main(new EksAccessProvider(schema), process.argv.slice(2));
}
