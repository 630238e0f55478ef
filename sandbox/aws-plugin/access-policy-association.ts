import { principalOf, regionOf } from "./access-entry";
import { eks, ifFound, retryWhile } from "./eks";
import { pagesOf } from "./iam";
import type { Properties } from "./properties";
import type { ResourceType } from "./resource-type";
import { arn, clusterName as validClusterName } from "./validators";

/**
 * aws:eks/accessPolicyAssociation:AccessPolicyAssociation. As with the real provider every change replaces it, and the new one is made
 * first: the end of the old one then takes away what the new one has set, unless the program says `deleteBeforeReplace`.
 */
export const accessPolicyAssociation: ResourceType = {
	title: "EKS Access Policy Association",
	inputs: {
		clusterName: { kind: "string", required: true, valid: validClusterName, replaces: true },
		principalArn: { kind: "string", required: true, valid: arn, replaces: true },
		policyArn: { kind: "string", required: true, valid: arn, replaces: true },
		accessScope: {
			kind: "block",
			required: true,
			replaces: true,
			properties: { type: { kind: "string", required: true }, namespaces: { kind: "set" } },
		},
		region: { kind: "string", computed: true, replaces: true },
	},
	outputs: { associatedAt: [], modifiedAt: [] },

	async create(inputs) {
		const { type, namespaces } = inputs.accessScope as { type: "cluster" | "namespace"; namespaces?: string[] };
		const { clusterName, principalArn } = principalOf(inputs);
		const policyArn = inputs.policyArn as string;
		await retryWhile("The specified principalArn could not be found", () =>
			eks(regionOf(inputs)).associateAccessPolicy({
				clusterName,
				principalArn,
				policyArn,
				accessScope: { type, namespaces: namespaces?.length ? namespaces : undefined },
			}),
		);
		return [clusterName, principalArn, policyArn].join("#");
	},

	async read(id, state) {
		const [clusterName = "", principalArn = "", policyArn = ""] = id.split("#");
		const region = regionOf(state);
		const association = await find(region, { clusterName, principalArn }, policyArn);
		if (!association) return undefined;
		const { accessScope } = association;
		const scope: Properties = { type: accessScope?.type };
		if (accessScope?.namespaces?.length) scope.namespaces = accessScope.namespaces;
		return {
			clusterName,
			principalArn,
			policyArn,
			accessScope: scope,
			region,
			associatedAt: goTime(association.associatedAt),
			modifiedAt: goTime(association.modifiedAt),
		};
	},

	async delete(_id, state) {
		const policyArn = state.policyArn as string;
		await ifFound(eks(regionOf(state)).disassociateAccessPolicy({ ...principalOf(state), policyArn }));
	},
};

async function find(region: string, principal: { clusterName: string; principalArn: string }, policyArn: string) {
	const pages = await ifFound(
		pagesOf((nextToken) => eks(region).listAssociatedAccessPolicies({ ...principal, nextToken })),
	);
	const associations = pages?.flatMap(({ associatedAccessPolicies = [] }) => associatedAccessPolicies);
	return associations?.find((each) => each.policyArn === policyArn);
}

/** The real provider gives these times as Go prints them. */
function goTime(date: Date | undefined): string | undefined {
	return date?.toISOString().replace(/^(.+)T(.+)Z$/, "$1 $2 +0000 UTC");
}
