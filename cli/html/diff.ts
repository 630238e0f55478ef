import { describeDanger } from "../../core/changes/danger";
import { shown } from "../../core/changes/settings";
import { titleOf } from "../diff/diff-text";
import { hasChanges, type StackDiff } from "../diff/stack-diff";
import type { Block } from "../output/report";
import { reportPage } from "./document";

export function diffPage(diffs: StackDiff[], between: string): string {
	const changed = diffs.filter(hasChanges);
	const result = changed.length > 0 ? [] : [{ text: "No access changes." }];
	return reportPage({
		title: "Access changes",
		sections: [[{ text: `Compared: ${between}, from the stacks' config alone.` }, ...result], ...changed.map(blocksOf)],
	});
}

function blocksOf(diff: StackDiff): Block[] {
	const { dangers, changes, settings } = diff;
	const access = changes.map(({ kind, principals, namespaces, before, after, rules }) => {
		const { added = [], removed = [], kept = [] } = rules ?? {};
		const levels = (names: string[], of: string[]) => [names.join(", ") || "none", ...of].join("; ");
		const where = namespaces.includes("*") ? "the whole cluster" : namespaces.join(", ");
		const [old, now] = [
			levels(before, [...kept, ...removed]),
			levels(after, [...kept, ...added.map((each) => `+ ${each}`)]),
		];
		return [kind, principals.join(", "), where, old, now];
	});
	const others = settings.map(({ path, before, after }) => [path.join("."), shown(before), shown(after)]);
	return [
		{ heading: titleOf(diff) },
		...(dangers.length > 0 ? [{ text: "Look at these first:" }, { items: dangers.map(describeDanger) }] : []),
		...(access.length > 0 ? [{ head: ["Change", "Who", "Where", "Before", "After"], rows: access }] : []),
		...(others.length > 0 ? [{ head: ["Setting", "Before", "After"], rows: others }] : []),
	];
}
