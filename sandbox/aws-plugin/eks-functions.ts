import type { Cluster } from "@aws-sdk/client-eks";
import { accessEntry } from "./access-entry";
import { eks, ifFound } from "./eks";
import { found, pagesOf } from "./iam";
import type { Properties } from "./properties";
import { configured } from "./settings";

export async function getCluster(args: Properties): Promise<Properties> {
	const region = (args.region as string | undefined) ?? configured().region;
	const name = args.name as string;
	const { cluster } = await found(`EKS Cluster (${name})`, ifFound(eks(region).describeCluster({ name })));
	return { ...describe(cluster as Cluster), id: name, name, region };
}

export async function getAccessEntry(args: Properties): Promise<Properties> {
	const id = `${args.clusterName}:${args.principalArn}`;
	const entry = await found(`EKS Access Entry (${id})`, accessEntry.read(id, { region: args.region }));
	return { ...entry, id, tags: entry.tagsAll };
}

export async function getAccessPolicies(args: Properties): Promise<Properties> {
	const region = (args.region as string | undefined) ?? configured().region;
	const pages = await pagesOf((nextToken) => eks(region).listAccessPolicies({ nextToken }));
	return { accessPolicies: pages.flatMap(({ accessPolicies = [] }) => accessPolicies), id: region, region };
}

function describe(cluster: Cluster): Properties {
	return {
		accessConfigs: [
			{
				authenticationMode: cluster.accessConfig?.authenticationMode ?? "",
				bootstrapClusterCreatorAdminPermissions: cluster.accessConfig?.bootstrapClusterCreatorAdminPermissions ?? false,
			},
		],
		arn: cluster.arn,
		certificateAuthorities: [{ data: cluster.certificateAuthority?.data }],
		clusterId: cluster.id ?? "",
		computeConfigs: [],
		controlPlaneScalingConfigs: [],
		createdAt: cluster.createdAt?.toISOString(),
		deletionProtection: cluster.deletionProtection ?? false,
		enabledClusterLogTypes: (cluster.logging?.clusterLogging ?? [])
			.filter((logging) => logging.enabled)
			.flatMap((logging) => logging.types ?? []),
		endpoint: cluster.endpoint,
		identities: [{ oidcs: [{ issuer: cluster.identity?.oidc?.issuer ?? "" }] }],
		kubeApiServerConfigs: [],
		kubeControllerManagerConfigs: [],
		kubeSchedulerConfigs: [],
		kubernetesNetworkConfigs: [describeNetwork(cluster.kubernetesNetworkConfig)],
		outpostConfigs: [],
		platformVersion: cluster.platformVersion,
		remoteNetworkConfigs: [],
		roleArn: cluster.roleArn,
		status: cluster.status,
		storageConfigs: [],
		tags: cluster.tags ?? {},
		upgradePolicies: [{ supportType: cluster.upgradePolicy?.supportType ?? "EXTENDED" }],
		version: cluster.version,
		vpcConfig: describeVpc(cluster.resourcesVpcConfig),
		zonalShiftConfigs: [],
	};
}

function describeNetwork(network: Cluster["kubernetesNetworkConfig"]): Properties {
	return {
		elasticLoadBalancings: [],
		ipFamily: network?.ipFamily ?? "ipv4",
		serviceIpv4Cidr: network?.serviceIpv4Cidr ?? "",
		serviceIpv6Cidr: network?.serviceIpv6Cidr ?? "",
	};
}

function describeVpc(vpc: Cluster["resourcesVpcConfig"]): Properties {
	return {
		clusterSecurityGroupId: vpc?.clusterSecurityGroupId ?? "",
		endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
		endpointPublicAccess: vpc?.endpointPublicAccess ?? true,
		publicAccessCidrs: vpc?.publicAccessCidrs ?? [],
		securityGroupIds: vpc?.securityGroupIds ?? [],
		subnetIds: vpc?.subnetIds ?? [],
		vpcId: vpc?.vpcId ?? "",
	};
}
