import type { ComponentResourceOptions, Inputs } from "@pulumi/pulumi";
import type * as protocol from "@pulumi/pulumi/provider";

const COMPONENT = "eks-access:index:EksAccess";

/**
 * What the engine asks of the package: its schema, its component, and the clean destroys, which are custom resources here. What does the
 * work is loaded where it is used: a schema is often all that is asked for.
 */
export class EksAccessProvider implements protocol.Provider {
	constructor(
		readonly schema: string,
		readonly version: string,
	) {}

	async construct(
		name: string,
		type: string,
		inputs: Inputs,
		options: ComponentResourceOptions,
	): Promise<protocol.ConstructResult> {
		if (type !== COMPONENT) {
			throw new Error(`found the resource type ${type}; this package has ${COMPONENT} alone`);
		}
		const { construct } = await import("./construct");
		return construct(name, inputs, options);
	}

	async diff(id: string, _urn: string, olds: object, news: object): Promise<protocol.DiffResult> {
		const release = await import("./release");
		return release.diff(id, olds, news);
	}

	async create(_urn: string, inputs: object): Promise<protocol.CreateResult> {
		const release = await import("./release");
		return release.create(inputs);
	}

	async update(_id: string, _urn: string, olds: object, news: object): Promise<protocol.UpdateResult> {
		const release = await import("./release");
		return release.update(olds, news);
	}

	async delete(id: string, _urn: string, state: object): Promise<void> {
		const release = await import("./release");
		await release.remove(id, state);
	}
}
