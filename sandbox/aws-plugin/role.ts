import { retryWhile } from "./eks";
import { iam, ifExists, pagesOf } from "./iam";
import { equivalent } from "./policy-document";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { allTags, asList, readTags, tagChanges } from "./tags";
import { arn, between, iamName, matching } from "./validators";

/** aws:iam/role:Role (terraform-provider-aws, internal/service/iam/role.go) */
export const role: ResourceType = {
	title: "IAM Role",
	inputs: {
		name: { kind: "string", autoNamed: true, maxLength: 64, valid: iamName, replaces: true },
		path: { kind: "string", default: "/", maxLength: 512, replaces: true },
		assumeRolePolicy: { kind: "policy", required: true },
		description: { kind: "string", maxLength: 1000, valid: matching(/^[^“‘]*$/) },
		maxSessionDuration: { kind: "number", default: 3600, valid: between(3600, 43200) },
		permissionsBoundary: { kind: "string", valid: arn },
		managedPolicyArns: { kind: "set", computed: true },
		forceDetachPolicies: { kind: "boolean", default: false },
		tags: { kind: "tags" },
		tagsAll: { kind: "tags", computed: true },
	},
	outputs: { arn: [], createDate: [], inlinePolicies: [], uniqueId: [] },

	async create(inputs) {
		await retryWhile("Invalid principal in policy", () =>
			iam().createRole({
				RoleName: inputs.name as string,
				Path: inputs.path as string,
				AssumeRolePolicyDocument: inputs.assumeRolePolicy as string,
				Description: inputs.description as string | undefined,
				MaxSessionDuration: inputs.maxSessionDuration as number,
				PermissionsBoundary: inputs.permissionsBoundary as string | undefined,
				Tags: asList(allTags(inputs)),
			}),
		);
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
			inlinePolicies: await inlinePolicies(id),
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
		const PolicyDocument = inputs.assumeRolePolicy as string;
		if (!equivalent(state.assumeRolePolicy as string, PolicyDocument)) {
			await retryWhile("Invalid principal in policy", () => iam().updateAssumeRolePolicy({ RoleName, PolicyDocument }));
		}
		const Description = (inputs.description as string | undefined) ?? "";
		if (Description !== (state.description ?? "")) {
			await iam().updateRoleDescription({ RoleName, Description });
		}
		if (inputs.maxSessionDuration !== state.maxSessionDuration) {
			await iam().updateRole({ RoleName, MaxSessionDuration: inputs.maxSessionDuration as number });
		}
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

	/** Where the state knows of policies, all go, also those that it does not know; else they make it fail (role.go, deleteRole). */
	async delete(id, state) {
		const RoleName = id;
		const profiles = await ifExists(pagesOf((Marker) => iam().listInstanceProfilesForRole({ RoleName, Marker })));
		if (!profiles) return;
		for (const { InstanceProfileName } of profiles.flatMap(({ InstanceProfiles = [] }) => InstanceProfiles)) {
			await ifExists(iam().removeRoleFromInstanceProfile({ InstanceProfileName, RoleName }));
		}
		const knows = (property: string) => ((state[property] as unknown[] | undefined) ?? []).length > 0;
		if (state.forceDetachPolicies || knows("managedPolicyArns")) {
			await attachPolicies(id, await attachedPolicies(id), []);
		}
		if (state.forceDetachPolicies || knows("inlinePolicies")) {
			for (const { name: PolicyName } of await inlinePolicies(id)) {
				await ifExists(iam().deleteRolePolicy({ RoleName, PolicyName }));
			}
		}
		await retryWhile("Cannot delete entity", () => ifExists(iam().deleteRole({ RoleName })));
	},
};

function policyArns(properties: Properties): string[] {
	return (properties.managedPolicyArns as string[] | undefined) ?? [];
}

async function attachedPolicies(RoleName: string): Promise<string[]> {
	const pages = await pagesOf((Marker) => iam().listAttachedRolePolicies({ RoleName, Marker }));
	return pages.flatMap(({ AttachedPolicies = [] }) => AttachedPolicies.map(({ PolicyArn }) => PolicyArn as string));
}

async function inlinePolicies(RoleName: string): Promise<{ name: string; policy: string }[]> {
	const pages = await pagesOf((Marker) => iam().listRolePolicies({ RoleName, Marker }));
	const names = pages.flatMap(({ PolicyNames = [] }) => PolicyNames);
	return Promise.all(
		names.map(async (name) => {
			const { PolicyDocument } = await iam().getRolePolicy({ RoleName, PolicyName: name });
			return { name, policy: decodeURIComponent(PolicyDocument as string) };
		}),
	);
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
