import { type handleUnaryCall, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Properties, withoutAbsent } from "./properties";
import * as provider from "./provider";

/**
 * The engine's provider protocol. `main` of @pulumi/pulumi/provider serves it too, but without previews: with it every
 * output of a resource that changes is unknown until the update, and what depends on them shows replacements.
 */
export const service: UntypedServiceImplementation = {
	getPluginInfo: unary(async () => {
		const info = new plugin.PluginInfo();
		info.setVersion(provider.version);
		return info;
	}),
	getSchema: unary(async () => {
		const response = new proto.GetSchemaResponse();
		response.setSchema(JSON.stringify({ name: "aws", version: provider.version }));
		return response;
	}),
	checkConfig: unary(async (request: proto.CheckRequest) => {
		const inputs = properties(request.getNews());
		return checked(inputs, provider.checkConfig(inputs));
	}),
	diffConfig: unary(async (request: proto.DiffRequest) =>
		different(provider.diffConfig(properties(request.getOldInputs()), properties(request.getNews()))),
	),
	configure: unary(async (request: proto.ConfigureRequest) => {
		provider.configure(properties(request.getArgs()));
		const response = new proto.ConfigureResponse();
		response.setSupportspreview(true);
		return response;
	}),
	invoke: unary(async (request: proto.InvokeRequest) => {
		const response = new proto.InvokeResponse();
		response.setReturn(struct(await provider.invoke(request.getTok(), properties(request.getArgs()))));
		return response;
	}),
	check: unary(async (request: proto.CheckRequest) => {
		const { inputs, failures } = provider.check(
			request.getUrn(),
			properties(request.getOlds()),
			properties(request.getNews()),
			request.getRandomseed_asU8(),
		);
		return checked(inputs, failures);
	}),
	diff: unary(async (request: proto.DiffRequest) =>
		different(
			provider.diff(
				request.getUrn(),
				properties(request.getOlds()),
				properties(request.getNews()),
				request.getIgnorechangesList(),
			),
		),
	),
	create: unary(async (request: proto.CreateRequest) => {
		const { id, state } = await provider.create(
			request.getUrn(),
			properties(request.getProperties()),
			request.getPreview(),
		);
		const response = new proto.CreateResponse();
		response.setId(id);
		response.setProperties(struct(state));
		return response;
	}),
	read: unary(async (request: proto.ReadRequest) => {
		const found = await provider.read(
			request.getUrn(),
			request.getId(),
			properties(request.getProperties()),
			properties(request.getInputs()),
		);
		const response = new proto.ReadResponse();
		// An empty id says that it is gone.
		if (found) {
			response.setId(found.id);
			response.setProperties(struct(found.state));
			response.setInputs(struct(found.inputs));
		}
		return response;
	}),
	update: unary(async (request: proto.UpdateRequest) => {
		const state = await provider.update(
			request.getUrn(),
			request.getId(),
			properties(request.getOlds()),
			properties(request.getNews()),
			request.getPreview(),
			request.getIgnorechangesList(),
		);
		const response = new proto.UpdateResponse();
		response.setProperties(struct(state));
		return response;
	}),
	delete: unary(async (request: proto.DeleteRequest) => {
		await provider.remove(request.getUrn(), request.getId(), properties(request.getProperties()));
		return new Empty();
	}),
	attach: unary(async () => new Empty()),
	cancel: unary(async () => new Empty()),
};

function unary<Request, Response>(handle: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
	return (call, done) => {
		handle(call.request).then(
			(response) => done(null, response),
			(error: Error) => done({ code: status.UNKNOWN, details: error.message }, null),
		);
	};
}

function checked(inputs: Properties, failures: readonly { property: string; reason: string }[]): proto.CheckResponse {
	const response = new proto.CheckResponse();
	response.setInputs(struct(inputs));
	response.setFailuresList(
		failures.map(({ property, reason }) => {
			const failure = new proto.CheckFailure();
			failure.setProperty(property);
			failure.setReason(reason);
			return failure;
		}),
	);
	return response;
}

/** No detailed difference: the engine then works one out from the inputs, down to the single tag and statement. */
function different(difference: provider.Difference): proto.DiffResponse {
	const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
	const response = new proto.DiffResponse();
	response.setChanges(difference.changed.length ? DIFF_SOME : DIFF_NONE);
	response.setDiffsList(difference.changed);
	response.setReplacesList(difference.replaces);
	response.setDeletebeforereplace(difference.deleteBeforeReplace);
	return response;
}

function properties(value?: Struct): Properties {
	return (value?.toJavaScript() ?? {}) as Properties;
}

function struct(value: Properties): Struct {
	return Struct.fromJavaScript(withoutAbsent(value) as never);
}
