import * as pulumi from "@pulumi/pulumi";
import { RELEASE_PROVIDER } from "./aws-auth-release-bundle";

export const RELEASE_TYPE = "pulumi-nodejs:dynamic/aws-auth:Release";

/**
 * The clean destroy: when this resource is deleted, exactly the entries of its `instance` are taken out of aws-auth, whether or
 * not the program runs. Its id goes into the ownership record, so that a newer holder of the same record keeps its entries.
 *
 * It is a dynamic resource, whose code the stack's state holds. The code comes from a bundle instead of
 * `pulumi.dynamic.Resource`, which would serialise functions at every run, for a third of a preview's time.
 */
export class AwsAuthRelease extends pulumi.CustomResource {
	/** Names the ownership record; fixed when the resource is created. */
	declare readonly instance: pulumi.Output<string>;

	constructor(
		name: string,
		args: { instance: pulumi.Input<string>; kubeconfig: pulumi.Input<string> },
		opts: pulumi.CustomResourceOptions,
	) {
		super(
			RELEASE_TYPE,
			name,
			{ ...args, __provider: RELEASE_PROVIDER },
			// The code that a stack was made with stays with it: a new version of this package replaces nothing.
			{ ...opts, ignoreChanges: ["__provider"], additionalSecretOutputs: ["kubeconfig"] },
		);
	}
}
