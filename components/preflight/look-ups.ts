import { getRegion } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import type { Operator } from "../../core/aws-auth/operator-access";
import { AccessError } from "../../core/errors/access-error";
import { connect } from "../../core/kubernetes/api-client";
import { type ApiServer, ApiServerAskedOnce } from "../../core/kubernetes/api-server";
import { type Ways, waysOf } from "../../core/kubernetes/authentication-mode";
import type { LiveBinding } from "../../core/rbac/live-bindings";
import type { AwsAccount } from "../../core/teams/iam-policies";
import type { Team } from "../../core/teams/team";
import type { CheckedEksAccessArgs } from "../eks-access-args";
import { log } from "../log";
import { askPermissionSets, fromAws, lookUpAccount } from "./account";
import { findKubeconfig } from "./cluster-connection";
import { clusterProviderName, identityFor } from "./cluster-identity";
import { type DescribedCluster, describeCluster, whenUpdated } from "./described-cluster";
import { readBindings } from "./existing/bindings";
import { ACCESS_ENTRY } from "./existing/entries";
import { findOperator } from "./operator";
import { lastOutputsOfType } from "./stack-state";

const AWS_AUTH_PATCH = "kubernetes:core/v1:ConfigMapPatch";

/** Where a preflight looks, and for what. */
export interface Question {
	/** Of the EksAccess. */
	name: string;
	awsAuthName: string;
	given: Team[];
	args: CheckedEksAccessArgs;
	aws: pulumi.InvokeOptions;
	/** What to call the config in errors. */
	where: string;
}

/** What AWS and the cluster are asked first; what the answers are needed for waits for them. */
export interface Found {
	account: Promise<AwsAccount>;
	sets: Promise<{ arns: string[] }>;
	region: string;
	describing: Promise<DescribedCluster>;
	/** Undefined where AWS shows none and the kubeconfig counts, as for a cluster of another account. */
	cluster: Promise<DescribedCluster | undefined>;
	kubeconfig: string;
	live: LiveCluster;
}

/** What several checks read of the cluster, each once. */
interface LiveCluster {
	identity: Promise<string>;
	operator: Promise<Operator | undefined>;
	bindings: Promise<LiveBinding[] | undefined>;
	server: ApiServer;
}

/** One that fails while another is awaited says nothing new: each is awaited in its turn. */
export function quiet<T>(asked: Promise<T>): Promise<T> {
	asked.catch(() => undefined);
	return asked;
}

export async function find({ name, given, args, aws }: Question): Promise<Found> {
	const account = quiet(args.account ? Promise.resolve(args.account) : lookUpAccount(aws));
	// The default provider's region is known without asking it, where the stack's config has it.
	const configured = aws.provider || aws.parent ? undefined : new pulumi.Config("aws").get("region");
	const asked =
		args.region ?? configured ?? fromAws("find the region", getRegion({}, aws)).then((found) => found.region);
	const sets = quiet(askPermissionSets(given, aws));
	const region = await asked;
	const isElsewhere = (args.kubeconfig ?? args.kubeconfigStack) !== undefined;
	const { authentication = "auto" } = args;
	const described = describeCluster(args.cluster, region, aws);
	// Before anything else is asked, whose answers the former mode would decide.
	const describing = quiet(
		authentication === "auto"
			? described
			: described.then((found) => whenUpdated(found, waysOf(authentication, undefined), aws)),
	);
	// Loading the Kubernetes client takes a third of a second, in which AWS, which has been asked by now, can answer.
	await new Promise(setImmediate);
	require("@kubernetes/client-node");
	const cluster = isElsewhere ? describing.catch(() => undefined) : describing;
	const kubeconfig =
		args.kubeconfig ?? (await findKubeconfig(args, isElsewhere ? undefined : await cluster, aws.provider));
	const server = new ApiServerAskedOnce(connect(kubeconfig));
	const live = {
		server,
		identity: quiet(identityFor(clusterProviderName(name), kubeconfig)),
		operator: quiet(findOperator(kubeconfig)),
		bindings: quiet(readBindings(server)),
	};
	return { account, sets, region, describing, cluster, kubeconfig, live };
}

export async function findWays(args: CheckedEksAccessArgs, { cluster }: Found): Promise<Ways> {
	const authentication = args.authentication ?? "auto";
	const mode = authentication === "auto" ? (await cluster)?.mode : undefined;
	if (authentication === "auto" && mode === undefined) {
		await refuseToGuess(args.cluster);
	}
	if (mode === "API_AND_CONFIG_MAP" && (await lastOutputsOfType(AWS_AUTH_PATCH)).length === 0) {
		await log.info(
			`authentication: the cluster ${args.cluster} also takes access entries, and AWS calls aws-auth, which this stack is about to write, ` +
				"deprecated. To use access entries: pulumi config set authentication access-entries; to keep aws-auth without this line: aws-auth",
		);
	}
	return waysOf(authentication, mode);
}

/** A look-up that failed once must not take everybody's access entries away. */
async function refuseToGuess(cluster: string): Promise<void> {
	if ((await lastOutputsOfType(ACCESS_ENTRY)).length > 0) {
		throw new AccessError(
			"authentication-unknown",
			`authentication: this stack has access entries, and AWS does not say how ${cluster} lets people in now. Nothing was ` +
				"changed. Use credentials that may call eks:DescribeCluster, or say it: pulumi config set authentication access-entries",
		);
	}
}
