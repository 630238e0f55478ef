import type * as pulumi from "@pulumi/pulumi";
import { type LiveEntry, readEntries } from "../../../core/aws-auth/map";
import { type LiveConfigMap, recordsOf } from "../../../core/aws-auth/ownership-record";
import { throwIfAny } from "../../../core/errors/problem";
import { canonicalArn } from "../../../core/iam/arn";
import type { ApiServer } from "../../../core/kubernetes/api-server";
import type { LiveBinding } from "../../../core/rbac/live-bindings";
import { CLUSTER_ADMIN_GROUP } from "../../../core/rbac/policy-rules";
import { surplusProblems, unneededKeys, unneededWarning } from "../../../core/teams/allow";
import type { Principal } from "../../../core/teams/principal-kinds";
import { awsAuthSurplus } from "../../../core/teams/surplus";
import type { Team } from "../../../core/teams/team";
import { log } from "../../log";
import { readAwsAuthIfThere } from "../aws-auth";
import { type Adopted, awsFindings, teamOf } from "./aws-surplus";
import { areInStack, bindingFindings } from "./bindings";
import { warnOfDrift } from "./drift";

/** What a preflight has found by the time that it looks for access besides what the config lists. */
export interface SurplusQuestion extends Adopted {
	/** Of the EksAccess. */
	name: string;
	kubeconfig: string;
	/** Undefined: they could not be listed. */
	bindings: Promise<LiveBinding[] | undefined>;
	server: ApiServer;
	/** What to call the config in errors. */
	where: string;
	/** That the cluster lets people in by aws-auth, or by access entries that take the place of entries there. */
	readsAwsAuth: boolean;
	adoptExisting?: boolean;
	aws: pulumi.InvokeOptions;
}

/**
 * Refuses access that people would have besides what the config lists, all of it in one error, and warns about keys of `allow` that
 * accept nothing.
 *
 * @throws {ConfigError}
 */
export async function checkSurplus(question: SurplusQuestion): Promise<void> {
	const { teams, principals, arns, kubeconfig, server, aws, adoptExisting } = question;
	const live = await question.bindings;
	const [ofBindings, ofAws, awsAuth] = await Promise.all([
		live && bindingFindings(teams, live, server),
		awsFindings(question, aws, live ?? []),
		question.readsAwsAuth ? readAwsAuthIfThere(kubeconfig) : undefined,
		warnOfDrift(teams, question.name, server, aws, live),
	]);
	const foreign = awsAuth && adoptExisting ? foreignEntries(awsAuth, teams, principals, arns) : [];
	if (awsAuth) {
		await warnOfEntries(awsAuth, teams, arns);
	}
	const findings = [
		...(ofBindings ?? []),
		...(ofAws ?? []),
		...foreign.flatMap(({ team, groups, entry }) => awsAuthSurplus(team, groups, entry)),
	];
	const problems = surplusProblems(teams, findings);
	throwIfAny(problems, question.where);
	const unneeded = teams.map((team) => ({ team: team.name, keys: unneededKeys(team, findings) }));
	for (const { team, keys } of ofBindings && ofAws ? unneeded.filter((each) => each.keys.length > 0) : []) {
		await log.warn(unneededWarning(team, keys));
	}
	const isAdopted = question.identities.size + question.entries.size + foreign.length === 0;
	if (adoptExisting && isAdopted && (await areInStack(teams))) {
		await log.warn(
			"adoptExisting is true, and everything is in the stack: take it out, so that nothing else is taken over unseen: " +
				"pulumi config rm adoptExisting",
		);
	}
}

/**
 * Entries of aws-auth for the teams' identities that this program has not written. An access entry takes the place of the one in aws-auth
 * too.
 */
function foreignEntries(
	live: LiveConfigMap,
	teams: Team[],
	principals: Principal[],
	arns: ReadonlyMap<string, string>,
): { team: string; groups: string[]; entry: LiveEntry }[] {
	return principals.flatMap((principal) => {
		const arn = canonicalArn(arns.get(principal.key) as string).toLowerCase();
		const groups = principal.admin ? [...principal.groups, CLUSTER_ADMIN_GROUP] : principal.groups;
		return unrecordedEntries(live, principal.type)
			.filter((entry) => entry.arn?.toLowerCase() === arn)
			.map((entry) => ({ team: teamOf(principal, teams).name, groups, entry }));
	});
}

/** Warns of whom somebody else has let into a team's Kubernetes group by aws-auth. */
async function warnOfEntries(live: LiveConfigMap, teams: Team[], arns: ReadonlyMap<string, string>): Promise<void> {
	const listed = new Set([...arns.values()].map((arn) => canonicalArn(arn).toLowerCase()));
	const own = teams.map(({ group }) => group);
	const strangers = (["role", "user"] as const)
		.flatMap((type) => unrecordedEntries(live, type))
		.filter(({ arn = "", groups }) => !listed.has(arn.toLowerCase()) && groups.some((group) => own.includes(group)));
	if (strangers.length > 0) {
		const list = strangers.map(
			({ arn, groups }) => `  ${arn} in ${groups.filter((each) => own.includes(each)).join(", ")}`,
		);
		await log.warn(
			`aws-auth has entries of others in a team's Kubernetes group, with the team's access all the same:\n${list.join("\n")}\n` +
				"List them in the team (roleArns, userArns), take them out (kubectl edit -n kube-system configmap/aws-auth), or give the team " +
				"another group",
		);
	}
}

/** Entries that no stack has written. */
function unrecordedEntries(live: LiveConfigMap, type: Principal["type"]): LiveEntry[] {
	const recorded = new Set(
		[...recordsOf(live).values()].flatMap(({ roles, users }) => [...roles, ...users]).map((arn) => arn.toLowerCase()),
	);
	return entriesOf(live, type).filter(({ arn }) => !recorded.has(arn?.toLowerCase() ?? ""));
}

function entriesOf({ data = {} }: LiveConfigMap, type: Principal["type"]): LiveEntry[] {
	const key = type === "role" ? "mapRoles" : "mapUsers";
	try {
		return readEntries(data[key], key);
	} catch {
		// The plan says what is wrong with the text.
		return [];
	}
}
