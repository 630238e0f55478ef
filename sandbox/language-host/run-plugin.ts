import { spawn } from "node:child_process";
import path from "node:path";
import { type ServerWritableStream, status } from "@grpc/grpc-js";
import { type RunPluginRequest, RunPluginResponse } from "@pulumi/pulumi/proto/language_pb";
import { handOn } from "./hand-on";

/** What the SDK starts a plugin with, by its kind, and in which order. */
const KINDS: Record<string, { script: string; words: (directory: string, given: string[]) => string[] }> = {
	analyzer: { script: "@pulumi/pulumi/cmd/run-policy-pack", words: (directory, given) => [...given, directory] },
	resource: { script: "@pulumi/pulumi/cmd/run-plugin", words: (directory, given) => [directory, ...given] },
};

/**
 * What the Pulumi CLI's language host does to run a policy pack or a provider: it starts the SDK's own script for it, and hands on what
 * it prints, its port first. It ends when the engine ends the call.
 */
export function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
	const { request } = call;
	const kind = KINDS[request.getKind()];
	if (!kind) {
		const known = Object.keys(KINDS).join(" and ");
		const message = `the sandbox's language host runs plugins of the kinds ${known}, not of the kind ${request.getKind()}`;
		call.emit("error", { code: status.UNIMPLEMENTED, message });
		return;
	}
	const directory = request.getInfo()?.getProgramDirectory() || request.getPwd();
	const script = path.dirname(require.resolve(kind.script, { paths: [directory] }));
	const given = request
		.getEnvList()
		.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]);
	const child = spawn(process.execPath, [script, ...kind.words(directory, request.getArgsList())], {
		// A provider works where the program does: that is what relative paths are meant from.
		cwd: request.getKind() === "analyzer" ? directory : request.getPwd(),
		stdio: ["ignore", "pipe", "pipe"],
		env: given.length > 0 ? Object.fromEntries(given) : process.env,
	});
	handOn(child, call, RunPluginResponse);
	child.on("close", (code) => {
		const ended = new RunPluginResponse();
		ended.setExitcode(code ?? 1);
		call.end(ended);
	});
	const end = () => child.kill();
	call.on("cancelled", end);
	process.on("exit", end);
}
