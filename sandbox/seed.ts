import { setTimeout as delay } from "node:timers/promises";
import type { CoreV1Api, V1Node } from "@kubernetes/client-node";
import { stringify } from "yaml";
import type { Instance } from "./node-instance";
import type { NodeRoles } from "./people";

export interface Node extends Instance {
	nodeGroup: string;
}

const READY_TIMEOUT_MS = 30_000;

/** What an EKS cluster holds that has a managed node group, a Fargate profile and Karpenter, and a node that is ready for pods. */
export async function seedCluster(core: CoreV1Api, node: Node, roles: NodeRoles): Promise<void> {
	await Promise.all([createAwsAuth(core, roles), core.createNode({ body: nodeObject(node) })]);
	await Promise.all([
		until("the node is ready for pods", () => isSchedulable(core, node.name)),
		until("the controllers work", async () => {
			const accounts = await core.listNamespacedServiceAccount({ namespace: "default" });
			return accounts.items.length > 0;
		}),
	]);
}

/** As EKS makes it, with the field manager of EKS; then somebody has added Karpenter's nodes and two remarks with `kubectl edit`. */
async function createAwsAuth(core: CoreV1Api, { managed, fargate, karpenter }: NodeRoles): Promise<void> {
	const namespace = "kube-system";
	const groups = ["system:bootstrappers", "system:nodes"];
	const username = "system:node:{{EC2PrivateDNSName}}";
	// EKS writes a role when a node group or a Fargate profile is made.
	const mapRoles = mappingOf([
		{ groups, rolearn: managed, username },
		{ groups: [...groups, "system:node-proxier"], rolearn: fargate, username: "system:node:{{SessionName}}" },
	]);
	const made = await core.createNamespacedConfigMap({
		namespace,
		fieldManager: "vpcLambda",
		body: { metadata: { name: "aws-auth" }, data: { mapRoles } },
	});
	const karpenterNodes = mappingOf([{ groups, rolearn: karpenter, username }]);
	await core.replaceNamespacedConfigMap({
		namespace,
		name: "aws-auth",
		fieldManager: "kubectl-edit",
		body: {
			...made,
			data: {
				mapRoles: `# The nodes come in by these: do not remove them.\n${mapRoles}# Karpenter's nodes.\n${karpenterNodes}`,
			},
		},
	});
}

/** A text of mapRoles as EKS lays it out. */
function mappingOf(entries: readonly object[]): string {
	return stringify(entries, { indentSeq: false, lineWidth: 0, aliasDuplicateObjects: false });
}

function nodeObject(node: Node): V1Node {
	const region = node.availabilityZone.slice(0, -1);
	const resources = { cpu: "2", memory: "7934Mi", pods: "29" };
	return {
		metadata: {
			name: node.name,
			// kwok plays the kubelet of the nodes with this annotation.
			annotations: { "kwok.x-k8s.io/node": "fake" },
			labels: {
				"eks.amazonaws.com/capacityType": "ON_DEMAND",
				"eks.amazonaws.com/nodegroup": node.nodeGroup,
				"kubernetes.io/arch": "amd64",
				"kubernetes.io/hostname": node.name,
				"kubernetes.io/os": "linux",
				"node.kubernetes.io/instance-type": node.instanceType,
				"topology.kubernetes.io/region": region,
				"topology.kubernetes.io/zone": node.availabilityZone,
			},
		},
		spec: {
			providerID: `aws:///${node.availabilityZone}/${node.instanceId}`,
		},
		status: { allocatable: resources, capacity: resources },
	};
}

async function isSchedulable(core: CoreV1Api, name: string): Promise<boolean> {
	const { spec, status } = await core.readNode({ name });
	const ready = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
	return Boolean(ready) && !spec?.taints?.length;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + READY_TIMEOUT_MS;
	while (!(await holds())) {
		if (Date.now() > deadline)
			throw new Error(
				`The sandbox's cluster has not become ready: ${what} was not the case within ${READY_TIMEOUT_MS / 1000} s. See the logs of kube-controller-manager and kwok.`,
			);
		await delay(50);
	}
}
