import { describeDanger } from "../../core/changes/danger";
import { teamDangers } from "../../core/changes/dangers";
import { describeUntil, isOver } from "../../core/iam/until";
import { ACCESS_LEVELS } from "../../core/rbac/access-levels";
import { covers } from "../../core/rbac/namespace-pattern";
import { type By, openRolesNote } from "../output/matrix-text";
import { SOURCES } from "../project/access-config";
import { type AccessLine, describeAccess, describePrincipal, type StackAccess, whereOf } from "../project/stack-access";
import { breakable, html, type Part, pageOf, tableMarkup } from "./page";

/** When, and of which commit, a page was made. */
export interface Origin {
	date: Date;
	/** Absent outside of a repository. */
	commit?: string;
}

/** A place in a cluster, and so a column. */
interface Place {
	stack: string;
	where: string;
}

/** A person or a team, with the lines of each place. */
interface Row {
	name: string;
	others: Set<string>;
	cells: Map<string, AccessLine[]>;
}

/** People or teams as rows, and as columns every place of every cluster. */
export function matrixPage(stacks: StackAccess[], by: By, origin: Origin): string {
	const clusters = [...new Set(stacks.map(({ cluster }) => cluster ?? ""))].join(", ");
	const names = stacks.map(({ stack }) => stack).join(", ");
	const sources = [...new Set(stacks.map(({ source }) => SOURCES[source]))].join(", or ");
	const made = [...(origin.commit ? [`commit ${origin.commit}`] : []), `${origin.date.toISOString().slice(0, 16)}Z`];
	const intro = `${stacks.length > 1 ? "Stacks" : "Stack"} ${names}, from ${sources}. ${made.join(", ")}.`;
	return pageOf({ title: `Access to ${clusters}`, intro, isSearchable: true }, matrixMarkup(stacks, by, origin.date));
}

function matrixMarkup(stacks: StackAccess[], by: By, now: Date): Part {
	const severalStacks = stacks.length > 1;
	const groups = stacks.map((each) => ({ each, places: placesOf(each) }));
	const places = groups.flatMap(({ places: ofStack }) => ofStack);
	const dangers = stacks.flatMap(({ stack, teams }) =>
		teamDangers([], teams)
			// Names are nobody's access.
			.filter(({ kind }) => kind !== "identity")
			.map((danger) => ({ stack, ...danger })),
	);
	const dangerous = new Set(dangers.flatMap(({ team }) => team ?? []));
	const name = (text: string): Part => [
		breakable(text),
		dangerous.has(text) ? html` <strong title="see the list of dangers">!</strong>` : "",
	];
	const rows = rowsOf(stacks, by, now).map((row): Part[] => [
		by === "team" ? name(row.name) : breakable(row.name),
		separated([...row.others].map(by === "team" ? breakable : name), ", "),
		...places.map((place) => cellOf(row.cells.get(keyOf(place)) ?? [], by === "person" ? row.name : undefined, now)),
	]);
	const heads = [...(by === "team" ? ["Team", "Who"] : ["Who", "Team"]), ...places.map(({ where }) => where)];
	const table = tableMarkup(heads, rows, {
		caption: "Who has which access where",
		labels: severalStacks ? [...heads.slice(0, 2), ...places.map(({ stack, where }) => `${stack}: ${where}`)] : heads,
		groups: severalStacks
			? groups.map(({ each, places: { length } }) => ({ name: `${each.stack}, ${each.cluster}`, length }))
			: [],
	});
	const items = dangers.map((danger) => `${severalStacks ? `${danger.stack}: ` : ""}${describeDanger(danger)}`);
	const notes = [...new Set(stacks.flatMap((stack) => openRolesNote(stack) ?? []))];
	return [
		table,
		items.length > 0
			? html`<h2>Dangers</h2>\n<ul>${items.map((item) => html`<li>${breakable(item)}</li>`)}</ul>\n`
			: "",
		notes.map((note) => html`<p>${note}</p>\n`),
	];
}

/** The whole cluster first, then namespaces by name, then what has no names. */
function placesOf({ stack, lines }: StackAccess): Place[] {
	const named = lines.filter(({ selector, group }) => !selector && group === undefined);
	const names = [...new Set(named.flatMap(({ namespaces }) => namespaces))].sort();
	const others = [...new Set(lines.filter((line) => !named.includes(line)).map(whereOf))];
	return [...names, ...others].map((where) => ({ stack, where: where === "*" ? WHOLE_CLUSTER : where }));
}

const WHOLE_CLUSTER = "the whole cluster";

function keyOf({ stack, where }: Place): string {
	return JSON.stringify([stack, where]);
}

/** Whether a line is about a place: a pattern is about all columns that it stands for. */
function isAt({ namespaces }: AccessLine, stack: string, place: Place): boolean {
	return (
		place.stack === stack &&
		namespaces.some((name) => (name === "*" ? place.where === WHOLE_CLUSTER : covers(name, place.where)))
	);
}

function rowsOf(stacks: StackAccess[], by: By, now: Date): Row[] {
	const rows = new Map<string, Row>();
	const places = stacks.flatMap(placesOf);
	const entries = stacks.flatMap(({ stack, lines }) =>
		lines.flatMap((line) => (by === "team" ? [line.team] : line.principals).map((name) => ({ stack, line, name }))),
	);
	for (const { stack, line, name } of entries) {
		const row = rows.get(name) ?? { name, others: new Set(), cells: new Map() };
		rows.set(name, row);
		const who = line.principals.map((principal) => describePrincipal(principal, line, now));
		row.others = new Set([...row.others, ...(by === "team" ? who : [line.team])]);
		for (const key of places.filter((place) => isAt(line, stack, place)).map(keyOf)) {
			row.cells.set(key, [...(row.cells.get(key) ?? []), line]);
		}
	}
	return [...rows.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function cellOf(lines: AccessLine[], person: string | undefined, now: Date): Part {
	return separated(
		lines.map((line) => {
			const { access, ends } = line;
			const level = access in ACCESS_LEVELS || access === "admin" ? access : "other";
			const end = person === undefined ? undefined : ends?.[person];
			const ended = end && isOver(end, now) ? " ended" : "";
			return html`<span class="level ${level}${ended}">${breakable(describeAccess(line))}</span>${
				end ? html` <small>${describeUntil(end, now)}</small>` : ""
			}`;
		}),
		" ",
	);
}

function separated(parts: readonly Part[], by: string): Part {
	return parts.map((part, at) => (at > 0 ? [by, part] : part));
}
