import { type GetAccessEntryArgs, type GetAccessEntryResult, getAccessEntry } from "@pulumi/aws/eks/getAccessEntry";
import { getRegion } from "@pulumi/aws/getRegion";
import type * as pulumi from "@pulumi/pulumi";
import { isAbsent, providerWords } from "../../../core/aws/provider-errors";
import type { Operator } from "../../../core/aws-auth/operator-access";
import { AccessError } from "../../../core/errors/access-error";
import { quoted } from "../../../core/errors/escape";
import { canonicalArn } from "../../../core/iam/arn";
import { log } from "../../log";
import { lastOutputsOfType, lastResources } from "../stack-state";

/** The type of access entries in a stack's state. */
export const ACCESS_ENTRY = "aws:eks/accessEntry:AccessEntry";

/** An access entry that is there already, as this stack takes it over. */
export interface ExistingEntry {
	/** What `pulumi import` calls it: `<cluster>:<principal ARN>`, and `@<region>` where that is not the provider's. */
	id: string;
	/** Its Kubernetes groups now. */
	groups: string[];
}

/** An access entry that EKS takes instead of an entry in aws-auth. */
export interface OverridingEntry extends Omit<ExistingEntry, "id"> {
	/** Its Kubernetes username. */
	username: string;
}

/**
 * The access entries that are there already and are not this stack's, by ARN of their identity: to be adopted.
 *
 * @param args.ownRoleArns Which of the identities are roles that this stack makes, adopted ones left out.
 * @throws {AccessError} where there are some and they are not to be adopted, or where one is not for people.
 */
export async function existingEntries(
	args: {
		cluster: string;
		region: string;
		principalArns: string[];
		ownRoleArns: string[];
		adoptExisting?: boolean;
		/** Who runs this: nobody is told to delete the entry by which they come in. */
		operator?: Promise<Operator | undefined>;
	},
	opts: pulumi.InvokeOptions,
): Promise<Map<string, ExistingEntry>> {
	const { cluster, region, adoptExisting } = args;
	const [found, own] = await Promise.all([
		Promise.all(args.principalArns.map((arn) => findEntry({ clusterName: cluster, region, principalArn: arn }, opts))),
		ownEntries(cluster),
	]);
	const foreign = found.flatMap((entry) => (entry && !own.has(entry.principalArn) ? [entry] : []));
	const ofNodes = foreign.filter(({ type }) => type !== "STANDARD");
	if (ofNodes.length > 0) {
		const list = ofNodes.map(({ principalArn, type }) => `${principalArn} (${type})`).join(", ");
		throw new AccessError(
			"node-role-refused",
			`access entries: ${list} of cluster ${cluster} lets nodes in, not people. Nothing was changed. ` +
				"Take the role out of the teams' roleArns; give people and CI a role of their own",
		);
	}
	if (foreign.length > 0 && !adoptExisting) {
		const me = (await args.operator?.catch(() => undefined))?.arn;
		const [deletable] = foreign.filter(({ principalArn }) => canonicalArn(principalArn) !== me);
		const ids = foreign.map(({ principalArn }) => `  ${idOf(cluster, principalArn)}`).join("\n");
		throw new AccessError(
			"access-entry-exists",
			`access entries: ${foreign.length === 1 ? "one is" : `${foreign.length} are`} there already that this stack has not made. ` +
				`Nothing was changed. Import ${foreign.length === 1 ? "it" : "them"} into the stack: pulumi config set adoptExisting true, ` +
				`then pulumi up, which imports\n${ids}` +
				(deletable
					? `\nOr delete what nobody needs: aws eks delete-access-entry --cluster-name ${cluster} --principal-arn ${quoted(deletable.principalArn)}`
					: ""),
		);
	}
	const made = await rolesInStack();
	const stale = foreign.find(({ principalArn }) => args.ownRoleArns.includes(principalArn) && !made.has(principalArn));
	if (stale) {
		throw new AccessError(
			"access-entry-stale",
			`access entries: ${stale.principalArn} has one already, but its role is only made now, and EKS knows a role by its id: the ` +
				"entry would let nobody in. Nothing was changed. Delete it, which takes nobody's access: " +
				`aws eks delete-access-entry --cluster-name ${cluster} --principal-arn ${quoted(stale.principalArn)}`,
		);
	}
	const isElsewhere = foreign.length > 0 && (await getRegion({}, opts)).region !== region;
	const inRegion = isElsewhere ? `@${region}` : "";
	return new Map(
		foreign.map(({ principalArn, kubernetesGroups }) => [
			principalArn,
			{ id: `${idOf(cluster, principalArn)}${inRegion}`, groups: kubernetesGroups },
		]),
	);
}

/**
 * The access entries of principals whom a stack lets in by aws-auth, by ARN: EKS takes them instead, and whoever made them decides what
 * they give. Those that this stack has made leave with the update.
 */
export async function overridingEntries(
	{ cluster, region, principalArns }: { cluster: string; region: string; principalArns: string[] },
	opts: pulumi.InvokeOptions,
): Promise<Map<string, OverridingEntry>> {
	try {
		const [found, own] = await Promise.all([
			Promise.all(principalArns.map((arn) => findEntry({ clusterName: cluster, region, principalArn: arn }, opts))),
			ownEntries(cluster),
		]);
		const others = found.flatMap((entry) => (entry && !own.has(entry.principalArn) ? [entry] : []));
		return new Map(
			others.map(({ principalArn, kubernetesGroups, userName }) => [
				principalArn,
				{ groups: kubernetesGroups, username: userName },
			]),
		);
	} catch (error) {
		if ((error as AccessError).code !== "access-entry-unreadable") {
			throw error;
		}
		// A stack that makes none need not be able to read them.
		await log.warn(
			"an access entry takes the place of an identity's entry in aws-auth, and these credentials may not read whether the teams have " +
				"some: they may give people more than the config lists. Use AWS credentials that may call eks:DescribeAccessEntry",
		);
		return new Map();
	}
}

/**
 * The key that an identity had in the last update, by its key now, where that is another: a role that was listed by its ARN, for example,
 * and is by its permission set now. Its entry stays the same; a second one could not be made before the first has gone.
 *
 * @param component Name of the {@link AccessEntries}.
 * @param arns The identities' ARNs by their keys.
 */
export async function formerKeys(component: string, arns: Map<string, string>): Promise<Map<string, string>> {
	const prefix = `${component}/`;
	const former = new Map(
		Object.entries(await lastResources()).flatMap(([urn, { type, outputs }]) => {
			// urn:pulumi:<stack>::<project>::<types>::<name>, and there are colons in an ARN.
			const name = urn.split("::").slice(3).join("::");
			return type === ACCESS_ENTRY && name.startsWith(prefix)
				? [[outputs.principalArn, name.slice(prefix.length)]]
				: [];
		}),
	);
	return new Map(
		[...arns].flatMap(([key, arn]) => {
			const old = former.get(arn);
			return old && old !== key && !arns.has(old) ? [[key, old]] : [];
		}),
	);
}

/** ARNs of those in `principalArns` that no access entry lets in. */
export async function withoutEntry(
	{ cluster, region, principalArns }: { cluster: string; region: string; principalArns: string[] },
	opts: pulumi.InvokeOptions,
): Promise<string[]> {
	const found = await Promise.all(
		principalArns.map((principalArn) => findEntry({ clusterName: cluster, region, principalArn }, opts)),
	);
	return principalArns.filter((_, at) => !found[at]);
}

async function findEntry(
	args: GetAccessEntryArgs,
	opts: pulumi.InvokeOptions,
): Promise<GetAccessEntryResult | undefined> {
	try {
		return await getAccessEntry(args, opts);
	} catch (error) {
		if (isAbsent(error as Error)) {
			return undefined;
		}
		throw new AccessError(
			"access-entry-unreadable",
			`access entries: cannot read the one of ${args.principalArn} in ${args.clusterName} (${providerWords(error as Error)}). Nothing was changed. ` +
				"Use AWS credentials that may call eks:DescribeAccessEntry",
		);
	}
}

/** ARNs whose entries the stack's state holds. */
async function ownEntries(cluster: string): Promise<Set<unknown>> {
	const entries = await lastOutputsOfType(ACCESS_ENTRY);
	return new Set(entries.filter(({ clusterName }) => clusterName === cluster).map(({ principalArn }) => principalArn));
}

/** ARNs of the roles that the stack's state holds. */
async function rolesInStack(): Promise<Set<unknown>> {
	return new Set((await lastOutputsOfType("aws:iam/role:Role")).map(({ arn }) => arn));
}

function idOf(cluster: string, principalArn: string): string {
	return `${cluster}:${principalArn}`;
}

/** Name of the access entries of an EksAccess. */
export function accessEntriesName(eksAccess: string): string {
	return `${eksAccess}-access-entries`;
}

/** An identity has one access entry; aws-auth says the same of its own. */
export function refuseTwins(arns: Map<string, string>): void {
	const seen = new Map<string, string>();
	for (const [key, arn] of arns) {
		const twin = seen.get(arn.toLowerCase());
		if (twin) {
			throw new AccessError(
				"principal-twice",
				`access entries: ${twin} and ${key} are the same, ${arn}, which can have one entry only. Nothing was changed. ` +
					"List it in one way in all teams",
			);
		}
		seen.set(arn.toLowerCase(), key);
	}
}
