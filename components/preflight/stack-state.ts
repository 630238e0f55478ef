import * as pulumi from "@pulumi/pulumi";

interface LastResource {
	type: string;
	outputs: Record<string, unknown>;
}

/** The stack that is running: `<organization>/<project>/<stack>`. */
export function currentStack(): string {
	return [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
}

/** One look-up a run: with the Automation API one process runs many, each with a monitor of its own. */
const lookUps = new WeakMap<object, Promise<Record<string, LastResource>>>();

/**
 * The resources of this stack as its last update left them, by URN. The engine reads its own state for it; nothing is registered.
 * Empty before the first update.
 */
export function lastResources(): Promise<Record<string, LastResource>> {
	const run = pulumi.runtime.getMonitor() as object;
	const found = lookUps.get(run) ?? lookUp();
	lookUps.set(run, found);
	return found;
}

/** What a resource of this stack had for outputs after the last update; undefined where it was not there. */
export async function lastOutputsOf(urn: string): Promise<Record<string, unknown> | undefined> {
	return (await lastResources())[urn]?.outputs;
}

/** What the resources of a type had for outputs after the last update. */
export async function lastOutputsOfType(type: string): Promise<Record<string, unknown>[]> {
	return Object.values(await lastResources())
		.filter((resource) => resource.type === type)
		.map(({ outputs }) => outputs);
}

async function lookUp(): Promise<Record<string, LastResource>> {
	const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
		stackName: currentStack(),
	});
	return (outputs ?? {}) as Record<string, LastResource>;
}
