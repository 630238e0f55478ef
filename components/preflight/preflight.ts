import type * as pulumi from "@pulumi/pulumi";
import type { Ways } from "../../core/kubernetes/authentication-mode";
import { type AwsAccount, roleArnOf } from "../../core/teams/iam-policies";
import { isRoleOver, type Principal } from "../../core/teams/principal-kinds";
import { mappingsOf, principalsOf, roleKeyOf } from "../../core/teams/principals";
import { roleNameOf, type Team } from "../../core/teams/team";
import type { CheckedEksAccessArgs } from "../eks-access-args";
import { checkTrustPolicies } from "./account";
import { checkAwsAuth } from "./aws-auth";
import { checkClusterRoles, checkOwnClusterRoles, withSelectedNamespaces } from "./cluster";
import { requireMode } from "./described-cluster";
import { checkBindings } from "./existing/bindings";
import {
	accessEntriesName,
	type ExistingEntry,
	existingEntries,
	formerKeys,
	overridingEntries,
	refuseTwins,
} from "./existing/entries";
import { type ExistingIdentity, existingIdentities, formerRoles } from "./existing/iam";
import { checkPrincipals } from "./existing/principals";
import { checkSurplus } from "./existing/surplus";
import { type Found, find, findWays, type Question, quiet } from "./look-ups";
import { requireEntriesFirst } from "./migration-order";
import { requireOperatorStays } from "./operator";
import { lastResources } from "./stack-state";
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
	/** Rejects with what is wrong, the same each time. An update has to wait for it; a preview changes nothing. */
	check(): Promise<unknown>;
}

/**
 * Asks whether everything can be done: the cluster, its mode, namespaces, ClusterRoles and bindings, the permission sets, aws-auth, the
 * teams' roles and groups, and the access entries.
 *
 * @param hasProvider The program gives a kubernetes provider of its own.
 * @throws {AccessError} the first thing that stands in the way.
 */
export async function prepare(
	name: string,
	awsAuthName: string,
	given: Team[],
	args: CheckedEksAccessArgs,
	aws: pulumi.InvokeOptions,
	hasProvider = false,
): Promise<Preparation> {
	const question = { name, awsAuthName, given, args, aws, where: `EksAccess ${name}` };
	// Before anything is registered, whose outputs the state could have by the time it is asked.
	lastResources().catch(() => undefined);
	const found = await find(question);
	const { account, region, kubeconfig, sets } = found;
	const ways = await findWays(args, found);
	const [teams, permissionSets] = await Promise.all([
		withSelectedNamespaces(given, question.where, found.live.server),
		checkPrincipals(given, question.where, { account, sets, accessEntries: ways.accessEntries, aws }),
		account.then((known) => checkTrustPolicies(given, question.where, known, region)),
	]);
	const principals = principalsOf(teams);
	const arns = account.then((known) => arnsOf(principals, teams, known, permissionSets));
	const wanted = { teams, principals, arns: quiet(arns), ways };
	const { checking, writes } = checkCluster(question, found, wanted, hasProvider);
	/** What is wrong with the cluster says more than what cannot be adopted. */
	const afterCheck = async (error: unknown): Promise<never> => {
		await checking;
		throw error;
	};
	const identities = await existingIdentities(teams, args.adoptExisting, aws).catch(afterCheck);
	const { existing, formerKeys: former } = await findEntries(question, found, wanted, identities).catch(afterCheck);
	const { adoptExisting, cluster } = args;
	const [known, mode] = await Promise.all([arns, found.cluster.then((described) => described?.mode)]);
	const isOverridable = !ways.accessEntries && mode === "API_AND_CONFIG_MAP";
	const surplus = checkSurplus({
		...{ name, teams, principals, cluster, region, identities, kubeconfig, where: question.where, adoptExisting, aws },
		...{ account: await account, arns: known, entries: existing, hasEntries: ways.accessEntries },
		...{ server: found.live.server, bindings: found.live.bindings },
		overriding: isOverridable
			? quiet(overridingEntries({ cluster, region, principalArns: [...known.values()] }, aws))
			: undefined,
		readsAwsAuth: ways.awsAuth || mode !== "API",
	});
	quiet(surplus);
	// Nothing can be registered with a cluster that does not answer, nor with one that is not the one that it was.
	await found.live.identity.catch(afterCheck);
	let checked: Promise<void> | undefined;
	return {
		...{ teams, account, region, kubeconfig, ways, permissionSets, identities, existing, formerKeys: former },
		formerRoles: await formerRoles(name, teams),
		check: () => {
			// Whose an object is says more than that it cannot be made.
			checked ??= checking
				.then(() => surplus)
				.then(() => writes)
				.then((unrecorded) => removeUnrecorded(found.live.server, unrecorded));
			return checked;
		},
	};
}

/** What an update is to make. */
interface Wanted {
	teams: Team[];
	principals: Principal[];
	/** By their keys. */
	arns: Promise<Map<string, string>>;
	ways: Ways;
}

function checkCluster(
	{ name, awsAuthName, args, aws, where }: Question,
	{ region, describing, cluster, kubeconfig, live }: Found,
	{ teams, principals, arns, ways }: Wanted,
	hasProvider: boolean,
): { checking: Promise<void>; writes: ReturnType<typeof checkWrites> } {
	const { takeOver, adoptExisting } = args;
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
		live.identity,
		requireOperatorStays(kubeconfig, awsAuthName, {
			...{ ...context, operator: live.operator, principals, accessEntries: ways.accessEntries },
			ended: teams.filter((team) => isRoleOver(team, new Date())).map(roleKeyOf),
		}),
		checkClusterRoles(teams, live.server, where),
		awsAuth ?? requireEntriesFirst(kubeconfig, awsAuthName, { ...context, region, aws, adoptExisting }),
		checkOwnClusterRoles(teams, live.server, adoptExisting ?? false),
		adoptExisting && live.bindings.then((found) => checkBindings(teams, found ?? [], where)),
	]);
	const writes = checkWrites(teams, live.server, { name, adoptExisting, awsAuth, isOthers: hasProvider });
	return { checking: quiet(checking), writes: quiet(writes) };
}

async function findEntries(
	{ name, args, aws }: Question,
	{ region, describing, live }: Found,
	{ principals, arns, ways }: Wanted,
	identities: Map<string, ExistingIdentity>,
): Promise<Pick<Preparation, "existing" | "formerKeys">> {
	const existing = new Map<string, ExistingEntry>();
	if (!ways.accessEntries) {
		return { existing, formerKeys: new Map() };
	}
	const byKey = await arns;
	refuseTwins(byKey);
	// A cluster whose mode is still being changed has no entries that AWS would list.
	await describing;
	const former = await formerKeys(accessEntriesName(name), byKey);
	const ownRoleArns = principals
		.filter(({ source }) => "team" in source && !identities.get(source.team)?.role)
		.map(({ key }) => byKey.get(key) as string);
	const { cluster, adoptExisting } = args;
	const principalArns = [...byKey.values()];
	const asked = { cluster, region, principalArns, ownRoleArns, adoptExisting, operator: live.operator };
	const found = await existingEntries(asked, aws);
	for (const [key, arn] of byKey) {
		const entry = found.get(arn);
		if (entry) {
			existing.set(key, entry);
		}
	}
	return { existing, formerKeys: former };
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
				return [key, permissionSets[source.permissionSet] as string];
			}
			const team = teams.find((each) => each.name === source.team) as Team;
			return [key, roleArnOf(account, roleNameOf(team), team.role.path)];
		}),
	);
}
