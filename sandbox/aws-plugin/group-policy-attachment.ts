import { iam, ifExists } from "./iam";
import type { ResourceType } from "./resource-type";

/** aws:iam/groupPolicyAttachment:GroupPolicyAttachment */
export const groupPolicyAttachment: ResourceType = {
	title: "IAM Group Policy Attachment",
	inputs: {
		group: { kind: "string", required: true, replaces: true },
		policyArn: { kind: "string", required: true, replaces: true },
	},
	outputs: {},
	deleteBeforeReplace: true,

	async create(inputs) {
		await iam().attachGroupPolicy({
			GroupName: inputs.group as string,
			PolicyArn: inputs.policyArn as string,
		});
		return `${inputs.group}/${inputs.policyArn}`;
	},

	async read(id, state) {
		const [, fromId, arnFromId] = id.match(/^([^/]+)\/(arn:.+)$/) ?? [];
		const GroupName = (state.group as string) ?? fromId;
		const policyArn = (state.policyArn as string) ?? arnFromId;
		const attached = await ifExists(iam().listAttachedGroupPolicies({ GroupName }));
		return attached?.AttachedPolicies?.some((policy) => policy.PolicyArn === policyArn)
			? { group: GroupName, policyArn }
			: undefined;
	},

	async delete(_id, state) {
		await ifExists(
			iam().detachGroupPolicy({
				GroupName: state.group as string,
				PolicyArn: state.policyArn as string,
			}),
		);
	},
};
