import { isDeepStrictEqual } from "node:util";
import * as checking from "./check";
import { type Difference, difference, inFamiliarWords, inputsOf, planned } from "./difference";
import { functions } from "./functions";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { resourceTypes } from "./resource-types";
import * as settings from "./settings";

export type { Difference };

/** The engine wants at least the version that the program's SDK asks for; what follows a `+` does not count in that. */
export const version = `${require("@pulumi/aws/package.json").version}+sandbox`;

export function checkConfig(configuration: Properties): checking.Failure[] {
	return settings.unsupportedSettings(configuration).map((property) => ({
		property,
		reason: `the sandbox's aws plugin does not implement this provider setting. ${realPlugin}`,
	}));
}

export function diffConfig(old: Properties, wanted: Properties): Difference {
	const changed = Object.keys({ ...old, ...wanted }).filter(
		(key) => key !== "version" && !isDeepStrictEqual(old[key], wanted[key]),
	);
	return {
		changed,
		replaces: changed.filter((key) => key === "region"),
		deleteBeforeReplace: false,
	};
}

export const configure = settings.configure;

export async function invoke(token: string, args: Properties): Promise<Properties> {
	const call = functions[token];
	if (!call) throw new Error(notImplemented("function", token, functions));
	return call(args).catch((error: Error) => {
		// As the bridge of Terraform's providers wraps a function's errors (pulumi-terraform-bridge, pkg/tfbridge/provider.go, Invoke).
		throw new Error(`invoking ${token}: 1 error occurred:\n\t* ${describe(error)}\n\n`, { cause: error });
	});
}

export function check(urn: string, old: Properties, given: Properties, seed: Uint8Array) {
	return checking.check(typeOf(urn), nameOf(urn), old, given, seed);
}

export function diff(urn: string, state: Properties, inputs: Properties, ignored: readonly string[] = []): Difference {
	return difference(typeOf(urn), state, inputs, ignored);
}

export async function create(
	urn: string,
	inputs: Properties,
	preview: boolean,
): Promise<{ id: string; state: Properties }> {
	const type = typeOf(urn);
	if (preview) return { id: "", state: planned(type, undefined, inputs) };
	const id = await named(`creating ${type.title} (${inputs.name ?? nameOf(urn)})`, type.create(inputs));
	return { id, state: await stateOf(type, id, inputs) };
}

export async function read(
	urn: string,
	givenId: string,
	givenState: Properties,
	inputs: Properties,
): Promise<{ id: string; state: Properties; inputs: Properties } | undefined> {
	const type = typeOf(urn);
	const isImport = Object.keys(givenState).length === 0;
	const { id, state } = isImport ? imported(type, givenId) : { id: givenId, state: givenState };
	const found = await named(`reading ${type.title} (${id})`, type.read(id, state));
	if (!found) return undefined;
	return {
		id,
		state: inFamiliarWords(type, found, state),
		inputs: inputsOf(type, found, givenState, inputs),
	};
}

/** A resource of a region takes `@<region>` after its id (terraform-provider-aws, internal/provider/sdkv2/region.go, importRegion). */
function imported(type: ResourceType, importId: string): { id: string; state: Properties } {
	const [, id = importId, region] =
		("region" in type.inputs && /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/.exec(importId)) || [];
	const meant = type.imported?.(id) ?? { id, state: {} };
	return region ? { ...meant, state: { ...meant.state, region } } : meant;
}

export async function update(
	urn: string,
	id: string,
	state: Properties,
	inputs: Properties,
	preview: boolean,
	ignored: readonly string[] = [],
): Promise<Properties> {
	const type = typeOf(urn);
	const wanted = { ...inputs, ...Object.fromEntries(ignored.map((property) => [property, state[property]])) };
	if (preview) return planned(type, state, wanted);
	await named(`updating ${type.title} (${id})`, type.update?.(id, state, wanted));
	return stateOf(type, id, wanted);
}

export async function remove(urn: string, id: string, state: Properties): Promise<void> {
	const type = typeOf(urn);
	await named(`deleting ${type.title} (${id})`, type.delete(id, state));
}

async function stateOf(type: ResourceType, id: string, inputs: Properties): Promise<Properties> {
	const found = await named(`reading ${type.title} (${id})`, type.read(id, inputs));
	if (!found) throw new Error(`${type.title} (${id}) is gone already`);
	return inFamiliarWords(type, found, inputs);
}

function typeOf(urn: string): ResourceType {
	const token = urn.split("::")[2]?.split("$").pop() ?? "";
	const type = resourceTypes[token];
	if (!type) {
		throw new Error(notImplemented("resource type", token, resourceTypes));
	}
	return type;
}

/** Only the part behind the fourth `::` is the name, which may itself hold `::`. */
function nameOf(urn: string): string {
	return urn.split("::").slice(3).join("::");
}

const realPlugin = "The real plugin has everything: pulumi plugin install resource aws";

function notImplemented(what: string, token: string, known: Record<string, unknown>): string {
	return `the sandbox's aws plugin does not implement the ${what} ${token}; it has ${Object.keys(known).join(", ")}. ${realPlugin}`;
}

/** Says what failed, and AWS's own code of the error, which the SDK's messages leave out. */
async function named<T>(doing: string, work: T | Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw new Error(`${doing}: ${describe(error as Error)}`, { cause: error });
	}
}

function describe(error: Error & { Code?: string }): string {
	const { Code, name, message } = error;
	const code = Code ?? (name === "Error" ? undefined : name);
	return `${code ? `${code}: ` : ""}${message}`;
}
