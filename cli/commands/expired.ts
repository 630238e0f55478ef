import type { Command } from "commander";
import { endOf, isOver } from "../../core/iam/until";
import { endsOf, PRINCIPAL_KINDS, ROLE_KEYS } from "../../core/teams/principal-kinds";
import type { Team } from "../../core/teams/team";
import { EXIT, endWith } from "../errors/failure";
import { type FormatOptions, formatOption, helpEnd, type ProjectOptions, projectOptions } from "../options";
import { printAs } from "../output/formats";
import type { Report } from "../output/report";
import { accessSource } from "../project/access-config";
import { answersOf } from "../project/each-stack";
import { chooseStacks, projectIn } from "../project/project";

interface Options extends ProjectOptions, FormatOptions {
	allStacks?: boolean;
	exitCode?: boolean;
}

/** Somebody whose access has ended. */
interface Ended {
	stack: string;
	team: string;
	who: string;
	until: string;
	/** By whom: AWS starts no new session, or the next `pulumi up` takes the entry out. */
	by: "aws" | "pulumi-up";
}

const EXAMPLES: [string, string][] = [
	["eks-access expired --all-stacks", "whose access has ended, and by what"],
	["eks-access expired --stack prod --exit-code || pulumi up --yes --stack prod", "for cron"],
];

export function registerExpired(program: Command): void {
	const command = projectOptions(program.command("expired"))
		.summary("list those whose access has ended (until)")
		.description(
			"Lists those whose access has ended, from the stack's config alone, until they are removed from it. AWS itself starts no session of a " +
				"team's role after the date. Whoever authenticates without the team's role has access until the first pulumi up after it.",
		)
		.option("-a, --all-stacks", "all stacks of the project")
		.option("--exit-code", "exit with code 1 if somebody's access has ended");
	formatOption(command)
		.addHelpText(
			"after",
			helpEnd(EXAMPLES, [
				[EXIT.ok, "success, whether or not somebody's access has ended"],
				[EXIT.found, "somebody's access has ended (with --exit-code)"],
				[EXIT.usage, "wrong usage, or a config with errors; the other stacks are listed"],
			]),
		)
		.action(run);
}

async function run({ cwd, stack, allStacks, exitCode, format }: Options): Promise<void> {
	const files = projectIn(cwd);
	const now = new Date();
	const ofStacks = await answersOf(chooseStacks(files, { stack, allStacks }), async (name) =>
		accessSource(files, name).config.teams.flatMap((team) => endedIn(name, team, now)),
	);
	const ended = ofStacks.flat().sort((one, other) => endOf(one.until) - endOf(other.until));
	printAs(format, { report: () => reportOf(ended), json: () => ({ version: 1, ended }) });
	if (exitCode && ended.length > 0) {
		endWith(EXIT.found);
	}
}

function endedIn(stack: string, team: Team, now: Date): Ended[] {
	const byRole = ROLE_KEYS.flatMap((key) => PRINCIPAL_KINDS[key].names(team));
	return Object.entries(endsOf(team))
		.filter(([, until]) => isOver(until, now))
		.map(([who, until]) => ({ stack, team: team.name, who, until, by: byRole.includes(who) ? "aws" : "pulumi-up" }));
}

function reportOf(ended: readonly Ended[]): Report {
	const rows = ended.map(({ stack, team, who, until, by }) => [
		who,
		team,
		stack,
		until,
		by === "aws" ? "AWS" : "pulumi up",
	]);
	return {
		title: "Access that has ended",
		sections: [
			rows.length > 0
				? [{ head: ["Who", "Team", "Stack", "Ended", "By"], rows }]
				: [{ text: "Nobody's access has ended." }],
		],
	};
}
