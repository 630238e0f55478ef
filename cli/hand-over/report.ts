import { describeUntil } from "../../core/iam/until";
import { endOfAccess, hasEnded, principalNames } from "../../core/teams/principal-kinds";
import type { Block, Report } from "../output/report";
import { callerOf } from "../whoami/caller";
import { describeGrants, kubeconfigCommands } from "../whoami/login-paths";
import type { TeamInCluster } from "./clusters";

/** Somebody of a team, and what to tell them of each cluster. */
export interface HandOver {
	who: string;
	clusters: {
		stack: string;
		cluster: string;
		grants: string[];
		until?: string;
		commands: string[];
		/** For ~/.aws/config. */
		profile?: string;
		check: string;
	}[];
}

export function handOvers(teams: readonly TeamInCluster[], now: Date): HandOver[] {
	const people = [...new Set(teams.flatMap(({ team }) => principalNames(team)))];
	return people.map((who) => ({
		who,
		clusters: teams.filter(({ team }) => principalNames(team).includes(who)).map((each) => ofCluster(who, each, now)),
	}));
}

function ofCluster(
	who: string,
	{ stack, team, cluster, region, account, roleArn }: TeamInCluster,
	now: Date,
): HandOver["clusters"][0] {
	const [kind, name = ""] = who.split(/\/(.*)/s) as [string, string?];
	const byRole = kind === "user" || kind === "account";
	const caller = callerOf(`arn:${account.partition}:iam::${account.accountId}:user/${name}`);
	const way = { teams: [team], ...(byRole ? { roleArn } : {}) };
	const { commands, profile } = kubeconfigCommands(way, {
		region,
		cluster: cluster.name,
		caller,
		isOneOfSeveral: true,
	});
	const until = endOfAccess(team, who);
	const check = `npx -p pulumi-eks-access eks-access whoami --cluster ${cluster.name}`;
	if (hasEnded(team, who, now)) {
		return { stack, cluster: cluster.name, grants: [], until, commands: [], check };
	}
	return {
		...{ stack, cluster: cluster.name, grants: describeGrants(team) },
		commands: kind === "sso" ? commands.map((command) => `${command} --profile ${team.name}`) : commands,
		...(until ? { until } : {}),
		...(kind === "sso"
			? { profile: ssoProfile(team.name, name, account.accountId, region) }
			: profile
				? { profile }
				: {}),
		check,
	};
}

function ssoProfile(team: string, permissionSet: string, accountId: string, region: string): string {
	return [
		`[profile ${team}]`,
		"sso_session = <name of your [sso-session] in this file>",
		`sso_account_id = ${accountId}`,
		`sso_role_name = ${permissionSet}`,
		`region = ${region}`,
	].join("\n");
}

export function reportOf(team: string, people: readonly HandOver[], now: Date): Report {
	const sections = people.flatMap(({ who, clusters }): Block[][] => [
		[{ heading: `${who}, team ${team}` }],
		...clusters.map((each) => blocksOf(each, now)),
	]);
	return { title: `Access of team ${team}`, sections };
}

function blocksOf({ cluster, grants, until, commands, profile, check }: HandOver["clusters"][0], now: Date): Block[] {
	const end = until ? `, ${describeUntil(until, now)}` : "";
	const text = `Cluster ${cluster}: ${grants.join("; ") || "no access"}${end}.`;
	// Whose access has ended needs nothing more.
	if (commands.length === 0) {
		return [{ text }];
	}
	return [
		{ text },
		...(profile ? [{ text: "Your profile, in ~/.aws/config:" }, { commands: profile.split("\n") }] : []),
		{ text: "Your kubeconfig:" },
		{ commands },
		{ text: "Check it:" },
		{ commands: [check] },
	];
}
