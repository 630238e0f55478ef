import { iam, ifExists } from "./iam";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { allTags, asList, readTags, tagChanges } from "./tags";

/** aws:iam/role:Role */
export const role: ResourceType = {
	title: "IAM Role",
	inputs: {
		name: { kind: "string", autoNamed: true, maxLength: 64, replaces: true },
		path: { kind: "string", default: "/", replaces: true },
		assumeRolePolicy: { kind: "policy", required: true },
		description: { kind: "string", maxLength: 1000 },
		maxSessionDuration: { kind: "number", default: 3600 },
		permissionsBoundary: { kind: "string" },
		managedPolicyArns: { kind: "set", computed: true },
		forceDetachPolicies: { kind: "boolean", default: false },
		tags: { kind: "tags" },
	},
	outputs: { arn: [], createDate: [], uniqueId: [] },

	async create(inputs) {
		await iam().createRole({
			RoleName: inputs.name as string,
			Path: inputs.path as string,
			AssumeRolePolicyDocument: inputs.assumeRolePolicy as string,
			Description: inputs.description as string | undefined,
			MaxSessionDuration: inputs.maxSessionDuration as number,
			PermissionsBoundary: inputs.permissionsBoundary as string | undefined,
			Tags: asList(allTags(inputs)),
		});
		await attachPolicies(inputs.name as string, [], policyArns(inputs));
		return inputs.name as string;
	},

	async read(id, state) {
		const found = await ifExists(iam().getRole({ RoleName: id }));
		if (!found?.Role) return undefined;
		const { Role } = found;
		return {
			name: Role.RoleName,
			path: Role.Path,
			assumeRolePolicy: decodeURIComponent(Role.AssumeRolePolicyDocument as string),
			description: Role.Description || undefined,
			maxSessionDuration: Role.MaxSessionDuration,
			permissionsBoundary: Role.PermissionsBoundary?.PermissionsBoundaryArn || undefined,
			managedPolicyArns: await attachedPolicies(id),
			forceDetachPolicies: state.forceDetachPolicies ?? false,
			...readTags(Role.Tags, state),
			arn: Role.Arn,
			createDate: Role.CreateDate?.toISOString(),
			uniqueId: Role.RoleId,
		};
	},

	async update(id, state, inputs) {
		const RoleName = id;
		await iam().updateAssumeRolePolicy({
			RoleName,
			PolicyDocument: inputs.assumeRolePolicy as string,
		});
		await iam().updateRole({
			RoleName,
			Description: (inputs.description as string | undefined) ?? "",
			MaxSessionDuration: inputs.maxSessionDuration as number,
		});
		if (inputs.permissionsBoundary !== state.permissionsBoundary) {
			await setBoundary(id, inputs.permissionsBoundary as string | undefined);
		}
		if (inputs.managedPolicyArns) {
			await attachPolicies(id, policyArns(state), policyArns(inputs));
		}
		const { removed, set } = tagChanges(state, inputs);
		if (removed.length) await iam().untagRole({ RoleName, TagKeys: removed });
		if (set.length) await iam().tagRole({ RoleName, Tags: set });
	},

	/** As for AWS, policies that others attached make it fail, unless `forceDetachPolicies` is set. */
	async delete(id, state) {
		if (!(await ifExists(iam().getRole({ RoleName: id })))) return;
		if (state.forceDetachPolicies) {
			await attachPolicies(id, await attachedPolicies(id), []);
			const inline = await iam().listRolePolicies({ RoleName: id });
			for (const PolicyName of inline.PolicyNames ?? []) {
				await ifExists(iam().deleteRolePolicy({ RoleName: id, PolicyName }));
			}
		}
		await ifExists(iam().deleteRole({ RoleName: id }));
	},
};

function policyArns(properties: Properties): string[] {
	return (properties.managedPolicyArns as string[] | undefined) ?? [];
}

async function attachedPolicies(RoleName: string): Promise<string[]> {
	const { AttachedPolicies = [] } = await iam().listAttachedRolePolicies({
		RoleName,
	});
	return AttachedPolicies.map((policy) => policy.PolicyArn as string);
}

async function attachPolicies(RoleName: string, old: string[], wanted: string[]): Promise<void> {
	for (const PolicyArn of wanted.filter((arn) => !old.includes(arn))) {
		await iam().attachRolePolicy({ RoleName, PolicyArn });
	}
	for (const PolicyArn of old.filter((arn) => !wanted.includes(arn))) {
		await ifExists(iam().detachRolePolicy({ RoleName, PolicyArn }));
	}
}

async function setBoundary(RoleName: string, arn?: string): Promise<void> {
	if (arn) {
		await iam().putRolePermissionsBoundary({
			RoleName,
			PermissionsBoundary: arn,
		});
	} else {
		await iam().deleteRolePermissionsBoundary({ RoleName });
	}
}
