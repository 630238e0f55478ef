import * as pulumi from "@pulumi/pulumi";
import { RELEASE_PROVIDER } from "../core/aws-auth/cleanup-bundle";

const DYNAMIC = "pulumi-nodejs:dynamic/aws-auth:Release";
const SERVED = "eks-access:index:AwsAuthRelease";

/** What the clean destroy's resource may be in a stack's state. */
export const RELEASE_TYPES: readonly string[] = [DYNAMIC, SERVED];

let areServed = false;

/**
 * To be called in the component provider's process alone, which serves the clean destroys of its programs itself, as resources of the
 * package `eks-access`: a program in another language has no Node.js packages around it in which a dynamic resource would find Pulumi's.
 *
 * @param are False where the component provider has ended within a process that goes on.
 */
export function serveReleases(are: boolean): void {
	areServed = are;
}

/**
 * The clean destroy: when this resource is deleted, exactly the entries of its `instance` are taken out of aws-auth, whether or
 * not the program runs. Its id goes into the ownership record, so that a newer holder of the same record keeps its entries.
 *
 * In a Node.js program it is a dynamic resource, whose code the stack's state holds. The code comes from a bundle instead of
 * `pulumi.dynamic.Resource`, which would serialise functions at every run, for a third of a preview's time.
 */
export class AwsAuthRelease extends pulumi.CustomResource {
	/** Names the ownership record; fixed when the resource is created. */
	declare readonly instance: pulumi.Output<string>;

	constructor(
		name: string,
		args: {
			instance: pulumi.Input<string>;
			kubeconfig: pulumi.Input<string>;
			/** UID of its namespace kube-system: with another kubeconfig for the same cluster, the resource stays. */
			cluster: pulumi.Input<string>;
		},
		opts: pulumi.CustomResourceOptions,
	) {
		const secret = { ...opts, additionalSecretOutputs: ["kubeconfig"] };
		if (areServed) {
			// Without a version of its own: the engine takes the plugin that the program's package is from.
			super(SERVED, name, { ...args }, secret);
		} else {
			// Its diff passes over a change of the code alone: a new version of this package replaces nothing.
			super(DYNAMIC, name, { ...args, __provider: RELEASE_PROVIDER }, secret);
		}
	}
}
