import * as core from "@pulumi/kubernetes/core/v1";
import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { readAndClaim } from "./aws-auth-claim";
import { AWS_AUTH } from "./aws-auth-client";
import type { RoleMapping } from "./aws-auth-map";
import { identityOf, planFor, readAwsAuth } from "./aws-auth-preflight";
import { AwsAuthRelease } from "./aws-auth-release";

export interface AwsAuthArgs {
	/** The roles to let in, for example {@link TeamIdentity.roleMapping}; one that is made in this stack comes first. */
	roles: pulumi.Input<RoleMapping>[];
	/**
	 * The operator's kubeconfig, YAML or JSON; kept secret. aws-auth is read with it before anything is written, and the
	 * clean destroy reaches the cluster with it.
	 */
	kubeconfig: pulumi.Input<string>;
	/**
	 * Write to an aws-auth that another Pulumi program or Terraform manages.
	 * @default false: refused, with the ways out
	 */
	takeOver?: boolean;
	/**
	 * The provider that writes, from {@link clusterProvider}.
	 * @default one made from `kubeconfig`
	 */
	provider?: Provider;
}

/**
 * Entries in the ConfigMap aws-auth, put in and taken out without touching anybody else's:
 *
 * 1. The live ConfigMap is read, as late as possible: after the roles are made. Fields that others hold are claimed.
 * 2. {@link planFor} works out the new text and the ownership record.
 * 3. A ConfigMapPatch writes it, without force. It is retained on delete: the engine alone would delete the whole text.
 * 4. {@link AwsAuthRelease} takes the entries out when the component goes. It is made before they are written, so that
 *    none is ever there that nothing would take out.
 */
export class AwsAuth extends pulumi.ComponentResource {
	/** ARNs of the roles that this component lets in. */
	readonly roleArns: pulumi.Output<string[]>;

	constructor(name: string, args: AwsAuthArgs, opts?: pulumi.ComponentResourceOptions) {
		super("eks-access:index:AwsAuth", name, {}, opts);
		const here = { parent: this };
		const { takeOver } = args;
		const roles = pulumi.all(args.roles);
		const kubeconfig = pulumi.secret(args.kubeconfig);
		const provider = args.provider ?? clusterProvider(`${name}-cluster`, kubeconfig, here);

		const release = new AwsAuthRelease(`${name}-release`, { instance: identityOf(name).instance, kubeconfig }, here);
		const { instance } = release;
		const desire = (release: pulumi.Input<string>) =>
			pulumi.all([instance, roles, release]).apply(([known, mappings, id]) => ({
				stack: identityOf(name).stack,
				instance: known,
				release: id,
				roles: mappings,
				takeOver,
			}));
		const live = pulumi.runtime.isDryRun()
			? kubeconfig.apply(readAwsAuth)
			: pulumi.all([kubeconfig, desire(release.id)]).apply(([config, wanted]) => readAndClaim(config, wanted));
		// Nothing in aws-auth is secret, though a secret kubeconfig fetched it: a preview is to show it.
		const plan = (wanted: ReturnType<typeof desire>) =>
			pulumi.unsecret(pulumi.all([live, wanted]).apply(([found, known]) => planFor(found, known)));
		new core.ConfigMapPatch(
			name,
			{
				metadata: { ...AWS_AUTH, annotations: plan(desire(release.id)).annotations },
				// A first preview does not know the release's id, which only the record needs: it still shows the text.
				data: plan(desire("")).data,
			},
			{ ...here, provider, retainOnDelete: true, dependsOn: [release] },
		);
		this.roleArns = roles.apply((mappings) => mappings.map(({ roleArn }) => roleArn));
		this.registerOutputs({ roleArns: this.roleArns });
	}
}

/**
 * A provider for the cluster. What the protocol of aws-auth rests on is said outright, since the provider would take it
 * from the environment otherwise: a forced patch would overwrite what somebody wrote meanwhile.
 */
export function clusterProvider(
	name: string,
	kubeconfig: pulumi.Input<string>,
	opts: pulumi.ResourceOptions,
	args: ProviderArgs = {},
): Provider {
	return new Provider(name, { ...args, kubeconfig, enableServerSideApply: true, enablePatchForce: false }, opts);
}
