import { runtime } from "@pulumi/pulumi";
import type * as protocol from "@pulumi/pulumi/provider";
import { handler } from "../core/aws-auth/cleanup-handler";

/** The clean destroys as custom resources of this package, done by the code that dynamic resources of a Node.js program carry with them. */
const code = handler();

type State = Parameters<(typeof code)["delete"]>[1];

export async function create(inputs: object): Promise<protocol.CreateResult> {
	return code.create(inputs as State);
}

export async function diff(id: string, olds: object, news: object): Promise<protocol.DiffResult> {
	const [from, to] = [plain(olds), plain(news)];
	// The kubeconfig of a cluster that this very update makes: which one it is shows then.
	return to.kubeconfig === undefined ? { changes: true } : code.diff(id, from, to);
}

/** Values go back as they came, so that what was secret stays secret. */
export async function update(olds: object, news: object): Promise<protocol.UpdateResult> {
	return { outs: { ...news, instance: plain(olds).instance } };
}

export async function remove(id: string, state: object): Promise<void> {
	await code.delete(id, plain(state));
}

/** Properties as the protocol has them, without the wrapping of secrets; what is unknown is undefined. */
function plain(properties: object): State {
	const entries = Object.entries(properties).map(([key, value]) => [
		key,
		isUnknown(value) ? undefined : runtime.unwrapRpcSecret(runtime.deserializeProperty(value)),
	]);
	return Object.fromEntries(entries);
}

/** Also where it is a secret. */
function isUnknown(value: unknown): boolean {
	return JSON.stringify(value).includes(runtime.unknownValue);
}
