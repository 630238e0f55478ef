import { Document, isCollection, isMap, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import type { TeamArgs } from "../../core/config/team-args";
import { visible } from "../../core/errors/escape";
import type { Note } from "./facts";
import type { Imported } from "./teams";

/** Lists and maps up to so many characters stand in one line. */
const SHORT = 100;

/**
 * The text of `Pulumi.<stack>.yaml`.
 *
 * @param before The text that it takes the place of: what Pulumi keeps beside the config, its encryption for example, stays.
 */
export function stackFileOf(
	{ teams, notes }: Imported,
	about: { cluster: string; region: string; prefix: string; authentication?: string; before?: string },
): string {
	const { cluster, region, prefix, authentication, before } = about;
	const document = new Document({
		...besideConfig(before),
		config: {
			"aws:region": region,
			[`${prefix}:cluster`]: cluster,
			...(authentication ? { [`${prefix}:authentication`]: authentication } : {}),
			[`${prefix}:adoptExisting`]: true,
			[`${prefix}:teams`]: teams,
		},
	});
	document.commentBefore = comment([
		`What was found on the cluster ${cluster}, by eks-access import. The first pulumi up takes it into the stack: a preview shows what is`,
		"imported, and what is written down as it is already. From then on pulumi destroy deletes it, the roles and groups in IAM too.",
		...notes.filter(({ team }) => team === undefined).map(asItem),
	]);
	const list = document.getIn(["config", `${prefix}:teams`], true) as YAMLSeq<YAMLMap>;
	list.items.forEach((item, at) => {
		compact(item);
		const own = notes.filter(({ team }) => team === (teams[at] as TeamArgs).name).map(asItem);
		if (own.length > 0) {
			item.commentBefore = comment(own);
		}
	});
	return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

export function asItem({ text }: Note): string {
	return `- ${visible(text)}`;
}

function comment(lines: string[]): string {
	return lines.map((line) => ` ${line}`).join("\n");
}

function besideConfig(before: string | undefined): Record<string, unknown> {
	const { config: _, ...rest } = (before === undefined ? {} : (parseDocument(before).toJS() ?? {})) as Record<
		string,
		unknown
	>;
	return rest;
}

/** What is short stands in one line, as people write it. */
function compact(team: YAMLMap): void {
	for (const value of team.items.map((item) => item.value).filter(isCollection)) {
		const short = JSON.stringify(value).length <= SHORT ? [value] : isMap(value) ? [] : value.items.filter(isMap);
		for (const each of short) {
			each.flow = true;
		}
	}
}
