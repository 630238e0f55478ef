import { spawn } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { type InstallDependenciesRequest, InstallDependenciesResponse } from "@pulumi/pulumi/proto/language_pb";
import { handOn } from "./hand-on";

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
	handOn(child, call, InstallDependenciesResponse);
	child.on("close", (code) => {
		if (code === 0) call.end();
		else call.emit("error", { code: status.UNKNOWN, message: `npm install has ended with exit code ${code}` });
	});
	call.on("cancelled", () => child.kill());
}
