import { describeRule } from "../../core/rbac/rule-matcher";
import type { Block, Report } from "../output/report";
import type { Answer, Line } from ".";
import { describeQuestion } from "./question";
import { type Grant, type Loose, nameOfSubject } from "./ways";

/** Of a rule so many characters are shown. */
const MOST_OF_A_RULE = 80;

export interface Heading {
	stack: string;
	cluster: string;
}

/** @param byWay A row for each way, with all who come by it; else one for each person and way. */
export function reportOf(answer: Answer, { cluster }: Heading, byWay = false): Report {
	const { question, lines, general, components, unreached, notes, isIncomplete } = answer;
	const people = [...new Set(lines.map(({ path }) => path.who))];
	const what = describeQuestion(question);
	const nobody: Block =
		isIncomplete || unreached.length > 0
			? { verdict: ["yellow", "Nobody is found"], text: `who can ${what}, but not everything is known:` }
			: { verdict: ["green", "Nobody can"], text: `${what}.` };
	const verdict: Block =
		lines.length + general.length === 0
			? nobody
			: { verdict: ["yellow", `${people.length + general.length} can`], text: `${what}:` };
	const rows = byWay ? wayRows(lines) : personRows(lines);
	const rest = general.map(({ subject, grant }) => [nameOfSubject(subject), "", ...grantCells(grant)]);
	const named = (list: readonly Loose[]) => [...new Set(list.map(({ subject }) => nameOfSubject(subject)))].join(", ");
	const texts = [
		...(components.length > 0 ? [`Components of Kubernetes and EKS can too: ${named(components)}.`] : []),
		...(unreached.length > 0
			? [
					`Bound as well, and no entry leads to it; somebody may authenticate as it by OIDC or a client certificate: ${named(unreached)}.`,
				]
			: []),
		...notes.map((note) => `Note: ${note}.`),
	];
	const table = { head: ["WHO", "COMES IN BY", "GETS IT BY", "RULE", "WHOSE"], rows: [...rows, ...rest] };
	return {
		title: `Who can ${what}: cluster ${cluster}`,
		isSearchable: true,
		sections: [[verdict], table.rows.length > 0 ? [table] : [], texts.map((text) => ({ text }))],
	};
}

function personRows(lines: readonly Line[]): string[][] {
	return [...lines]
		.sort((one, other) => one.path.who.localeCompare(other.path.who))
		.map(({ path, entrance, grant }) => [
			path.who,
			[...path.roles, entranceText(entrance)].join(", "),
			...grantCells(grant),
		]);
}

function wayRows(lines: readonly Line[]): string[][] {
	const rows = new Map<string, { who: Set<string>; cells: string[] }>();
	for (const { path, entrance, grant } of lines) {
		const cells = [`${entrance.arn} by its ${entranceText(entrance)}`, ...grantCells(grant)];
		const row = rows.get(cells.join("\n")) ?? { who: new Set(), cells };
		rows.set(cells.join("\n"), row);
		row.who.add(path.who);
	}
	return [...rows.values()].map(({ who, cells }) => [[...who].sort().join(", "), ...cells]);
}

function entranceText({ where, username }: Line["entrance"]): string {
	return `${where} as ${username || "nobody"}`;
}

function grantCells({ by, binding, role, rule, owner }: Grant): string[] {
	const text = describeRule(rule);
	const short = text.length > MOST_OF_A_RULE ? `${text.slice(0, MOST_OF_A_RULE)}…` : text;
	return [[by, binding, role].filter(Boolean).join(", "), short, owner];
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson(answer: Answer, heading: Heading): object {
	const { question, lines, general, components, unreached, notes, isIncomplete } = answer;
	const loose = (list: readonly Loose[]) =>
		list.map(({ subject, grant }) => ({ who: nameOfSubject(subject), ...grant }));
	const ways = lines.map(({ path: { who, roles }, entrance: { arn, layer, where, username }, grant }) => ({
		...{ who, roles, entry: { arn, layer, where, username } },
		...grant,
	}));
	return {
		...{ version: 1, ...heading, question, ways, general: loose(general) },
		...{ components: loose(components), unreached: loose(unreached), notes, isIncomplete },
	};
}
