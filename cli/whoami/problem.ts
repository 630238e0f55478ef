import type { AwsProblem } from "../../core/aws/clients";
import { endOfAccess, hasEnded } from "../../core/teams/principal-kinds";
import { groupNameOf, type Team } from "../../core/teams/team";
import { REPAIR } from "../verify/finding";
import type { Caller } from "./caller";
import { endFor, openTeams, type WayIn } from "./login-paths";

/** Why somebody does not get in; a code is never used for anything else. */
export interface Problem {
	code:
		| "no-credentials"
		| "session-expired"
		| "second-factor"
		| "ended"
		| "not-in-group"
		| "role-refuses"
		| "not-in-team"
		| "other-account"
		| "cannot-describe"
		| "no-token"
		| "unauthorized"
		| "forbidden";
	/** A sentence without its full stop. */
	message: string;
	/** What to do; a sentence without its full stop. */
	fix: string;
	/** They get in, and have some of what the config gives them. */
	isPartial?: boolean;
}

const ASK = "Ask the operator of the stack";
const LATER = `${ASK} for a later date, if you still need it`;

/** AWS does not say who somebody is. */
export function credentialsProblem(problem: AwsProblem, message: string): Problem | undefined {
	switch (problem) {
		case "expired":
			return {
				code: "session-expired",
				message: `your AWS session has expired (${message})`,
				fix: "Sign in again: aws sso login, or unset AWS_SESSION_TOKEN and the keys beside it and get a new session",
			};
		case "mfa":
			return {
				code: "second-factor",
				message: `your profile asks for a second factor, which this command cannot ask for (${message})`,
				fix: 'Get a session with it first: eval "$(aws configure export-credentials --format env)"',
			};
		case "credentials":
		case "denied":
			return {
				code: "no-credentials",
				message: `AWS does not know your credentials (${message})`,
				fix: "Set others: AWS_PROFILE, aws configure or aws sso login; aws sts get-caller-identity tries them",
			};
		default:
			return undefined;
	}
}

/** What is known when AWS does not let somebody assume a team's role. */
export interface Refusal {
	way: WayIn;
	caller: Caller;
	/** Whether they may describe the cluster, which the IAM group of the team lets them. */
	mayDescribe: boolean;
	/** Whether the credentials are those of a session: a plain key has shown no second factor. */
	isSession: boolean;
}

/** AccessDenied says nothing of the reason; what else somebody may does. */
export function refusalOf({ way, caller, mayDescribe, isSession }: Refusal): Problem {
	const [team] = way.teams;
	const role = way.roleArn?.split("/").at(-1);
	const group = team && groupNameOf(team);
	const ended = endedBy(way, caller);
	if (ended) {
		return ended;
	}
	if (!mayDescribe) {
		return {
			code: "not-in-group",
			message: `you may not assume ${role}: the config lists ${caller.name} in ${team?.name}, and you are not in the IAM group ${group}`,
			fix: `${ASK} to run ${REPAIR}, which puts you back (eks-access verify shows what is missing)`,
		};
	}
	if (team?.role.mfa) {
		const shown = isSession ? "your session was begun without one" : "an access key alone shows none";
		return {
			code: "second-factor",
			message: `you may not assume ${role}: it wants a second factor, and ${shown}`,
			fix: "Use the profile below, which asks for the code",
		};
	}
	return {
		code: "role-refuses",
		message: `you may not assume ${role}, though you seem to be in the IAM group ${group}: the role is gone, or trusts somebody else`,
		fix: `${ASK} to run eks-access verify, and the commands that it names`,
	};
}

/** Where the access by all teams of a way has ended. */
export function endedBy(way: WayIn, caller: Caller): Problem | undefined {
	if (way.teams.length === 0 || openTeams(way, caller).length > 0) {
		return undefined;
	}
	const ends = way.teams.map((team) => `your access by team ${team.name} ended ${endFor(way, caller, team)}`);
	return { code: "ended", message: ends.join(", "), fix: LATER };
}

/** Somebody of another account, by the teams that trust it. */
export function otherAccount({ account }: Caller, trusting: readonly Team[]): Problem {
	const who = `account/${account}`;
	const team = trusting.find((each) => !hasEnded(each, who, new Date()));
	if (!team) {
		const ends = trusting.map(
			(each) => `the access of your account ${account} by team ${each.name} ended ${endOfAccess(each, who)}`,
		);
		return { code: "ended", message: ends.join(", "), fix: LATER };
	}
	return {
		code: "other-account",
		message: `team ${team.name} trusts your account ${account}, and its role is in the cluster's account`,
		fix: "Use the team's kubeconfig, which its operator has: pulumi stack output kubeconfigs --show-secrets",
	};
}

export function notInTeam(caller: Caller, stack: string): Problem {
	const account = caller.kind === "user" ? `user/${caller.name}` : (caller.roleArn ?? caller.arn);
	return {
		code: "not-in-team",
		message: `no team of stack ${stack} lists ${account}, and the cluster does not know you`,
		fix: `${ASK} to put you in a team; if you have another AWS profile for this, set AWS_PROFILE`,
	};
}

export function cannotDescribe(cluster: string, message: string): Problem {
	return {
		code: "cannot-describe",
		message: `you may not describe the cluster ${cluster} (${message})`,
		fix: "Get eks:DescribeCluster for it, or the team's kubeconfig from the operator: pulumi stack output kubeconfigs --show-secrets",
	};
}

/** @param who The role or user that the API server does not know. */
export function unauthorized(who: string, isKnown: boolean): Problem {
	return {
		code: "unauthorized",
		message: `the API server does not know ${who} (Unauthorized): it has no entry in aws-auth, and no access entry`,
		fix: isKnown
			? `${ASK} to run ${REPAIR}, which makes it (eks-access verify shows what is missing). A new access entry takes a moment to work`
			: "If your team has a role, use an AWS profile for it; in the project's folder this command finds the role itself",
	};
}

export function forbidden(where: string[], others: string[]): Problem {
	const have = others.length > 0 ? `you have yours in ${others.join(", ")}` : "you are let in and may do nothing";
	return {
		code: "forbidden",
		...(others.length > 0 ? { isPartial: true } : {}),
		message: `the API server refuses what the config gives you in ${where.join(", ")} (Forbidden); ${have}`,
		fix: `${ASK} to run eks-access verify, which says what is missing, and the commands that it names`,
	};
}
