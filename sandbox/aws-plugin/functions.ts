import type { Cluster } from "@aws-sdk/client-eks";
import type { Properties } from "./properties";
import { clientOptions, configured } from "./settings";

type ProviderFunction = (args: Properties) => Promise<Properties>;

/** Every function that this plugin has, by its token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
	"aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
	"aws:index/getPartition:getPartition": getPartition,
	"aws:index/getRegion:getRegion": getRegion,
	"aws:eks/getCluster:getCluster": getCluster,
};

async function getCallerIdentity(): Promise<Properties> {
	const { STS } = await import("@aws-sdk/client-sts");
	const identity = await new STS(clientOptions()).getCallerIdentity({});
	return {
		accountId: identity.Account,
		arn: identity.Arn,
		id: identity.Account,
		userId: identity.UserId,
	};
}

async function getPartition(): Promise<Properties> {
	const { region } = configured();
	const [partition, dnsSuffix] = region.startsWith("cn-")
		? ["aws-cn", "amazonaws.com.cn"]
		: [region.startsWith("us-gov-") ? "aws-us-gov" : "aws", "amazonaws.com"];
	return {
		partition,
		dnsSuffix,
		id: partition,
		reverseDnsPrefix: dnsSuffix.split(".").reverse().join("."),
	};
}

/** The description is the region's name: the real provider has a list of them, from which nothing follows. */
async function getRegion(args: Properties): Promise<Properties> {
	const endpoint = args.endpoint as string | undefined;
	const region =
		endpoint?.split(".")[1] ??
		(args.region as string | undefined) ??
		(args.name as string | undefined) ??
		configured().region;
	return {
		region,
		name: region,
		id: region,
		endpoint: endpoint ?? `ec2.${region}.amazonaws.com`,
		description: region,
	};
}

async function getCluster(args: Properties): Promise<Properties> {
	const { EKS } = await import("@aws-sdk/client-eks");
	const region = (args.region as string | undefined) ?? configured().region;
	const name = args.name as string;
	const { cluster } = await new EKS(clientOptions(region)).describeCluster({
		name,
	});
	if (!cluster) throw new Error(`EKS Cluster (${name}) not found`);
	return { ...describe(cluster), id: name, name, region };
}

function describe(cluster: Cluster): Properties {
	const network = cluster.kubernetesNetworkConfig;
	const vpc = cluster.resourcesVpcConfig;
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
		kubernetesNetworkConfigs: [
			{
				elasticLoadBalancings: [],
				ipFamily: network?.ipFamily ?? "ipv4",
				serviceIpv4Cidr: network?.serviceIpv4Cidr ?? "",
				serviceIpv6Cidr: network?.serviceIpv6Cidr ?? "",
			},
		],
		outpostConfigs: [],
		platformVersion: cluster.platformVersion,
		remoteNetworkConfigs: [],
		roleArn: cluster.roleArn,
		status: cluster.status,
		storageConfigs: [],
		tags: cluster.tags ?? {},
		upgradePolicies: [{ supportType: cluster.upgradePolicy?.supportType ?? "EXTENDED" }],
		version: cluster.version,
		vpcConfig: {
			clusterSecurityGroupId: vpc?.clusterSecurityGroupId ?? "",
			endpointPrivateAccess: vpc?.endpointPrivateAccess ?? false,
			endpointPublicAccess: vpc?.endpointPublicAccess ?? true,
			publicAccessCidrs: vpc?.publicAccessCidrs ?? [],
			securityGroupIds: vpc?.securityGroupIds ?? [],
			subnetIds: vpc?.subnetIds ?? [],
			vpcId: vpc?.vpcId ?? "",
		},
		zonalShiftConfigs: [],
	};
}
