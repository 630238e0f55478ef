import { iam, ifExists, pagesOf } from "./iam";
import { equivalent } from "./policy-document";
import type { ResourceType } from "./resource-type";
import { allTags, asList, readTags, tagChanges } from "./tags";
import { uniqueId } from "./unique-id";
import { iamName, iamPolicy } from "./validators";

/** How many versions of a policy AWS keeps (IAM and AWS STS quotas, "Versions of a managed policy"). */
const maxVersions = 5;

/** aws:iam/policy:Policy */
export const policy: ResourceType = {
	title: "IAM Policy",
	inputs: {
		name: { kind: "string", autoNamed: true, maxLength: 128, valid: iamName, replaces: true, computed: true },
		namePrefix: { kind: "string", maxLength: 102, replaces: true },
		path: { kind: "string", default: "/", replaces: true },
		description: { kind: "string", maxLength: 1000, replaces: true },
		policy: { kind: "policy", required: true, valid: iamPolicy },
		tags: { kind: "tags" },
		tagsAll: { kind: "tags", computed: true },
	},
	outputs: { arn: [], attachmentCount: [], policyId: [] },

	async create(inputs) {
		const { Policy } = await iam().createPolicy({
			PolicyName: (inputs.name as string | undefined) ?? uniqueId(inputs.namePrefix as string),
			Path: inputs.path as string,
			Description: inputs.description as string | undefined,
			PolicyDocument: inputs.policy as string,
			Tags: asList(allTags(inputs)),
		});
		return Policy?.Arn as string;
	},

	async read(id, state) {
		const found = await ifExists(iam().getPolicy({ PolicyArn: id }));
		if (!found?.Policy) return undefined;
		const { Policy } = found;
		const { PolicyVersion } = await iam().getPolicyVersion({
			PolicyArn: id,
			VersionId: Policy.DefaultVersionId,
		});
		return {
			name: Policy.PolicyName,
			namePrefix: state.namePrefix,
			path: Policy.Path,
			description: Policy.Description || undefined,
			policy: decodeURIComponent(PolicyVersion?.Document as string),
			...readTags(Policy.Tags, state),
			arn: Policy.Arn,
			attachmentCount: Policy.AttachmentCount,
			policyId: Policy.PolicyId,
		};
	},

	async update(id, state, inputs) {
		if (!equivalent(state.policy as string, inputs.policy as string)) {
			const others = await otherVersions(id);
			// The oldest goes first; AWS refuses a new one where all are taken.
			for (const VersionId of others.slice(maxVersions - 2)) {
				await iam().deletePolicyVersion({ PolicyArn: id, VersionId });
			}
			await iam().createPolicyVersion({
				PolicyArn: id,
				PolicyDocument: inputs.policy as string,
				SetAsDefault: true,
			});
		}
		const { removed, set } = tagChanges(state, inputs);
		if (removed.length) {
			await iam().untagPolicy({ PolicyArn: id, TagKeys: removed });
		}
		if (set.length) await iam().tagPolicy({ PolicyArn: id, Tags: set });
	},

	async delete(id) {
		for (const VersionId of (await ifExists(otherVersions(id))) ?? []) {
			await ifExists(iam().deletePolicyVersion({ PolicyArn: id, VersionId }));
		}
		await ifExists(iam().deletePolicy({ PolicyArn: id }));
	},
};

/** The versions that are not the default one, the newest first. */
async function otherVersions(PolicyArn: string): Promise<string[]> {
	const pages = await pagesOf((Marker) => iam().listPolicyVersions({ PolicyArn, Marker }));
	return pages
		.flatMap(({ Versions = [] }) => Versions)
		.filter((version) => !version.IsDefaultVersion)
		.map((version) => version.VersionId as string)
		.sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
}
