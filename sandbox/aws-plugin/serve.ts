import { type Server, ServerCredentials } from "@grpc/grpc-js";

/** Serves a plugin on a free port, as the engine expects it, until the engine is gone: the launcher says in ENGINE_PID who that is. */
export function serve(server: Server): void {
	server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
		if (error) throw error;
		// The engine reads the port from the first line.
		console.log(String(port));
	});
	// An engine that is killed, or has a config that it cannot read, ends no plugin.
	setInterval(() => {
		if (process.ppid !== Number(process.env.ENGINE_PID)) process.exit();
	}, 1000);
}
