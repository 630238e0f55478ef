import * as pulumi from "@pulumi/pulumi";
import type { MockCluster } from "./mock-cluster";
import { ACCOUNT, type Answers } from "./mock-engine";

const PERMISSION_SET_ROLE =
	"arn:aws:iam::293759796572:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Devs_0123456789abcdef";
/** A team of one. */
export const SHOP = { name: "shop", namespaces: ["dev"], users: ["jane"] };
const AWS_ANSWERS: Answers = {
	"aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
	"aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: ACCOUNT.accountId }),
	"aws:index/getRegion:getRegion": () => ({ region: "eu-west-1" }),
	"aws:iam/getRoles:getRoles": () => ({ arns: [PERMISSION_SET_ROLE] }),
	"aws:eks/getAccessEntry:getAccessEntry": () => {
		throw new Error("couldn't find resource");
	},
};

/** What a program has its own resources in. */
export class Platform extends pulumi.ComponentResource {
	constructor(opts?: pulumi.ComponentResourceOptions) {
		super("acme:index:Platform", "platform", {}, opts);
	}
}

/** What AWS answers about an account with a cluster. */
export function answersOf(cluster: MockCluster): Answers {
	return {
		...AWS_ANSWERS,
		"aws:eks/getCluster:getCluster": ({ name }) => ({
			...{ name, endpoint: cluster.url, certificateAuthorities: [] },
			accessConfigs: [{ authenticationMode: "API_AND_CONFIG_MAP" }],
		}),
	};
}

/** `made`, or what was refused. */
export function outcome(run: Promise<unknown>): Promise<string> {
	return run.then(
		() => "made",
		(error: Error) => error.message,
	);
}
