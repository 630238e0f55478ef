import { iam, ifExists } from "./iam";
import type { ResourceType } from "./resource-type";
import { iamName, iamPolicy } from "./validators";

/** aws:iam/rolePolicy:RolePolicy, a policy that is part of a role. */
export const rolePolicy: ResourceType = {
	title: "IAM Role Policy",
	inputs: {
		name: { kind: "string", autoNamed: true, maxLength: 128, valid: iamName, replaces: true },
		policy: { kind: "policy", required: true, valid: iamPolicy },
		role: { kind: "string", required: true, replaces: true },
	},
	outputs: {},

	async create(inputs) {
		await put(inputs.role as string, inputs.name as string, inputs.policy as string);
		return `${inputs.role}:${inputs.name}`;
	},

	async read(id) {
		const [role, name] = id.split(":");
		const found = await ifExists(iam().getRolePolicy({ RoleName: role, PolicyName: name }));
		return found && { name, policy: decodeURIComponent(found.PolicyDocument as string), role };
	},

	async update(_id, _state, inputs) {
		await put(inputs.role as string, inputs.name as string, inputs.policy as string);
	},

	async delete(_id, state) {
		const RoleName = state.role as string;
		await ifExists(iam().deleteRolePolicy({ RoleName, PolicyName: state.name as string }));
	},
};

async function put(RoleName: string, PolicyName: string, PolicyDocument: string): Promise<void> {
	await iam().putRolePolicy({ RoleName, PolicyName, PolicyDocument });
}
