import { iam, ifExists } from "./iam";
import type { ResourceType } from "./resource-type";
import { iamName } from "./validators";

/** aws:iam/group:Group */
export const group: ResourceType = {
	title: "IAM Group",
	inputs: {
		name: { kind: "string", autoNamed: true, maxLength: 128, valid: iamName },
		path: { kind: "string", default: "/" },
	},
	outputs: { arn: ["name", "path"], uniqueId: [] },

	async create(inputs) {
		await iam().createGroup({
			GroupName: inputs.name as string,
			Path: inputs.path as string,
		});
		return inputs.name as string;
	},

	// A renamed group keeps its id in the state, so its name is the one to go by.
	async read(id, state) {
		const found = await ifExists(iam().getGroup({ GroupName: (state.name as string) ?? id }));
		if (!found?.Group) return undefined;
		const { Group } = found;
		return {
			name: Group.GroupName,
			path: Group.Path,
			arn: Group.Arn,
			uniqueId: Group.GroupId,
		};
	},

	async update(_id, state, inputs) {
		await iam().updateGroup({
			GroupName: state.name as string,
			NewGroupName: inputs.name as string,
			NewPath: inputs.path as string,
		});
	},

	async delete(_id, state) {
		await ifExists(iam().deleteGroup({ GroupName: state.name as string }));
	},
};
