import { iam, ifExists, pagesOf } from "./iam";
import type { ResourceType } from "./resource-type";
import { uniqueId } from "./unique-id";
import { arn } from "./validators";

/** aws:iam/groupPolicyAttachment:GroupPolicyAttachment (terraform-provider-aws, internal/service/iam/group_policy_attachment.go) */
export const groupPolicyAttachment: ResourceType = {
	title: "IAM Group Policy Attachment",
	inputs: {
		group: { kind: "string", required: true, replaces: true },
		policyArn: { kind: "string", required: true, valid: arn, replaces: true },
	},
	outputs: {},
	deleteBeforeReplace: true,

	async create(inputs) {
		await iam().attachGroupPolicy({
			GroupName: inputs.group as string,
			PolicyArn: inputs.policyArn as string,
		});
		return uniqueId(`${inputs.group}-`);
	},

	imported(importId) {
		const [, group, policyArn] = importId.match(/^([^/]+)\/(.+)$/) ?? [];
		if (!group) {
			throw new Error(`unexpected format of ID ("${importId}"), expected <group-name>/<policy_arn>`);
		}
		return { id: `${group}-${policyArn}`, state: { group, policyArn } };
	},

	async read(_id, state) {
		const { group: GroupName, policyArn } = state as { group: string; policyArn: string };
		const pages = await ifExists(pagesOf((Marker) => iam().listAttachedGroupPolicies({ GroupName, Marker })));
		const attached = pages?.flatMap(({ AttachedPolicies = [] }) => AttachedPolicies);
		return attached?.some((policy) => policy.PolicyArn === policyArn) ? { group: GroupName, policyArn } : undefined;
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
