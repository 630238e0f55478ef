import { spawn } from "node:child_process";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { type InstallDependenciesRequest, InstallDependenciesResponse } from "@pulumi/pulumi/proto/language_pb";

/**
 * What the Pulumi CLI's language host does for a new project, for `pulumi install`, and for a plugin that the engine has cloned: it runs
 * `npm install` in its folder.
 */
export function installDependencies(
	call: ServerWritableStream<InstallDependenciesRequest, InstallDependenciesResponse>,
): void {
	const { request } = call;
	const cwd = request.getInfo()?.getProgramDirectory() || request.getDirectory();
	// The sandbox's proxy answers for AWS only.
	const env = { ...process.env, HTTPS_PROXY: undefined };
	const child = spawn("npm", ["install", "--loglevel=error"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
	const answer = (fill: (response: InstallDependenciesResponse) => void) => {
		const response = new InstallDependenciesResponse();
		fill(response);
		call.write(response);
	};
	child.stdout.on("data", (data: Buffer) => answer((response) => response.setStdout(data)));
	child.stderr.on("data", (data: Buffer) => answer((response) => response.setStderr(data)));
	child.on("error", (error) => call.destroy(error));
	child.on("close", (code) => (code === 0 ? call.end() : call.destroy(new Error(`npm install: exit status ${code}`))));
	call.on("cancelled", () => child.kill());
}
