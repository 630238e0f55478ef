import { type AccessChange, describeChange } from "../components/access-changes";
import { type Danger, hasChanges, type StackDiff } from "./access-diff";
import { code, codes, markdownTable } from "./markdown";
import type { Paint } from "./terminal";
import { visible } from "./visible";

/** By this line a workflow finds its own comment. */
const MARKER = "<!-- eks-access diff -->";
/** GitHub refuses comments of more than 65,536 characters. */
const COMMENT_LIMIT = 60_000;

const COLOURS: Record<AccessChange["kind"], Parameters<Paint>[0]> = {
	...{ gained: "green", raised: "green", changed: "yellow", lowered: "red", lost: "red" },
};

export function diffText(diffs: StackDiff[], between: string, paint: Paint): string {
	const changed = diffs.filter(hasChanges);
	if (changed.length === 0) {
		return `No access changes (${visible(between)}).`;
	}
	const parts = changed.map((diff) => {
		const dangers = diff.dangers.map((danger) => paint(["red", "bold"], visible(`! ${describeDanger(danger)}`)));
		const changes = diff.changes.map((change) => paint(COLOURS[change.kind], visible(describeChange(change))));
		return [paint("bold", visible(titleOf(diff))), ...dangers, ...changes].join("\n");
	});
	return [visible(`Access changes, ${between}`), ...parts].join("\n\n");
}

export function diffMarkdown(diffs: StackDiff[], between: string): string {
	const changed = diffs.filter(hasChanges);
	const head = `${MARKER}\n## Access changes`;
	const foot = `<sub>Compared: ${code(between)}. By <code>eks-access diff</code>, from the stacks' config alone.</sub>`;
	if (changed.length === 0) {
		return `${head}\n\nNo access changes.\n\n${foot}`;
	}
	let text = head;
	const dangers = changed.flatMap(({ stack, dangers }) => dangers.map((danger) => ({ stack, danger })));
	if (dangers.length > 0) {
		const lines = dangers.map(({ stack, danger: { team, what, names } }) => {
			return `> - stack ${code(stack)}: team ${code(team)} ${what}: ${codes(names)}`;
		});
		text += `\n\n> [!CAUTION]\n> Look at these first:\n>\n${cut(lines, COMMENT_LIMIT / 3, (left) => `> - … and ${left} more`).join("\n")}`;
	}
	const room = (COMMENT_LIMIT - text.length - foot.length) / changed.length;
	for (const diff of changed) {
		const where = diff.cluster ? `, cluster ${code(diff.cluster)}` : "";
		const note = { from: " (the stack is removed)", to: " (a new stack)" }[diff.only as "from"] ?? "";
		text += `\n\n### Stack ${code(diff.stack)}${where}${note}\n\n${changeTable(diff, room)}`;
	}
	return `${text}\n\n${foot}`;
}

function changeTable({ changes }: StackDiff, room: number): string {
	if (changes.length === 0) {
		return "Nobody's level changes; see above.";
	}
	const rows = changes.map(({ kind, principals, namespaces, before, after }) => {
		const where = namespaces.includes("*") ? "**the whole cluster**" : codes(namespaces);
		return [kind, codes(principals), where, codes(before) || "none", codes(after) || "none"];
	});
	const lines = markdownTable(["change", "who", "where", "before", "after"], rows).split("\n");
	const more = (left: number) => `\n… and ${left} more changes: run \`eks-access diff\`.`;
	return cut(lines, room, more).join("\n");
}

/** As many lines as there is room for, and how many are left. */
function cut(lines: string[], room: number, more: (left: number) => string): string[] {
	let size = 0;
	const at = lines.findIndex((line) => {
		size += line.length + 1;
		return size > room;
	});
	return at < 0 ? lines : [...lines.slice(0, at), more(lines.length - at)];
}

function describeDanger({ team, what, names }: Danger): string {
	return `team ${team} ${what}: ${names.join(", ")}`;
}

function titleOf({ stack, cluster, only }: StackDiff): string {
	const note = { from: " (removed)", to: " (new)" }[only as "from"] ?? "";
	return `stack ${stack}${note}${cluster ? `, cluster ${cluster}` : ""}`;
}
