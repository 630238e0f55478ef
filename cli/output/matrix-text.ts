import { visible } from "../../core/errors/escape";
import { describeOpenRoles, rolesOpenToAccount } from "../../core/teams/iam-policies";
import { SOURCES } from "../project/access-config";
import { type AccessLine, describeAccess, describePrincipal, type StackAccess, whereOf } from "../project/stack-access";
import { code, codes, markdownTable } from "./markdown";
import { tableOf } from "./table";
import type { Paint } from "./terminal";

export type By = "team" | "person";

/** A person's access of one kind, or a team's row. */
interface Row {
	who: string[];
	team: string;
	namespaces: string[];
	where: string;
	access: string;
}

const HEADS: Record<By, string[]> = {
	team: ["team", "who", "where", "access"],
	person: ["who", "where", "access", "team"],
};

export function matrixTable(stacks: StackAccess[], by: By, paint: Paint, width: number | undefined): string {
	const parts = stacks.map((each) => {
		const rows = rowsOf(each.lines, by).map(({ who, team, where, access }) =>
			by === "team" ? [team, who.join(", "), where, access] : [who.join(", "), where, access, team],
		);
		const [head, ...body] = tableOf(HEADS[by], rows, width).split("\n");
		const table = [paint("bold", visible(titleOf(each))), "", paint("dim", head as string), ...body].join("\n");
		const note = openRolesNote(each);
		return note ? `${table}\n\n${tableOf([note], [], width)}` : table;
	});
	return parts.join("\n\n");
}

export function matrixMarkdown(stacks: StackAccess[], by: By): string {
	const parts = stacks.map((each) => {
		const rows = rowsOf(each.lines, by).map(({ who, team, namespaces, where, access }) => {
			const place = where === namespaces.join(", ") ? codes(namespaces) : where;
			return by === "team"
				? [code(team), codes(who), place, code(access)]
				: [codes(who), place, code(access), code(team)];
		});
		const { stack, cluster, authentication, source } = each;
		const title = `### Access by stack ${code(stack)}\n\nCluster ${code(cluster ?? "")}, authentication ${code(authentication ?? "")}, from ${SOURCES[source]}.`;
		const note = openRolesNote(each);
		return `${title}\n\n${markdownTable(HEADS[by], rows)}${note ? `\n\n${note}` : ""}`;
	});
	return parts.join("\n\n");
}

/** Who can come in besides those whom the matrix names; undefined where nobody can. */
export function openRolesNote({ teams }: StackAccess): string | undefined {
	const roles = rolesOpenToAccount(teams);
	return roles.length > 0 ? `${describeOpenRoles(roles)}.` : undefined;
}

function titleOf({ stack, cluster, authentication, source }: StackAccess): string {
	return `stack ${stack}, cluster ${cluster}, authentication ${authentication}, from ${SOURCES[source]}`;
}

/** As the matrix has them, or each person's access over all teams together. */
function rowsOf(lines: AccessLine[], by: By): Row[] {
	const rowOf = (line: AccessLine, principals: string[]): Row => {
		const who = principals.map((principal) => describePrincipal(principal, line));
		return { who, team: line.team, namespaces: line.namespaces, where: whereOf(line), access: describeAccess(line) };
	};
	if (by === "team") {
		return lines.map((line) => rowOf(line, line.principals));
	}
	const people = [...new Set(lines.flatMap(({ principals }) => principals))].sort();
	return people.flatMap((person) => {
		const rows = lines.filter(({ principals }) => principals.includes(person)).map((line) => rowOf(line, [person]));
		// Named once, with all that follows and does not end at another time.
		return rows.map((row, at) => ({ ...row, who: row.who[0] === rows[at - 1]?.who[0] ? [] : row.who }));
	});
}
