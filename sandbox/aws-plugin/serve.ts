import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** Serves a plugin on a free port, as the engine expects it, until the engine is gone. */
export function serve(server: Server): void {
	server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
		if (error) throw error;
		// The engine reads the port from the first line.
		console.log(String(port));
	});
	// An engine that is killed ends no plugin.
	const engine = process.ppid;
	setInterval(() => {
		if (process.ppid !== engine) process.exit();
	}, 1000);
}
