import { spawn } from "node:child_process";
import path from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";

/**
 * What the Pulumi CLI's language host does to run a policy pack: it starts the SDK's own `cmd/run-policy-pack` in the pack's folder,
 * and hands on what it prints, its port first. It ends when the engine ends the call.
 */
export function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
	const { request } = call;
	if (request.getKind() !== "analyzer") {
		call.destroy(
			new Error(`the sandbox's language host runs policy packs only, not plugins of the kind ${request.getKind()}`),
		);
		return;
	}
	const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
	const script = path.dirname(require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [directory] }));
	const given = request
		.getEnvList()
		.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]);
	const child = spawn(process.execPath, [script, ...request.getArgsList(), directory], {
		cwd: directory,
		stdio: ["ignore", "pipe", "pipe"],
		env: given.length > 0 ? Object.fromEntries(given) : process.env,
	});
	const answer = (fill: (response: RunPluginResponse) => void) => {
		const response = new RunPluginResponse();
		fill(response);
		call.write(response);
	};
	child.stdout.on("data", (data: Buffer) => answer((response) => response.setStdout(data)));
	child.stderr.on("data", (data: Buffer) => answer((response) => response.setStderr(data)));
	child.on("error", (error) => call.destroy(error));
	child.on("close", (code) => {
		answer((response) => response.setExitcode(code ?? 1));
		call.end();
	});
	const end = () => child.kill();
	call.on("cancelled", end);
	process.on("exit", end);
}
