import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { RoleMapping, UserMapping } from "../core/aws-auth/map";
import { FORCE } from "../core/aws-auth/ownership-record";
import { planAwsAuth } from "../core/aws-auth/plan";
import { AccessError, ArgumentError } from "../core/errors/access-error";
import { AWS_AUTH } from "../core/kubernetes/connection";
import { AwsAuthRelease } from "./aws-auth-cleanup";
import { ClusterProvider } from "./cluster-provider";
import { identityOf, readAndClaim, readAwsAuth, refuseForcedPatches } from "./preflight/aws-auth";
import { clusterIdentity, clusterProviderName, onceKnown } from "./preflight/cluster-identity";
import { settled } from "./resource-options";

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
	/**
	 * What takes the entries out on delete. What is in the cluster depends on it, so that a destroy takes the operator's way in away
	 * last.
	 */
	readonly cleanup: pulumi.Resource;
	/** Settles once the entries are written, or cannot be. */
	readonly written: Promise<unknown>;

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
		const provider = args.provider ?? new ClusterProvider(clusterProviderName(name), { kubeconfig }, here);
		const cluster = args.provider ? sameCluster(kubeconfig, provider) : provider.clusterIdentifier;

		const release = new AwsAuthRelease(
			`${name}-release`,
			{ instance: identityOf(name).instance, kubeconfig, cluster },
			{ ...here, dependsOn: onceKnown(cluster) },
		);
		this.cleanup = release;
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
		const { turn, end } = writeInTurn();
		const live = pulumi.runtime.isDryRun()
			? kubeconfig.apply(readAwsAuth)
			: pulumi.all([cluster, kubeconfig, desire(release.id)]).apply(async ([uid, config, wanted]) => {
					await turn(uid);
					return readAndClaim(config, wanted);
				});
		// Nothing in aws-auth is secret, though a secret kubeconfig fetched it: a preview is to show it.
		const plan = (wanted: ReturnType<typeof desire>) =>
			pulumi.unsecret(pulumi.all([live, wanted]).apply(([found, known]) => asShown(planAwsAuth(found, known))));
		const written = plan(desire(release.id));
		const patch = new core.ConfigMapPatch(
			name,
			{
				metadata: { ...AWS_AUTH, annotations: written.annotations },
				// A first preview does not know the release's id, which only the record needs: it still shows the text.
				data: plan(desire("")).data,
			},
			{ ...here, provider, retainOnDelete: true, dependsOn: onceKnown(cluster, release) },
		);
		// Where the plan fails, there is no write to wait for.
		this.written = settled(written)
			.then(() => settled(patch.urn))
			.then(end, end);
		this.roleArns = mappings.apply(([roles]) => roles.map(({ roleArn }) => roleArn));
		this.userArns = mappings.apply(([, users]) => users.map(({ userArn }) => userArn));
		this.registerOutputs({ roleArns: this.roleArns, userArns: this.userArns });
	}
}

/** The last write to aws-auth of each cluster, a run each. */
const lastWrites = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * Components of one program that write to the aws-auth of one cluster do so one after the other: two that have read the same text would
 * be in each other's way. `turn` waits until it is this one's, which lasts until `end`.
 */
function writeInTurn() {
	const run = pulumi.runtime.getMonitor() as object;
	const last = lastWrites.get(run) ?? new Map<string, Promise<void>>();
	lastWrites.set(run, last);
	let end: () => void = () => undefined;
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const turn = async (cluster: string) => {
		const before = last.get(cluster);
		last.set(cluster, ended);
		await before;
	};
	return { turn, end };
}

/** Bindings in one cluster and entries in another would let the wrong people in. */
function sameCluster(kubeconfig: pulumi.Output<string>, provider: ClusterProvider): pulumi.Output<string> {
	const identity = pulumi.unsecret(kubeconfig.apply(clusterIdentity));
	return pulumi.all([identity, provider.clusterIdentifier]).apply(([own, providers]) => {
		if (own !== providers) {
			throw new AccessError(
				"provider-elsewhere",
				`provider: it leads to another cluster (kube-system has the UID ${providers}) than kubeconfig (${own}). Nothing in aws-auth ` +
					"was changed. Make the provider from the same kubeconfig, or leave it out: then one is made",
			);
		}
		return own;
	});
}

/** A preview cannot claim what an up would claim before it writes: its dry run passes over who holds it, and writes nothing. */
function asShown({ data, annotations, claims }: ReturnType<typeof planAwsAuth>) {
	const isClaimedLater = claims !== undefined && pulumi.runtime.isDryRun();
	return { data, annotations: isClaimedLater ? { ...annotations, [FORCE]: "true" } : annotations };
}
