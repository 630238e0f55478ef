import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentError } from "./access-error";
import { readAndClaim } from "./aws-auth-claim";
import { AWS_AUTH } from "./aws-auth-client";
import type { RoleMapping, UserMapping } from "./aws-auth-map";
import { planAwsAuth } from "./aws-auth-plan";
import { identityOf, readAwsAuth, refuseForcedPatches } from "./aws-auth-preflight";
import { FORCE } from "./aws-auth-record";
import { AwsAuthRelease } from "./aws-auth-release";
import { ClusterProvider } from "./cluster-provider";
import { whenUnderWay } from "./under-way";

/** What {@link AwsAuth} needs. */
export interface AwsAuthArgs {
	/** The roles to let in, for example {@link TeamIdentity.roleMapping}; one that is made in this stack comes first. */
	roles: pulumi.Input<RoleMapping>[];
	/**
	 * IAM users to let in as themselves.
	 * @default none
	 */
	users?: pulumi.Input<UserMapping>[];
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
	 * Take over entries for these roles that somebody else has written.
	 * @default false: refused, with the line
	 */
	adoptExisting?: boolean;
	/**
	 * The provider that writes. One of another kind is refused: it could force its writes, or render them to a file.
	 * @default one made from `kubeconfig`
	 */
	provider?: ClusterProvider;
}

/**
 * Entries in the ConfigMap aws-auth, put in and taken out without touching anybody else's:
 *
 * 1. The live ConfigMap is read, as late as possible: after the roles are made. Fields that others hold are claimed.
 * 2. The new text and the ownership record are worked out.
 * 3. A ConfigMapPatch writes it, without force. It is retained on delete: the engine alone would delete the whole text.
 * 4. A resource of its own takes the entries out when the component goes. It is made before they are written, so that
 *    none is ever there that nothing would take out.
 */
export class AwsAuth extends pulumi.ComponentResource {
	/** ARNs of the roles that this component lets in. */
	readonly roleArns: pulumi.Output<string[]>;
	/** ARNs of the users that this component lets in. */
	readonly userArns: pulumi.Output<string[]>;

	constructor(name: string, args: AwsAuthArgs, opts?: pulumi.ComponentResourceOptions) {
		if (args.provider && !(args.provider instanceof ClusterProvider)) {
			throw new ArgumentError(
				"provider-refused",
				"provider",
				"found a provider of another kind, which may force its writes or render them to a file; allowed is a " +
					"ClusterProvider, or none: then one is made from kubeconfig",
			);
		}
		refuseForcedPatches();
		super("eks-access:index:AwsAuth", name, {}, opts);
		const here = { parent: this };
		const { takeOver, adoptExisting } = args;
		const mappings = pulumi.all([pulumi.all(args.roles), pulumi.all(args.users ?? [])]);
		const kubeconfig = pulumi.secret(args.kubeconfig);
		const provider = args.provider ?? new ClusterProvider(`${name}-cluster`, { kubeconfig }, here);

		const release = new AwsAuthRelease(`${name}-release`, { instance: identityOf(name).instance, kubeconfig }, here);
		const { instance } = release;
		const desire = (release: pulumi.Input<string>) =>
			pulumi.all([instance, mappings, release]).apply(([known, [roles, users], id]) => ({
				stack: identityOf(name).stack,
				instance: known,
				release: id,
				roles,
				users,
				takeOver,
				adoptExisting,
			}));
		const live = pulumi.runtime.isDryRun()
			? pulumi.all([kubeconfig, whenUnderWay(this)]).apply(([config]) => readAwsAuth(config))
			: pulumi.all([kubeconfig, desire(release.id)]).apply(([config, wanted]) => readAndClaim(config, wanted));
		// Nothing in aws-auth is secret, though a secret kubeconfig fetched it: a preview is to show it.
		const plan = (wanted: ReturnType<typeof desire>) =>
			pulumi.unsecret(pulumi.all([live, wanted]).apply(([found, known]) => asShown(planAwsAuth(found, known))));
		new core.ConfigMapPatch(
			name,
			{
				metadata: { ...AWS_AUTH, annotations: plan(desire(release.id)).annotations },
				// A first preview does not know the release's id, which only the record needs: it still shows the text.
				data: plan(desire("")).data,
			},
			{ ...here, provider, retainOnDelete: true, dependsOn: [release] },
		);
		this.roleArns = mappings.apply(([roles]) => roles.map(({ roleArn }) => roleArn));
		this.userArns = mappings.apply(([, users]) => users.map(({ userArn }) => userArn));
		this.registerOutputs({ roleArns: this.roleArns, userArns: this.userArns });
	}
}

/** A preview cannot claim what an up would claim before it writes: its dry run passes over who holds it, and writes nothing. */
function asShown({ data, annotations, claims }: ReturnType<typeof planAwsAuth>) {
	const isClaimedLater = claims !== undefined && pulumi.runtime.isDryRun();
	return { data, annotations: isClaimedLater ? { ...annotations, [FORCE]: "true" } : annotations };
}
