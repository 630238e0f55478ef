import { readFileSync } from "node:fs";
import { type GetClusterResult, getCluster } from "@pulumi/aws/eks/getCluster";
import type { Cluster } from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import { endpointOf, execKubeconfig } from "./kubeconfig";

/** The ways to a cluster's API server; the first that is set is taken. */
export interface ClusterConnectionArgs {
	/** The EKS cluster: its name, or the `Cluster` of @pulumi/eks, which brings its kubeconfig. */
	cluster: pulumi.Input<string> | Cluster;
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

/** Finds the operator's kubeconfig. `opts` reach the AWS look-up, the only one that is made. */
export function connectTo(
	args: ClusterConnectionArgs,
	region: pulumi.Output<string>,
	opts: pulumi.InvokeOptions,
): ClusterConnection {
	const cluster = isEksCluster(args.cluster) ? args.cluster : undefined;
	const name = pulumi.output(cluster ? cluster.eksCluster.name : (args.cluster as pulumi.Input<string>));
	const kubeconfig =
		args.kubeconfig ??
		cluster?.kubeconfigJson ??
		pulumi.all([name, region]).apply(([known, inRegion]) => findKubeconfig(known, inRegion, args, opts));
	return { name, kubeconfig: pulumi.secret(kubeconfig) };
}

/**
 * The operator's kubeconfig where none is given: that of `kubeconfigStack`, or one that runs `aws eks get-token`.
 *
 * @throws {pulumi.RunError} where the stack has no such output, AWS shows no such cluster, or it does not read aws-auth.
 */
export async function findKubeconfig(
	cluster: string,
	region: string,
	args: Omit<ClusterConnectionArgs, "cluster">,
	opts: pulumi.InvokeOptions,
): Promise<string> {
	return args.kubeconfigStack
		? fromStack(args.kubeconfigStack, args.kubeconfigOutput ?? "kubeconfig")
		: fromAws(cluster, region, args, opts);
}

/** A kubeconfig with which a team's members reach the cluster through `roleArn`; nothing of the operator's is in it. */
export function teamKubeconfig(
	connection: ClusterConnection,
	region: pulumi.Output<string>,
	roleArn: pulumi.Output<string>,
): pulumi.Output<string> {
	return pulumi
		.all([connection.name, connection.kubeconfig, region, roleArn])
		.apply(([cluster, kubeconfig, where, role]) =>
			execKubeconfig(`${cluster}.${role.split("/").pop()}`, endpointOf(kubeconfig, readFileSync), {
				cluster,
				region: where,
				roleArn: role,
			}),
		);
}

// By shape: the class is not loaded, since @pulumi/eks is an optional peer and slow to load.
function isEksCluster(cluster: ClusterConnectionArgs["cluster"]): cluster is Cluster {
	return typeof cluster === "object" && cluster !== null && "eksCluster" in cluster && "kubeconfigJson" in cluster;
}

async function fromStack(stack: string, output: string): Promise<string> {
	const { value, secretValue } = await new pulumi.StackReference(stack).getOutputDetails(output);
	const kubeconfig = secretValue ?? value;
	if (kubeconfig === undefined) {
		throw new pulumi.RunError(
			`kubeconfigStack: the stack ${stack} has no output ${output}. Nothing was changed. ` +
				"Export it there and run pulumi up, or name another one: pulumi config set kubeconfigOutput <name>",
		);
	}
	// @pulumi/eks gives its kubeconfig as an object.
	return typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig);
}

async function fromAws(
	cluster: string,
	region: string,
	{ adminRoleArn, awsProfile }: Pick<ClusterConnectionArgs, "adminRoleArn" | "awsProfile">,
	opts: pulumi.InvokeOptions,
): Promise<string> {
	const found = await getCluster({ name: cluster }, opts).catch((error: Error) => {
		throw new pulumi.RunError(
			`cluster: AWS does not show ${cluster} in ${region} (${error.message}). Nothing was changed. ` +
				`See what is there: aws eks list-clusters --region ${region}; ` +
				"then set cluster, aws:region or the credentials that you use",
		);
	});
	requireConfigMapMode(found, region);
	return execKubeconfig(
		cluster,
		{ server: found.endpoint, certificateAuthorityData: found.certificateAuthorities[0]?.data },
		{ cluster, region, roleArn: adminRoleArn, profile: awsProfile },
	);
}

/**
 * Refuses a cluster that AWS says does not read aws-auth, for kubeconfigs that come from elsewhere. Where AWS does not say, because
 * the cluster is of another account for example, the kubeconfig counts.
 */
export async function refuseApiMode(cluster: string, region: string, opts: pulumi.InvokeOptions): Promise<void> {
	const found = await getCluster({ name: cluster }, opts).catch(() => undefined);
	if (found) {
		requireConfigMapMode(found, region);
	}
}

function requireConfigMapMode({ name, accessConfigs }: GetClusterResult, region: string): void {
	if (accessConfigs?.[0]?.authenticationMode === "API") {
		throw new pulumi.RunError(
			`cluster: ${name} has the authentication mode API, so it does not read aws-auth. Nothing was changed. ` +
				`Let it read both: aws eks update-cluster-config --region ${region} --name ${name} ` +
				"--access-config authenticationMode=API_AND_CONFIG_MAP",
		);
	}
}
