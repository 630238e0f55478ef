import { describeUntil } from "../../core/iam/until";
import type { Team } from "../../core/teams/team";
import type { Block, Report } from "../output/report";
import { SOURCES, type Source } from "../project/access-config";
import { type Caller, describeCaller } from "./caller";
import { describeGrants, endFor, kubeconfigCommands } from "./login-paths";
import type { Problem } from "./problem";
import type { Tried } from "./try";

export interface Whoami {
	cluster: string;
	region?: string;
	/** Undefined where there is no project, or none of its stacks is about the cluster. */
	stack?: string;
	source?: Source;
	/** Undefined where AWS does not say. */
	caller?: Caller;
	/** Why AWS does not, or why nothing can be tried. */
	problem?: Problem;
	ways: Tried[];
	/** Contexts of the caller's kubeconfig that have an old certificate authority of the cluster. */
	stale?: string[];
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

export function reportOf(whoami: Whoami): Report {
	const { caller, problem, ways, stack, cluster } = whoami;
	const sections: Block[][] = [];
	if (caller) {
		const from = whoami.source === undefined ? [] : [{ text: `Teams: from ${SOURCES[whoami.source]} ${stack}.` }];
		sections.push([{ text: `You are ${describeCaller(caller)} (${caller.arn}).` }, ...from]);
		if (stack === undefined) {
			const text = `No stack's config here is about ${cluster}: your team and its role are not known. Run it in the project's folder.`;
			sections.push([{ text }]);
		} else if (ways.every(({ teams }) => teams.length === 0) && !problem) {
			sections.push([{ text: `No team of stack ${stack} lists you.` }]);
		}
	}
	if (problem) {
		sections.push(blocksOfProblem(problem));
	}
	if (whoami.stale?.length) {
		const text =
			`The certificate authority of ${cluster} was rotated: your kubeconfig has an old one for ${whoami.stale.join(", ")}, and kubectl ` +
			"refuses the cluster, or will. Write it again, with the command for your kubeconfig below.";
		sections.push([{ text }]);
	}
	return { title: `Your access to ${cluster}`, sections: [...sections, ...ways.map((way) => blocksOf(way, whoami))] };
}

function blocksOf(way: Tried, { caller, cluster, region, ways }: Whoami): Block[] {
	const by = way.roleArn ? `by the role ${way.roleArn.split("/").at(-1)}` : "as who you are";
	const blocks: Block[] = way.teams.map((team) => ({
		text: `Team ${team.name}, ${by}: ${describeGrants(team).join("; ") || "no access"}${caller ? endOf(way, caller, team) : ""}`,
	}));
	if (way.problem) {
		blocks.push(...blocksOfProblem(way.problem));
	} else {
		const text = `${cluster} knows you as ${way.username ?? ""}, in the groups ${(way.groups ?? []).join(", ")}.`;
		blocks.push({ verdict: ["green", "Access OK:"], text });
	}
	const isHopeless = ["not-in-team", "not-in-group", "cannot-describe", "ended"].includes(way.problem?.code ?? "");
	if (caller && region && !isHopeless) {
		const { commands, profile } = kubeconfigCommands(way, { region, cluster, caller, isOneOfSeveral: ways.length > 1 });
		if (profile) {
			const text = "A profile that asks for the second factor, in ~/.aws/config:";
			blocks.push({ text }, { commands: profile.split("\n") });
		}
		const text = way.problem && !way.problem.isPartial ? "Your kubeconfig, once you get in:" : "Your kubeconfig:";
		blocks.push({ text }, { commands });
	}
	return blocks;
}

/** `, until 2026-12-31` */
function endOf(way: Tried, caller: Caller, team: Team): string {
	const end = endFor(way, caller, team);
	return end ? `, ${describeUntil(end, new Date())}` : "";
}

function blocksOfProblem({ message, fix, isPartial }: Problem): Block[] {
	return [
		{ verdict: isPartial ? ["yellow", "Partial access:"] : ["red", "No access:"], text: `${message}.` },
		{ text: `To do: ${fix}.` },
	];
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson(whoami: Whoami): object {
	const { cluster, region, stack, source, caller, problem, ways } = whoami;
	return {
		version: 1,
		in: isIn(whoami),
		access: accessOf(whoami),
		cluster,
		region,
		...(stack === undefined ? {} : { stack, source }),
		...(caller ? { caller } : {}),
		...(problem ? { problem } : {}),
		...(whoami.stale?.length ? { stale: whoami.stale } : {}),
		ways: ways.map(({ teams, ...way }) => ({
			...way,
			teams: teams.map((team) => ({ name: team.name, grants: describeGrants(team) })),
			...(caller && region
				? kubeconfigCommands({ ...way, teams }, { region, cluster, caller, isOneOfSeveral: ways.length > 1 })
				: {}),
		})),
	};
}
