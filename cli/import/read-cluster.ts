import type { RbacAuthorizationV1Api, V1RoleBinding } from "@kubernetes/client-node";
import type { AwsReader, EksCluster } from "../../core/aws/reader";
import { AwsAuthTextError, type LiveEntry, type MapKey, readEntries } from "../../core/aws-auth/map";
import { ask } from "../../core/kubernetes/api-client";
import { AWS_AUTH } from "../../core/kubernetes/connection";
import { execKubeconfig } from "../../core/kubernetes/kubeconfig";
import type { PolicyRule } from "../../core/rbac/policy-rules";
import type { AwsAccount } from "../../core/teams/iam-policies";
import { type Cluster, type ClusterOptions, clusterOf, openCluster } from "../clients/cluster";
import { Failure } from "../errors/failure";
import type { Facts, LiveBinding } from "./facts";

/** The cluster as AWS shows it, and where it is. */
interface PlacedCluster extends EksCluster {
	region: string;
	account: AwsAccount;
}

export async function describeCluster(aws: AwsReader, name: string): Promise<PlacedCluster> {
	const cluster = await aws.cluster(name);
	if (!cluster?.endpoint) {
		throw new Failure(
			"cluster-not-found",
			`AWS shows no cluster ${name} with an endpoint; correct --cluster or --region: aws eks list-clusters`,
		);
	}
	const [, partition = "aws", , region = "", accountId = ""] = cluster.arn.split(":");
	return { ...cluster, region, account: { partition, accountId } };
}

/** By the kubeconfig that is given, else as the program itself will: with a token of `aws eks get-token`. */
export function connect(name: string, eks: PlacedCluster, options: ClusterOptions): Cluster {
	if (options.kubeconfig !== undefined || options.context !== undefined) {
		return openCluster(options);
	}
	const { endpoint: server, certificateAuthorityData, region } = eks;
	return clusterOf(execKubeconfig(name, { server, certificateAuthorityData }, { cluster: name, region }));
}

export type ClusterFacts = Pick<Facts, "roleEntries" | "userEntries" | "hasAccounts" | "bindings" | "rules">;

export async function readCluster(cluster: Cluster, mode: string): Promise<ClusterFacts> {
	const { RbacAuthorizationV1Api: Api } =
		require("@kubernetes/client-node") as typeof import("@kubernetes/client-node");
	const rbac: RbacAuthorizationV1Api = cluster.config.makeApiClient(Api);
	const [configMap, roleBindings, clusterRoleBindings, clusterRoles, roles] = await Promise.all([
		ask(cluster, "the ConfigMap kube-system/aws-auth", ({ core }) => core.readNamespacedConfigMap(AWS_AUTH)),
		ask(cluster, "RoleBindings", () => rbac.listRoleBindingForAllNamespaces()),
		ask(cluster, "ClusterRoleBindings", () => rbac.listClusterRoleBinding()),
		ask(cluster, "ClusterRoles", () => rbac.listClusterRole()),
		ask(cluster, "Roles", () => rbac.listRoleForAllNamespaces()),
	]);
	if (!configMap && mode === "CONFIG_MAP") {
		throw new Failure(
			"aws-auth-missing",
			"the cluster has no ConfigMap kube-system/aws-auth: there is nothing to import",
		);
	}
	return {
		roleEntries: entriesOf(configMap?.data?.mapRoles, "mapRoles"),
		userEntries: entriesOf(configMap?.data?.mapUsers, "mapUsers"),
		hasAccounts: /\d{12}/.test(configMap?.data?.mapAccounts ?? ""),
		bindings: [...(roleBindings?.items ?? []), ...(clusterRoleBindings?.items ?? [])].map(bindingOf),
		rules: new Map(
			[...(clusterRoles?.items ?? []), ...(roles?.items ?? [])].map(({ metadata, rules }) => [
				[metadata?.namespace, metadata?.name].filter(Boolean).join("/"),
				(rules ?? []) as PolicyRule[],
			]),
		),
	};
}

function entriesOf(text: string | undefined, key: MapKey): LiveEntry[] {
	try {
		return readEntries(text, key);
	} catch (error) {
		if (error instanceof AwsAuthTextError) {
			throw new Failure("aws-auth-unreadable", `aws-auth: ${error.problem} eks-access doctor says more`);
		}
		throw error;
	}
}

function bindingOf({ metadata, roleRef, subjects = [] }: V1RoleBinding): LiveBinding {
	return {
		name: metadata?.name as string,
		namespace: metadata?.namespace,
		role: { kind: roleRef.kind, name: roleRef.name },
		subjects: subjects.map(({ kind, name, namespace: of }) => ({ kind, name, namespace: of })),
	};
}
