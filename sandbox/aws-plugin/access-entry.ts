import { isDeepStrictEqual } from "node:util";
import { eks, ifFound, retryWhile } from "./eks";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { configured } from "./settings";
import { allTags, asList, readTags, tagChanges } from "./tags";
import { arn, oneOf, clusterName as validClusterName } from "./validators";

/** internal/service/eks/consts.go, accessEntryType_Values: fewer than EKS has. */
const TYPE = oneOf("EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "STANDARD");

/** aws:eks/accessEntry:AccessEntry (terraform-provider-aws, internal/service/eks/access_entry.go) */
export const accessEntry: ResourceType = {
	title: "EKS Access Entry",
	inputs: {
		clusterName: { kind: "string", required: true, valid: validClusterName, replaces: true },
		principalArn: { kind: "string", required: true, valid: arn, replaces: true },
		kubernetesGroups: { kind: "set", computed: true },
		type: { kind: "string", default: "STANDARD", valid: TYPE, replaces: true },
		userName: { kind: "string", computed: true },
		region: { kind: "string", computed: true, replaces: true },
		tags: { kind: "tags" },
		tagsAll: { kind: "tags", computed: true },
	},
	outputs: { accessEntryArn: [], createdAt: [], modifiedAt: [] },

	async create(inputs) {
		const tags = allTags(inputs);
		await retryWhile("The specified principalArn is invalid: invalid principal", () =>
			eks(regionOf(inputs)).createAccessEntry({
				...principalOf(inputs),
				kubernetesGroups: nonEmpty(inputs.kubernetesGroups as string[] | undefined),
				type: inputs.type as string,
				username: (inputs.userName as string | undefined) || undefined,
				// EKS takes no empty map, and the real provider sends none.
				tags: Object.keys(tags).length > 0 ? tags : undefined,
			}),
		);
		return `${inputs.clusterName}:${inputs.principalArn}`;
	},

	async read(id, state) {
		const [, clusterName, principalArn] = id.match(/^([^:]+):(.+)$/) ?? [];
		const region = regionOf(state);
		const found = await ifFound(eks(region).describeAccessEntry({ clusterName, principalArn }));
		if (!found?.accessEntry) return undefined;
		const { accessEntry: entry } = found;
		return {
			clusterName: entry.clusterName,
			principalArn: entry.principalArn,
			kubernetesGroups: entry.kubernetesGroups ?? [],
			type: entry.type,
			userName: entry.username,
			region,
			...readTags(asList(entry.tags ?? {}), state),
			accessEntryArn: entry.accessEntryArn,
			createdAt: rfc3339(entry.createdAt),
			modifiedAt: rfc3339(entry.modifiedAt),
		};
	},

	async update(_id, state, inputs) {
		const client = eks(regionOf(inputs));
		const kubernetesGroups = (inputs.kubernetesGroups ?? state.kubernetesGroups) as string[];
		const username = (inputs.userName ?? state.userName) as string;
		if (username !== state.userName || !isDeepStrictEqual(kubernetesGroups, state.kubernetesGroups)) {
			await client.updateAccessEntry({ ...principalOf(inputs), kubernetesGroups, username });
		}
		const resourceArn = state.accessEntryArn as string;
		const { removed, set } = tagChanges(state, inputs);
		if (removed.length) await client.untagResource({ resourceArn, tagKeys: removed });
		const tags = Object.fromEntries(set.map(({ Key, Value }) => [Key, Value as string]));
		if (set.length) await client.tagResource({ resourceArn, tags });
	},

	async delete(_id, state) {
		await ifFound(eks(regionOf(state)).deleteAccessEntry(principalOf(state)));
	},
};

export function regionOf(properties: Properties): string {
	return (properties.region as string | undefined) ?? configured().region;
}

/** The two by which EKS finds an entry. */
export function principalOf(properties: Properties): { clusterName: string; principalArn: string } {
	return { clusterName: properties.clusterName as string, principalArn: properties.principalArn as string };
}

function nonEmpty(list: string[] | undefined): string[] | undefined {
	return list?.length ? list : undefined;
}

function rfc3339(date: Date | undefined): string | undefined {
	return date?.toISOString().replace(/\.\d+Z$/, "Z");
}
