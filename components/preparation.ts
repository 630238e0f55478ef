import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getPartition } from "@pulumi/aws/getPartition";
import { getRegion } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { accessEntriesName } from "./access-entries";
import { ACCESS_ENTRY, type ExistingEntry, existingEntries, formerKeys } from "./access-entry-check";
import { AccessError } from "./access-error";
import { type Ways, waysOf } from "./authentication";
import { checkAwsAuth } from "./aws-auth-preflight";
import { checkBindings } from "./binding-check";
import { checkClusterRoles, checkFullAccess, withSelectedNamespaces } from "./cluster-check";
import { describeCluster, findKubeconfig, requireMode } from "./cluster-connection";
import type { CheckedEksAccessArgs } from "./eks-access";
import { requireEntriesFirst } from "./entries-first";
import { type ExistingIdentity, existingIdentities } from "./identity-check";
import { lastOutputsOfType, lastResources } from "./last-update";
import { ALL_PERMISSION_SETS, findPermissionSets } from "./permission-set";
import { type AwsAccount, roleArnOf } from "./policy-documents";
import { mappingsOf, type Principal, principalsOf } from "./principal";
import { roleNameOf, type Team } from "./team";

/** What has been found out before anything is registered. */
export interface Preparation {
	/** With the namespaces that their selectors choose. */
	teams: Team[];
	account: Promise<AwsAccount>;
	region: string;
	kubeconfig: string;
	ways: Ways;
	/** Permission set -> ARN of its role. */
	permissionSets: Record<string, string>;
	/** Roles and groups to adopt, by the team's name. */
	identities: Map<string, ExistingIdentity>;
	/** Access entries to adopt, by their principal's key. */
	existing: Map<string, ExistingEntry>;
	/** Keys that principals with access entries had in the last update, by their keys now. */
	formerKeys: Map<string, string>;
	/** What a preview need not wait for; rejects with what is wrong. The same answer each time. */
	check(): Promise<unknown>;
}

/**
 * Asks whether everything can be done: the cluster, its mode, namespaces, ClusterRoles and bindings, the permission sets, aws-auth, the
 * teams' roles and groups, and the access entries.
 *
 * @throws {AccessError} the first thing that stands in the way.
 */
export async function prepare(
	name: string,
	awsAuthName: string,
	given: Team[],
	args: CheckedEksAccessArgs,
	aws: pulumi.InvokeOptions,
): Promise<Preparation> {
	const where = `EksAccess ${name}`;
	// Before anything is registered, whose outputs the state could have by the time it is asked.
	lastResources().catch(() => undefined);
	const account = args.account ? Promise.resolve(args.account) : lookUpAccount(aws);
	// The default provider's region is known without asking it, where the stack's config has it.
	const configured = aws.provider || aws.parent ? undefined : new pulumi.Config("aws").get("region");
	const asked = args.region ?? configured ?? getRegion({}, aws).then((found) => found.region);
	const sets = lookUpPermissionSets(given, aws);
	for (const lookUp of [account, Promise.resolve(asked), sets]) {
		// Each is awaited in its turn; one that fails while another is awaited says nothing new.
		lookUp.catch(() => undefined);
	}
	const region = await asked;
	const isElsewhere = (args.kubeconfig ?? args.kubeconfigStack) !== undefined;
	const describing = describeCluster(args.cluster, region, aws);
	// A cluster of another account, for example: the kubeconfig counts.
	const cluster = isElsewhere ? describing.catch(() => undefined) : describing;
	cluster.catch(() => undefined);
	const kubeconfig = args.kubeconfig ?? (await findKubeconfig(args, isElsewhere ? undefined : await cluster));
	const authentication = args.authentication ?? "auto";
	const mode = authentication === "auto" ? (await cluster)?.mode : undefined;
	if (authentication === "auto" && mode === undefined) {
		await refuseToGuess(args.cluster);
	}
	const ways = waysOf(authentication, mode);

	const teams = await withSelectedNamespaces(given, kubeconfig, where);
	const permissionSets = await sets;
	const principals = principalsOf(teams);
	const arns = account.then((known) => arnsOf(principals, teams, known, permissionSets));
	arns.catch(() => undefined);
	const { takeOver, adoptExisting } = args;
	const checkNow = () =>
		firstRefusal([
			// Access entries are made by AWS, so a cluster that AWS does not show has none.
			(ways.accessEntries ? describing : cluster).then((found) => found && requireMode(found, ways)),
			checkClusterRoles(teams, kubeconfig, where),
			ways.awsAuth
				? checkAwsAuth({
						name: awsAuthName,
						kubeconfig,
						mappings: arns.then((known) => mappingsOf(principals, ({ key }) => known.get(key) as string)),
						takeOver,
						adoptExisting,
					})
				: requireEntriesFirst(kubeconfig, awsAuthName, {
						arns,
						cluster,
						name: args.cluster,
						region,
						aws,
						adoptExisting,
					}),
			adoptExisting ? checkBindings(teams, kubeconfig, where) : checkFullAccess(teams, kubeconfig),
		]);
	let checking: Promise<unknown> | undefined;
	const check = () => {
		checking ??= checkNow();
		checking.catch(() => undefined);
		return checking;
	};
	// A preview goes on first: see EksAccess.create.
	if (!pulumi.runtime.isDryRun()) {
		check();
	}
	/** What is wrong with the cluster says more than what cannot be adopted. */
	const afterCheck = async (error: unknown): Promise<never> => {
		await check();
		throw error;
	};
	const identities = await existingIdentities(teams, adoptExisting, aws).catch(afterCheck);
	const existing = new Map<string, ExistingEntry>();
	let former = new Map<string, string>();
	if (ways.accessEntries) {
		const byKey = await arns;
		refuseTwins(byKey);
		former = await formerKeys(accessEntriesName(name), byKey);
		const principalArns = [...byKey.values()];
		const ownRoleArns = principals
			.filter(({ source }) => "team" in source && !identities.get(source.team)?.role)
			.map(({ key }) => byKey.get(key) as string);
		const asked = { cluster: args.cluster, region, principalArns, ownRoleArns, adoptExisting };
		const found = await existingEntries(asked, aws).catch(afterCheck);
		for (const [key, arn] of byKey) {
			const entry = found.get(arn);
			if (entry) {
				existing.set(key, entry);
			}
		}
	}
	return { teams, account, region, kubeconfig, ways, permissionSets, identities, existing, formerKeys: former, check };
}

/** Waits for all; rejects with what the first in the list that failed says, whichever failed first. */
async function firstRefusal(checks: unknown[]): Promise<void> {
	const failed = (await Promise.allSettled(checks)).find((result) => result.status === "rejected");
	if (failed) {
		throw failed.reason;
	}
}

export async function lookUpAccount(aws: pulumi.InvokeOptions): Promise<AwsAccount> {
	const [{ partition }, { accountId }] = await Promise.all([getPartition({}, aws), getCallerIdentity({}, aws)]);
	return { partition, accountId };
}

/** The roles of the permission sets that teams have; asks only where there are any. */
export async function lookUpPermissionSets(teams: Team[], aws: pulumi.InvokeOptions): Promise<Record<string, string>> {
	const names = [...new Set(teams.flatMap(({ ssoPermissionSets }) => ssoPermissionSets))];
	if (names.length === 0) {
		return {};
	}
	const { getRoles } = await import("@pulumi/aws/iam/getRoles");
	const found = await getRoles(ALL_PERMISSION_SETS, aws);
	return findPermissionSets(names, found);
}

/** The ARN of each principal, by its key. */
function arnsOf(
	principals: Principal[],
	teams: Team[],
	account: AwsAccount,
	permissionSets: Record<string, string>,
): Map<string, string> {
	return new Map(
		principals.map(({ key, source }) => {
			if ("arn" in source) {
				return [key, source.arn];
			}
			if ("permissionSet" in source) {
				return [key, permissionSets[source.permissionSet]];
			}
			const team = teams.find((each) => each.name === source.team) as Team;
			return [key, roleArnOf(account, roleNameOf(team), team.role.path)];
		}),
	);
}

/** A look-up that failed once must not take everybody's access entries away. */
async function refuseToGuess(cluster: string): Promise<void> {
	if ((await lastOutputsOfType(ACCESS_ENTRY)).length > 0) {
		throw new AccessError(
			"authentication-unknown",
			`authentication: this stack has access entries, and AWS does not say how ${cluster} lets people in now. Nothing was ` +
				"changed. Use credentials that may call eks:DescribeCluster, or say it: pulumi config set authentication access-entries",
		);
	}
}

/** An identity has one access entry; aws-auth says the same of its own. */
function refuseTwins(arns: Map<string, string>): void {
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
