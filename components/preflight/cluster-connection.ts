import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { assumedRolesOf, type ProviderIdentity, tokenIdentity } from "../../core/aws/token-identity";
import { AccessError } from "../../core/errors/access-error";
import type { Ways } from "../../core/kubernetes/authentication-mode";
import { endpointOf, execKubeconfig } from "../../core/kubernetes/kubeconfig";
import { type DescribedCluster, describeCluster, requireMode, whenUpdated } from "./described-cluster";

/** What is read of a `Cluster` of @pulumi/eks, by shape: that package need not be installed, and is slow to load. */
export interface PulumiEksCluster {
	/** The cluster itself. */
	readonly eksCluster: pulumi.Output<{
		/** Its name. */
		name: pulumi.Output<string>;
		/** How it lets people in. */
		accessConfig: pulumi.Output<{
			/** `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`. */
			authenticationMode: string;
		}>;
	}>;
	/** The kubeconfig of whoever makes it, JSON. */
	readonly kubeconfigJson: pulumi.Output<string>;
	/** What it consists of. */
	readonly core: pulumi.Output<{
		/** The ConfigMap aws-auth, if @pulumi/eks manages it. */
		eksNodeAccess?: pulumi.CustomResource;
	}>;
}

/** The ways to a cluster's API server; the first that is set is taken. */
export interface ClusterConnectionArgs {
	/**
	 * The EKS cluster: its name, or, with a constructor, the `Cluster` of @pulumi/eks, which brings its kubeconfig. One that has
	 * aws-auth writes all of it: access entries are the way in then, or {@link TeamIdentity.roleMapping} for its `roleMappings`.
	 */
	cluster: pulumi.Input<string> | PulumiEksCluster;
	/**
	 * The operator's kubeconfig, YAML or JSON.
	 * @default the kubeconfig of an `eks.Cluster`, that of `kubeconfigStack`, or one that runs `aws eks get-token`
	 */
	kubeconfig?: pulumi.Input<string>;
	/** A stack `<org>/<project>/<stack>` whose output `kubeconfigOutput` is the operator's kubeconfig. */
	kubeconfigStack?: string;
	/** @default "kubeconfig" */
	kubeconfigOutput?: string;
	/**
	 * IAM role that the operator assumes for `aws eks get-token`; read only where no kubeconfig is given.
	 * @default none: the operator's own identity
	 */
	adminRoleArn?: string;
	/**
	 * AWS profile for `aws eks get-token`; read only where no kubeconfig is given.
	 * @default the environment's credentials
	 */
	awsProfile?: string;
}

/** A cluster's name and the operator's kubeconfig for it. */
export interface ClusterConnection {
	name: pulumi.Output<string>;
	/** Secret. */
	kubeconfig: pulumi.Output<string>;
}

/**
 * Finds the operator's kubeconfig. `opts` reach the AWS look-up, which is made only where no kubeconfig is given; the cluster's
 * mode is then checked too.
 */
export function connectTo(
	args: ClusterConnectionArgs & { takeOver?: boolean },
	region: pulumi.Output<string>,
	ways: Ways,
	opts: pulumi.InvokeOptions,
): ClusterConnection {
	const cluster = isEksCluster(args.cluster) ? args.cluster : undefined;
	const name = pulumi.output(cluster ? cluster.eksCluster.name : (args.cluster as pulumi.Input<string>));
	const kubeconfig =
		args.kubeconfig ??
		(cluster && kubeconfigOf(cluster, ways, args.takeOver)) ??
		pulumi.all([name, region]).apply(async ([known, inRegion]) => {
			if (args.kubeconfigStack) {
				return findKubeconfig(args, undefined);
			}
			const found = await whenUpdated(await describeCluster(known, inRegion, opts), ways, opts);
			requireMode(found, ways);
			return findKubeconfig(args, found, opts.provider);
		});
	return { name, kubeconfig: pulumi.secret(kubeconfig) };
}

/** Of a cluster of @pulumi/eks, as long as it takes the way in. */
function kubeconfigOf(
	{ eksCluster, kubeconfigJson, core }: PulumiEksCluster,
	ways: Ways,
	takeOver: boolean | undefined,
): pulumi.Output<string> {
	const handOver =
		"hand TeamIdentity.roleMapping to roleMappings of the eks.Cluster and use NamespaceAccess for the rest";
	return pulumi
		.all([kubeconfigJson, eksCluster.name, eksCluster.accessConfig, core])
		.apply(([kubeconfig, name, access, made]) => {
			const mode = access?.authenticationMode;
			if (ways.awsAuth && made?.eksNodeAccess && !takeOver) {
				throw new AccessError(
					"aws-auth-foreign-owner",
					`cluster: ${name} is made by @pulumi/eks, which writes the whole aws-auth and would take this stack's entries out again. ` +
						'Nothing was written to it. Either use access entries, authentication: "access-entries", with authenticationMode ' +
						`API or API_AND_CONFIG_MAP of the eks.Cluster, or ${handOver}`,
				);
			}
			if (ways.accessEntries && mode === "CONFIG_MAP") {
				throw new AccessError(
					"cluster-mode-mismatch",
					`cluster: ${name} has the authentication mode CONFIG_MAP, so it knows no access entries. Either set authenticationMode: ` +
						`"API_AND_CONFIG_MAP" of the eks.Cluster, which AWS does not let go back, or ${handOver}`,
				);
			}
			requireMode({ name, region: "", mode }, ways);
			return kubeconfig;
		});
}

/**
 * The operator's kubeconfig where none is given: that of `kubeconfigStack`, or one that runs `aws eks get-token` for the cluster
 * that AWS has described.
 *
 * @throws {AccessError} where the stack has no such output.
 */
export async function findKubeconfig(
	{ kubeconfigStack, kubeconfigOutput, adminRoleArn, awsProfile }: Omit<ClusterConnectionArgs, "cluster">,
	cluster: DescribedCluster | undefined,
	provider?: pulumi.ProviderResource,
): Promise<string> {
	if (!cluster) {
		return fromStack(kubeconfigStack as string, kubeconfigOutput ?? "kubeconfig");
	}
	const { name, region, endpoint, certificateAuthorityData } = cluster;
	return execKubeconfig(
		name,
		{ server: endpoint, certificateAuthorityData },
		{ cluster: name, region, ...tokenIdentity({ adminRoleArn, awsProfile }, providerIdentity(provider)) },
	);
}

/** Of the default provider; one that the program gives tells nothing of its credentials. */
export function providerIdentity(given: pulumi.ProviderResource | undefined): ProviderIdentity {
	const config = new pulumi.Config("aws");
	return given
		? {}
		: { profile: config.get("profile"), assumeRoles: assumedRolesOf(config.get("assumeRoles") ?? "[]") };
}

/**
 * A kubeconfig with which a team's members reach the cluster, through `roleArn` or as who they are; nothing of the operator's is in
 * it.
 */
export function teamKubeconfig(
	connection: ClusterConnection,
	region: pulumi.Output<string>,
	team: { name: string; roleArn?: pulumi.Output<string> },
): pulumi.Output<string> {
	return pulumi
		.all([connection.name, connection.kubeconfig, region, pulumi.output(team.roleArn)])
		.apply(([cluster, kubeconfig, where, roleArn]) =>
			execKubeconfig(`${cluster}.${roleArn?.split("/").pop() ?? team.name}`, endpointOf(kubeconfig, readFileSync), {
				cluster,
				region: where,
				roleArn,
			}),
		);
}

export function isEksCluster(cluster: ClusterConnectionArgs["cluster"]): cluster is PulumiEksCluster {
	return typeof cluster === "object" && cluster !== null && "eksCluster" in cluster && "kubeconfigJson" in cluster;
}

/** Asked of the engine: a StackReference would be a resource, and clash with one of the program's own. */
async function fromStack(stack: string, output: string): Promise<string> {
	const found = await pulumi.runtime
		.invoke("pulumi:pulumi:readStackOutputs", { name: stack })
		.catch((error: Error) => refuseStack(`Pulumi does not show the stack ${stack} (${error.message})`));
	const kubeconfig: unknown = found.outputs?.[output];
	if (kubeconfig === undefined) {
		refuseStack(`the stack ${stack} has no output ${output}`);
	}
	// @pulumi/eks gives its kubeconfig as an object.
	return typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
}

function refuseStack(problem: string): never {
	throw new AccessError(
		"kubeconfig-output-missing",
		`kubeconfigStack: ${problem}. Nothing was changed. ` +
			"Export it there and run pulumi up, or name another one: pulumi config set kubeconfigOutput <name>",
	);
}
