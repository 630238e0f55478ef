import { type AccessChange, describeChange } from "../../core/changes/access-changes";
import { describeDanger } from "../../core/changes/danger";
import { describeSetting, type SettingChange, shown } from "../../core/changes/settings";
import { visible } from "../../core/errors/escape";
import { code, codes, markdownTable } from "../output/markdown";
import type { Paint } from "../output/terminal";
import { hasChanges, type StackDiff } from "./stack-diff";

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
		const changes = diff.changes.map((change) => {
			const lines = describeChange(change).split("\n").map(visible);
			return paint(COLOURS[change.kind], lines.join("\n"));
		});
		const settings = diff.settings.map((setting) => visible(`* ${describeSetting(setting)}`));
		return [paint("bold", visible(titleOf(diff))), ...dangers, ...changes, ...settings].join("\n");
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
			const whose = team === undefined ? "" : `team ${code(team)} `;
			return `> - stack ${code(stack)}: ${whose}${what}: ${codes(names)}`;
		});
		text += `\n\n> [!CAUTION]\n> Look at these first:\n>\n${cut(lines, COMMENT_LIMIT / 3, (left) => `> - … and ${left} more`).join("\n")}`;
	}
	const room = (COMMENT_LIMIT - text.length - foot.length) / changed.length;
	for (const diff of changed) {
		const where = diff.cluster ? `, cluster ${code(diff.cluster)}` : "";
		const note = { from: " (the stack is removed)", to: " (a new stack)" }[diff.only as "from"] ?? "";
		text += `\n\n### Stack ${code(diff.stack)}${where}${note}\n\n${changeTables(diff, room)}`;
	}
	return `${text}\n\n${foot}`;
}

/** The access first; where there is room for less than all, the settings give way. */
function changeTables({ changes, settings }: StackDiff, room: number): string {
	const more = (left: number) => `\n… and ${left} more changes: run \`eks-access diff\`.`;
	const access = changes.length > 0 ? accessTable(changes) : "Nobody's level changes.";
	const lines = cut(access.split("\n"), room, more);
	const left = room - lines.join("\n").length;
	const ofSettings = settings.length > 0 ? ["", "Settings:", "", ...settingTable(settings).split("\n")] : [];
	return [...lines, ...cut(ofSettings, left, more)].join("\n");
}

function accessTable(changes: AccessChange[]): string {
	const rows = changes.map(({ kind, principals, namespaces, before, after, rules }) => {
		const where = namespaces.includes("*") ? "**the whole cluster**" : codes(namespaces);
		const [added = [], removed = []] = [rules?.added.map((rule) => `**+** ${code(rule)}`), rules?.removed.map(code)];
		const kept = (rules?.kept ?? []).map(code);
		const cell = (levels: string[], of: string[]) => [codes(levels) || "none", ...of].join("<br>");
		return [kind, codes(principals), where, cell(before, [...kept, ...removed]), cell(after, [...kept, ...added])];
	});
	return markdownTable(["change", "who", "where", "before", "after"], rows);
}

function settingTable(settings: SettingChange[]): string {
	const rows = settings.map(({ path, before, after }) => [path.join("."), shown(before), shown(after)].map(code));
	return markdownTable(["setting", "before", "after"], rows);
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

export function titleOf({ stack, cluster, only }: StackDiff): string {
	const note = { from: " (removed)", to: " (new)" }[only as "from"] ?? "";
	return `stack ${stack}${note}${cluster ? `, cluster ${cluster}` : ""}`;
}
