import { getRegion } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import { AccessError } from "../../core/errors/access-error";
import { type Ways, waysOf } from "../../core/kubernetes/authentication-mode";
import { type AwsAccount, roleArnOf } from "../../core/teams/iam-policies";
import type { Principal } from "../../core/teams/principal-kinds";
import { mappingsOf, principalsOf } from "../../core/teams/principals";
import { roleNameOf, type Team } from "../../core/teams/team";
import type { CheckedEksAccessArgs } from "../eks-access-args";
import { askPermissionSets, fromAws, lookUpAccount } from "./account";
import { checkAwsAuth } from "./aws-auth";
import { checkClusterRoles, checkFullAccess, withSelectedNamespaces } from "./cluster";
import { describeCluster, findKubeconfig, requireMode } from "./cluster-connection";
import { clusterProviderName, identityFor } from "./cluster-identity";
import { checkBindings, readBindings } from "./existing/bindings";
import {
	ACCESS_ENTRY,
	accessEntriesName,
	type ExistingEntry,
	existingEntries,
	formerKeys,
	refuseTwins,
} from "./existing/entries";
import { type ExistingIdentity, existingIdentities, formerRoles } from "./existing/iam";
import { checkPrincipals } from "./existing/principals";
import { checkSurplus } from "./existing/surplus";
import { requireEntriesFirst } from "./migration-order";
import { findOperator, requireOperatorStays } from "./operator";
import { lastOutputsOfType, lastResources } from "./stack-state";
import { checkWrites, removeUnrecorded } from "./writes";

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
	/** URNs of roles that the stack has as those of teams of other names, by the team's name. */
	formerRoles: Map<string, string>;
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
	/** The program gives a kubernetes provider of its own. */
	hasProvider = false,
): Promise<Preparation> {
	const where = `EksAccess ${name}`;
	// Before anything is registered, whose outputs the state could have by the time it is asked.
	lastResources().catch(() => undefined);
	const account = args.account ? Promise.resolve(args.account) : lookUpAccount(aws);
	// The default provider's region is known without asking it, where the stack's config has it.
	const configured = aws.provider || aws.parent ? undefined : new pulumi.Config("aws").get("region");
	const asked =
		args.region ?? configured ?? fromAws("find the region", getRegion({}, aws)).then((found) => found.region);
	const sets = askPermissionSets(given, aws);
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
	const kubeconfig =
		args.kubeconfig ?? (await findKubeconfig(args, isElsewhere ? undefined : await cluster, aws.provider));
	const authentication = args.authentication ?? "auto";
	const mode = authentication === "auto" ? (await cluster)?.mode : undefined;
	if (authentication === "auto" && mode === undefined) {
		await refuseToGuess(args.cluster);
	}
	const ways = waysOf(authentication, mode);

	const [teams, permissionSets] = await Promise.all([
		withSelectedNamespaces(given, kubeconfig, where),
		checkPrincipals(given, where, { account, sets, accessEntries: ways.accessEntries, aws }),
	]);
	const principals = principalsOf(teams);
	const arns = account.then((known) => arnsOf(principals, teams, known, permissionSets));
	arns.catch(() => undefined);
	const operator = findOperator(kubeconfig);
	operator.catch(() => undefined);
	const { takeOver, adoptExisting } = args;
	const bindings = readBindings(kubeconfig);
	bindings.catch(() => undefined);
	const context = { arns, cluster, name: args.cluster };
	const awsAuth = ways.awsAuth
		? checkAwsAuth({
				name: awsAuthName,
				kubeconfig,
				mappings: arns.then((known) => mappingsOf(principals, ({ key }) => known.get(key) as string)),
				takeOver,
				adoptExisting,
			})
		: undefined;
	const checking = firstRefusal([
		// Access entries are made by AWS, so a cluster that AWS does not show has none.
		(ways.accessEntries ? describing : cluster).then((found) => found && requireMode(found, ways)),
		identityFor(clusterProviderName(name), kubeconfig),
		requireOperatorStays(kubeconfig, awsAuthName, {
			...context,
			operator,
			principals,
			accessEntries: ways.accessEntries,
		}),
		checkClusterRoles(teams, kubeconfig, where),
		awsAuth ?? requireEntriesFirst(kubeconfig, awsAuthName, { ...context, region, aws, adoptExisting }),
		adoptExisting
			? bindings.then((live) => checkBindings(teams, live ?? [], where))
			: checkFullAccess(teams, kubeconfig),
	]);
	const writes = checkWrites(teams, { name, kubeconfig, adoptExisting, awsAuth, isOthers: hasProvider });
	for (const check of [checking, writes]) {
		check.catch(() => undefined);
	}
	/** What is wrong with the cluster says more than what cannot be adopted. */
	const afterCheck = async (error: unknown): Promise<never> => {
		await checking;
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
		const asked = { cluster: args.cluster, region, principalArns, ownRoleArns, adoptExisting, operator };
		const found = await existingEntries(asked, aws).catch(afterCheck);
		for (const [key, arn] of byKey) {
			const entry = found.get(arn);
			if (entry) {
				existing.set(key, entry);
			}
		}
	}
	const surplus = checkSurplus({
		...{
			name,
			teams,
			principals,
			cluster: args.cluster,
			region,
			identities,
			kubeconfig,
			where,
			adoptExisting,
			aws,
			bindings,
		},
		...{ account: await account, arns: await arns, entries: existing, hasEntries: ways.accessEntries },
		readsAwsAuth: ways.awsAuth || (await cluster)?.mode !== "API",
	});
	surplus.catch(() => undefined);
	return {
		...{ teams, account, region, kubeconfig, ways, permissionSets, identities, existing, formerKeys: former },
		formerRoles: await formerRoles(name, teams),
		// Whose an object is says more than that it cannot be made.
		check: () =>
			checking
				.then(() => surplus)
				.then(() => writes)
				.then((unrecorded) => removeUnrecorded(kubeconfig, unrecorded)),
	};
}

/** Waits for all; rejects with what the first in the list that failed says, whichever failed first. */
async function firstRefusal(checks: unknown[]): Promise<void> {
	const failed = (await Promise.allSettled(checks)).find((result) => result.status === "rejected");
	if (failed) {
		throw failed.reason;
	}
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
