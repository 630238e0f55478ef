import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { identityFor, onceKnown } from "./preflight/cluster-identity";

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
	/**
	 * UID of the namespace kube-system: which cluster it is, however it is reached. Another address, certificate or user of the same
	 * cluster changes this provider in place, and replaces nothing that it has made. Rejects where it cannot be read.
	 */
	readonly clusterIdentifier: pulumi.Output<string>;

	constructor(name: string, { kubeconfig, upsertExistingObjects }: ClusterProviderArgs, opts?: pulumi.ResourceOptions) {
		const clusterIdentifier = pulumi.unsecret(pulumi.output(kubeconfig).apply((known) => identityFor(name, known)));
		const settings = { upsertExistingObjects, enableServerSideApply: true, enablePatchForce: false };
		const whenKnown = { dependsOn: onceKnown(clusterIdentifier) };
		super(name, { kubeconfig, clusterIdentifier, ...settings }, pulumi.mergeOptions(opts, whenKnown));
		// The SDK's own output would never settle where this one rejects.
		this.clusterIdentifier = clusterIdentifier;
	}
}
