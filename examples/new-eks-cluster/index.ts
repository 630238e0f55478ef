import * as eks from "@pulumi/eks";
import { EksAccess } from "pulumi-eks-access";

const cluster = new eks.Cluster("prod", { authenticationMode: "API", desiredCapacity: 2, minSize: 1, maxSize: 3 });

/** The cluster's access entries, namespaces and bindings: what was there before the program is nothing, so nothing is asked ahead. */
const access = new EksAccess("access", {
	cluster,
	authentication: "access-entries",
	teams: [
		{ name: "k8s-devs", username: "developer", namespaces: ["prod", "uat", "dev"], users: ["jane", "joe"] },
		{ name: "on-call", access: "view", namespaces: ["prod"], users: ["ann"] },
	],
});

export const clusterName = cluster.eksCluster.name;
export const kubeconfig = cluster.kubeconfig;
export const updateKubeconfigCommands = access.updateKubeconfigCommands;
