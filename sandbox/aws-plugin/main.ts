import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { service } from "./service";

const server = new Server({
	// The engine sends whole stacks' properties in one message.
	"grpc.max_receive_message_length": 400 * 1024 * 1024,
});
server.addService(ResourceProviderService, service);
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
