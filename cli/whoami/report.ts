import { visible } from "../output/escape";
import type { Paint } from "../output/terminal";
import { type Caller, describeCaller } from "./caller";
import { describeGrants, kubeconfigCommands } from "./login-paths";
import type { Problem } from "./problem";
import type { Tried } from "./try";

export interface Whoami {
	cluster: string;
	region?: string;
	/** Undefined where there is no project, or none of its stacks is about the cluster. */
	stack?: string;
	/** Undefined where AWS does not say. */
	caller?: Caller;
	/** Why AWS does not, or why nothing can be tried. */
	problem?: Problem;
	ways: Tried[];
}

/** In by every way that the config gives; who is in no team, in as who they are. */
export function isIn({ problem, ways }: Whoami): boolean {
	return problem === undefined && ways.length > 0 && ways.every((way) => way.problem === undefined);
}

/** `partial`: some of what the config gives, by one of the ways or in some places. */
function accessOf(whoami: Whoami): "ok" | "partial" | "none" {
	if (isIn(whoami)) {
		return "ok";
	}
	return whoami.ways.some(({ problem }) => !problem || problem.isPartial) ? "partial" : "none";
}

export function reportText(whoami: Whoami, paint: Paint): string {
	const { caller, problem, ways, stack, cluster } = whoami;
	const parts: string[] = [];
	if (caller) {
		parts.push(`You are ${visible(describeCaller(caller))} (${visible(caller.arn)}).`);
		if (stack === undefined) {
			parts.push(
				`No stack's config here is about ${cluster}: your team and its role are not known. Run it in the project's folder.`,
			);
		} else if (ways.every(({ teams }) => teams.length === 0) && !problem) {
			parts.push(`No team of stack ${stack} lists you.`);
		}
	}
	if (problem) {
		parts.push(problemText(problem, paint));
	}
	for (const way of ways) {
		parts.push(wayText(way, whoami, paint));
	}
	return parts.join("\n\n");
}

function wayText(way: Tried, { caller, cluster, region, ways }: Whoami, paint: Paint): string {
	const by = way.roleArn ? `by the role ${way.roleArn.split("/").at(-1)}` : "as who you are";
	const lines = way.teams.map((team) => `Team ${team.name}, ${by}: ${describeGrants(team).join("; ") || "no access"}`);
	if (way.problem) {
		lines.push(problemText(way.problem, paint));
	} else {
		const groups = (way.groups ?? []).join(", ");
		lines.push(
			`${paint("green", "Access OK:")} ${cluster} knows you as ${visible(way.username ?? "")}, in the groups ${visible(groups)}.`,
		);
	}
	const { code } = way.problem ?? {};
	if (caller && region && code !== "not-in-team" && code !== "not-in-group" && code !== "cannot-describe") {
		const { commands, profile } = kubeconfigCommands(way, { region, cluster, caller, isOneOfSeveral: ways.length > 1 });
		if (profile) {
			lines.push("A profile that asks for the second factor, in ~/.aws/config:", indent(profile));
		}
		lines.push(
			way.problem && !way.problem.isPartial ? "Your kubeconfig, once you get in:" : "Your kubeconfig:",
			indent(commands.join("\n")),
		);
	}
	return lines.join("\n");
}

function problemText({ message, fix, isPartial }: Problem, paint: Paint): string {
	const verdict = isPartial ? paint("yellow", "Partial access:") : paint("red", "No access:");
	return `${verdict} ${visible(message)}.\nTo do: ${visible(fix)}.`;
}

function indent(text: string): string {
	return text.replace(/^/gm, "  ");
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson(whoami: Whoami): object {
	const { cluster, region, stack, caller, problem, ways } = whoami;
	return {
		version: 1,
		in: isIn(whoami),
		access: accessOf(whoami),
		cluster,
		region,
		...(stack === undefined ? {} : { stack }),
		...(caller ? { caller } : {}),
		...(problem ? { problem } : {}),
		ways: ways.map(({ teams, ...way }) => ({
			...way,
			teams: teams.map((team) => ({ name: team.name, grants: describeGrants(team) })),
			...(caller && region
				? kubeconfigCommands({ ...way, teams }, { region, cluster, caller, isOneOfSeveral: ways.length > 1 })
				: {}),
		})),
	};
}
