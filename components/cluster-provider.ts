import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";

/** What {@link ClusterProvider} needs. */
export interface ClusterProviderArgs {
	/** The operator's kubeconfig, YAML or JSON. */
	kubeconfig: pulumi.Input<string>;
	/**
	 * Adopt objects that are there already instead of failing.
	 * @default false
	 */
	upsertExistingObjects?: boolean;
}

/**
 * A provider for the cluster. What the protocol of aws-auth rests on is said outright, since it would come from the environment
 * otherwise (`PULUMI_K8S_ENABLE_PATCH_FORCE`, …): a forced patch overwrites what somebody wrote meanwhile.
 */
export class ClusterProvider extends Provider {
	constructor(name: string, { kubeconfig, upsertExistingObjects }: ClusterProviderArgs, opts?: pulumi.ResourceOptions) {
		super(name, { kubeconfig, upsertExistingObjects, enableServerSideApply: true, enablePatchForce: false }, opts);
	}
}
