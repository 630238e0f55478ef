import * as eks from "@pulumi/aws/eks/accessEntry";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../core/errors/problem";
import { accessPolicyArn, CLUSTER_ADMIN_POLICY } from "../core/rbac/policy-rules";
import type { AccessPolicy } from "../core/teams/principal-kinds";
import type { ExistingEntry } from "./preflight/existing/entries";

/** An identity that an access entry lets in. */
export interface AccessEntryArgs {
	/** Names it in the graph of resources. */
	key: string;
	/** With its path. */
	principalArn: pulumi.Input<string>;
	/** Its Kubernetes username; may hold `{{SessionName}}` or `{{SessionNameRaw}}`. */
	username: string;
	/** May not begin with `system:`, nor hold templates. */
	groups: string[];
	/** Access policies that are associated with it. */
	policies: AccessPolicy[];
	/**
	 * The entry goes with what this names, such as the `uniqueId` of its role: EKS knows a role by its id, so the entry of one that is
	 * made anew lets nobody in.
	 * @default none
	 */
	boundTo?: pulumi.Input<string>;
	/** An entry that is there already, to be taken into the stack; the same update gives it what is here. */
	existing?: ExistingEntry;
	/**
	 * The key that it had before, under which the stack's state has it.
	 * @default none
	 */
	formerKey?: string;
}

/** What {@link AccessEntries} needs. */
export interface AccessEntriesArgs {
	/** Name of the EKS cluster; its mode has to be API or API_AND_CONFIG_MAP. */
	clusterName: pulumi.Input<string>;
	/** For ARNs of access policies, for example `aws`. */
	partition: pulumi.Input<string>;
	/** The identities to let in; what their keys are decides which resources exist. */
	entries: AccessEntryArgs[];
	/**
	 * The cluster's region.
	 * @default the AWS provider's
	 */
	region?: pulumi.Input<string>;
	/**
	 * Tags of the entries.
	 * @default none
	 */
	tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * EKS access entries, one an identity, with its Kubernetes groups and the access policies that are similar to its levels.
 *
 * IAM shows a new role to EKS after a while only: the AWS provider tries again for two minutes (terraform-provider-aws 35535, 35736).
 */
export class AccessEntries extends pulumi.ComponentResource {
	/** ARNs of the identities that are let in. */
	readonly principalArns: pulumi.Output<string[]>;
	/** Private by their mark: the SDK walks through whatever a resource that others depend on shows, for each of them. */
	#ofAdministrators: pulumi.Resource[] = [];
	#entries: pulumi.Resource[] = [];

	constructor(name: string, args: AccessEntriesArgs, opts?: pulumi.ComponentResourceOptions) {
		refuseEntryNames(args.entries, `AccessEntries ${name}`);
		super("eks-access:index:AccessEntries", name, {}, opts);
		const { clusterName, region, tags } = args;
		// There can be one entry an identity, and one association a policy: the old one has to go first.
		const here = { parent: this, deleteBeforeReplace: true };
		for (const { key, principalArn, username, groups, policies, boundTo, existing, formerKey } of args.entries) {
			const formerNames = (suffix = "") => (formerKey ? [{ name: `${name}/${formerKey}${suffix}` }] : []);
			const entry = new eks.AccessEntry(
				`${name}/${key}`,
				{ clusterName, principalArn, region, kubernetesGroups: groups, userName: username, tags },
				{
					...here,
					replacementTrigger: boundTo,
					import: existing?.id,
					// Tags do not decide whether it can be adopted; the next update sets them.
					ignoreChanges: existing && ["tags", "tagsAll"],
					aliases: formerNames(),
				},
			);
			this.#entries.push(entry);
			const isAdministrator = policies.some(({ name: policy }) => policy === CLUSTER_ADMIN_POLICY);
			if (isAdministrator) {
				this.#ofAdministrators.push(entry);
			}
			for (const policy of policies) {
				const association = new AccessPolicyAssociation(
					`${name}/${key}/${policy.name}`,
					{
						clusterName,
						region,
						principalArn: entry.principalArn,
						policyArn: pulumi.output(args.partition).apply((partition) => accessPolicyArn(partition, policy.name)),
						accessScope: policy.namespaces ? { type: "namespace", namespaces: policy.namespaces } : { type: "cluster" },
					},
					{ ...here, dependsOn: entry, aliases: formerNames(`/${policy.name}`) },
				);
				if (isAdministrator) {
					this.#ofAdministrators.push(association);
				}
			}
		}
		this.principalArns = pulumi.output(args.entries.map(({ principalArn }) => principalArn));
		this.registerOutputs({ principalArns: this.principalArns });
	}

	/**
	 * The entries and associations of cluster administrators. What is in the cluster depends on them, so that a destroy takes the
	 * operator's way in away last.
	 */
	get ofAdministrators(): readonly pulumi.Resource[] {
		return this.#ofAdministrators;
	}

	/** The entries, one an identity. */
	get entries(): readonly pulumi.Resource[] {
		return this.#entries;
	}
}

/** What aws-auth takes in a name, and access entries do not: https://docs.aws.amazon.com/eks/latest/userguide/set-custom-username.html */
const TEMPLATE_OF_AWS_AUTH = /\{\{(?!SessionName(?:Raw)?\}\})\w+\}\}/;

/**
 * In an access entry EKS takes none of Kubernetes' own groups, and would say so when half of the rest is made; of templates it knows those
 * of a session's name, in usernames.
 *
 * @throws {ConfigError}
 */
export function refuseEntryNames(entries: Pick<AccessEntryArgs, "key" | "username" | "groups">[], where: string): void {
	const problems = entries.flatMap(({ key, username, groups }) => [
		...groups
			.filter((group) => group.startsWith("system:"))
			.map((group) => ({
				path: key,
				code: "access-entry-group-reserved" as const,
				message: `has the group ${group}; access entries take none of Kubernetes' own: remove it, or stay with aws-auth`,
			})),
		...[
			...groups.filter((group) => group.includes("{{")),
			...(TEMPLATE_OF_AWS_AUTH.test(username) ? [username] : []),
		].map((name) => ({
			path: key,
			code: "access-entry-template-unknown" as const,
			message:
				`is called ${name}; access entries replace {{SessionName}} and {{SessionNameRaw}} in usernames and nothing else: ` +
				"write it out, or stay with aws-auth",
		})),
	]);
	throwIfAny(problems, where);
}
