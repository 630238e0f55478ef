import { FIELD_MANAGER, type LiveConfigMap, recordKeyOf } from "../../core/aws-auth/ownership-record";
import { type AwsAuthDesire, type AwsAuthPlan, instanceOf } from "../../core/aws-auth/plan";

export const NODES = `- groups:
  - system:nodes
  rolearn: arn:aws:iam::293759796572:role/node-role
  username: system:node:{{EC2PrivateDNSName}}
`;
export const ARN = "arn:aws:iam::293759796572:role/k8s-devs-role";
export const DEVS = { roleArn: ARN, username: "developer", groups: ["k8s-devs"] };
export const QA = { roleArn: "arn:aws:iam::293759796572:role/qa", username: "qa", groups: ["qa"] };
export const JANE = { userArn: "arn:aws:iam::293759796572:user/jane", username: "jane", groups: ["view"] };
export const STACK = "acme/eks-access/prod";

export const desire = (more: Partial<AwsAuthDesire> = {}): AwsAuthDesire => ({
	instance: instanceOf(STACK, "aws-auth"),
	stack: STACK,
	release: "release-1",
	roles: [DEVS],
	...more,
});

type Managed = NonNullable<NonNullable<LiveConfigMap["metadata"]>["managedFields"]>[number];

function managed(manager: string, operation: string, keys: string[], annotations: string[] = []): Managed {
	const fields = (names: string[]): Record<string, object> =>
		Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
	return {
		manager,
		operation,
		fieldsV1: { "f:data": fields(keys), "f:metadata": { "f:annotations": fields(annotations) } },
	};
}

export const fresh = (data: Record<string, string> = { mapRoles: NODES }): LiveConfigMap => ({
	metadata: { resourceVersion: "1", managedFields: [managed("vpcLambda", "Update", Object.keys(data))] },
	data,
});

/** The ConfigMap once a plan is written. */
export function applied(live: LiveConfigMap, { data, annotations }: AwsAuthPlan): LiveConfigMap {
	const manager = annotations[FIELD_MANAGER] as string;
	const others = (live.metadata?.managedFields ?? []).filter((entry) => entry.manager !== manager);
	return {
		...live,
		metadata: {
			...live.metadata,
			resourceVersion: String(Number(live.metadata?.resourceVersion) + 1),
			annotations: { ...live.metadata?.annotations, ...annotations },
			managedFields: [...others, managed(manager, "Apply", Object.keys(data), Object.keys(annotations))],
		},
		data: { ...live.data, ...data },
	};
}

/** Somebody's edit, which makes him the owner of mapRoles. */
export function edited(live: LiveConfigMap, mapRoles: string, manager = "kubectl-edit"): LiveConfigMap {
	return {
		...live,
		metadata: {
			...live.metadata,
			resourceVersion: String(Number(live.metadata?.resourceVersion) + 1),
			managedFields: [managed(manager, "Update", ["mapRoles"])],
		},
		data: { ...live.data, mapRoles },
	};
}

export const recordOf = ({ annotations }: AwsAuthPlan, instance = desire().instance) =>
	JSON.parse(annotations[recordKeyOf(instance)] as string);
