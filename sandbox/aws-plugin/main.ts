import { Server } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { serve } from "./serve";
import { service } from "./service";

const server = new Server({
	// The engine sends whole stacks' properties in one message.
	"grpc.max_receive_message_length": 400 * 1024 * 1024,
});
server.addService(ResourceProviderService, service);
serve(server);
