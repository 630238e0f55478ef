import * as pulumi from "@pulumi/pulumi";
import { EksAccess } from "pulumi-eks-access";

/** Access to a cluster that the platform's stack makes, for a team whose people come from the same program's list. */
export = async () => {
	const kubeconfigStack = new pulumi.Config().require("platformStack");
	const platform = new pulumi.StackReference(kubeconfigStack);
	const access = await EksAccess.create(
		"access",
		{
			cluster: platform.requireOutput("clusterName"),
			// Reads its output `kubeconfig`, whether it is an object, as @pulumi/eks has it, or text.
			kubeconfigStack,
			teams: [
				{
					name: "k8s-devs",
					username: "developer",
					users: ["jane", "joe"],
					namespaces: [{ name: "dev" }, { name: "uat", access: "edit" }, { name: "prod", access: "view" }],
				},
			],
		},
		// Every IAM resource of it says who pays for it.
		{ transforms: [tagged({ "cost-center": "platform" })] },
	);
	return { updateKubeconfigCommands: access.updateKubeconfigCommands, accessMatrix: access.accessMatrix };
};

const TAGGED = ["aws:iam/role:Role", "aws:iam/policy:Policy"];

function tagged(tags: Record<string, string>): pulumi.ResourceTransform {
	return ({ type, props, opts }) =>
		TAGGED.includes(type) ? { props: { ...props, tags: { ...props.tags, ...tags } }, opts } : undefined;
}
