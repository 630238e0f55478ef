import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
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
	const child = spawn("npm", ["install", "--loglevel=error"], { cwd, stdio: ["ignore", "pipe", "pipe"] });
	const fail = (message: string) => call.emit("error", { code: status.UNKNOWN, message });
	const answer = (fill: (response: InstallDependenciesResponse) => void) => {
		const response = new InstallDependenciesResponse();
		fill(response);
		call.write(response);
	};
	child.stdout.on("data", (data: Buffer) => answer((response) => response.setStdout(data)));
	child.stderr.on("data", (data: Buffer) => answer((response) => response.setStderr(data)));
	child.on("error", ({ message }) => fail(message));
	child.on("close", (code) => (code === 0 ? call.end() : fail(`npm install has ended with exit code ${code}`)));
	call.on("cancelled", () => child.kill());
}
