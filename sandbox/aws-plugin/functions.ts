import { getAccessEntry, getAccessPolicies, getCluster } from "./eks-functions";
import { getGroup, getPolicy, getRole, getRoles, getUser, getUsers } from "./iam-functions";
import type { Properties } from "./properties";
import { clientOptions, configured } from "./settings";

type ProviderFunction = (args: Properties) => Promise<Properties>;

/** Every function that this plugin has, by its token. */
export const functions: Readonly<Record<string, ProviderFunction>> = {
	"aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
	"aws:index/getPartition:getPartition": getPartition,
	"aws:index/getRegion:getRegion": getRegion,
	"aws:eks/getAccessEntry:getAccessEntry": getAccessEntry,
	"aws:eks/getAccessPolicies:getAccessPolicies": getAccessPolicies,
	"aws:eks/getCluster:getCluster": getCluster,
	"aws:iam/getGroup:getGroup": getGroup,
	"aws:iam/getPolicy:getPolicy": getPolicy,
	"aws:iam/getRole:getRole": getRole,
	"aws:iam/getRoles:getRoles": getRoles,
	"aws:iam/getUser:getUser": getUser,
	"aws:iam/getUsers:getUsers": getUsers,
};

async function getCallerIdentity(): Promise<Properties> {
	const { STS } = require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts");
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
