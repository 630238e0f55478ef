import type { ChildProcess } from "node:child_process";
import { type ServerWritableStream, status } from "@grpc/grpc-js";

interface Output {
	setStdout(data: Uint8Array): unknown;
	setStderr(data: Uint8Array): unknown;
}

/** Hands on to the engine what a command prints, and the error where it cannot be started. */
export function handOn<T extends Output>(
	child: ChildProcess,
	call: ServerWritableStream<unknown, T>,
	Response: new () => T,
): void {
	const answer = (fill: (response: T) => unknown) => {
		const response = new Response();
		fill(response);
		call.write(response);
	};
	child.stdout?.on("data", (data: Buffer) => answer((response) => response.setStdout(data)));
	child.stderr?.on("data", (data: Buffer) => answer((response) => response.setStderr(data)));
	child.on("error", ({ message }) => call.emit("error", { code: status.UNKNOWN, message }));
}
