import type { AwsAuthTextError, MapKey } from "../../core/aws-auth/map";
import type { YamlReason } from "../../core/errors/reasons";
import type { Code, Observation } from "./finding";
import type { Tree } from "./tree";

/**
 * What the authenticator makes of a text: it reads it; it reads what stands above a certain place; it drops all of it; or only
 * the authenticator itself can tell.
 */
export type Verdict = "read" | "partial" | "dropped" | "unsure";

interface Situation {
	text: string;
	tree: Tree;
	/** Another YAML reader refuses the text too, and there. */
	agrees: boolean;
}

type Judgement = "dropped" | "unsure" | ((situation: Situation, reason: never) => boolean);

const ifOthersAgree = ({ agrees }: Situation): boolean => agrees;

/**
 * What the authenticator makes of a text that this package's own reader, which agrees with it on every text that it accepts, does
 * not accept: tests/cli/doctor-judge.test.ts. A function says whether it drops the text, where that depends.
 */
export const JUDGEMENTS: { [Is in YamlReason["is"]]: Judgement } = {
	"tab-indents": ifOthersAgree,
	"tab-after-value": "unsure",
	"template-unquoted": "dropped",
	// A tag, an anchor or a directive may stand in front of a list.
	"not-a-list": ({ text }) => !/^(?:\s|#[^\n]*\n|---)*[&!%]/.test(text.replace(/^\ufeff/, "")),
	"key-twice": "unsure",
	"alias-unknown": "dropped",
	"aliases-too-many": "unsure",
	"anchor-invalid": "unsure",
	"block-header": "unsure",
	"blank-line-long": "dropped",
	"blanks-at-end": "unsure",
	// yaml.v2 takes 512 bytes at a time; in a later piece it may take such a character for the text's end.
	"character-illegal": ({ text }) =>
		UNREADABLE.test(text) && Buffer.byteLength(text) <= 512 && !text.startsWith("\ufeff"),
	"colon-after-value": "unsure",
	"colon-in-value": ifOthersAgree,
	"colon-in-next-line": "dropped",
	"comma-missing": "unsure",
	"dash-for-key": "dropped",
	"document-end-first": "dropped",
	"document-mark-inside": "dropped",
	"document-mark-quoted": "dropped",
	"escape-invalid": "dropped",
	// yaml.v2 knows an escaped tab.
	"escape-unknown": (_, { code }: { code: string }) => code !== "\\\t",
	"escape-folded": "unsure",
	"flow-key": "unsure",
	"flow-open": "dropped",
	"flow-value": "unsure",
	"flow-value-continues": "unsure",
	"indentation-differs": "dropped",
	"key-not-text": "unsure",
	"key-without-colon": "dropped",
	"list-on-key-line": "dropped",
	"merge-key": "unsure",
	// Unless another value takes its place.
	"not-json": ({ tree }) => tree.twins.length === 0 && !tree.problem,
	"quote-open": "dropped",
	"reserved-character": ({ agrees }, { character }: { character: string }) => agrees && "@`%,]}".includes(character),
	"second-document": "unsure",
	"text-after-list": "unsure",
	"text-after-mark": ifOthersAgree,
	"text-after-value": "unsure",
	"too-deep": "unsure",
	"value-missing": "unsure",
};

/** yaml.v2's readable characters: everything else makes it give up. */
const UNREADABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** What stands at the place that a reason is about. */
const SIGNS: { [Is in YamlReason["is"]]?: string } = {
	"template-unquoted": "{{",
	"merge-key": "<<",
	"tab-indents": "\t",
};

const CODES: { [Is in YamlReason["is"]]?: Code } = {
	"not-a-list": "EKS001",
	"tab-indents": "EKS003",
	"template-unquoted": "EKS004",
};

/** What it means that a text is refused, and what to say about it. */
export function refusalOf(
	text: string,
	key: MapKey,
	{ line, reason, explained: [found] }: AwsAuthTextError<YamlReason>,
	tree: Tree,
): { verdict: Verdict; observation: Observation } {
	const at = placeOf(text, line, reason, tree);
	const judgement = JUDGEMENTS[reason.is];
	const situation = { text, tree, agrees: agrees(text, line, tree) };
	const isDropped = typeof judgement === "function" ? judgement(situation, reason as never) : judgement === "dropped";
	if (!isDropped) {
		return {
			verdict: "unsure",
			observation: {
				code: "EKS007",
				at,
				what: `${found}: not every YAML reader takes that, and if the authenticator does not, it drops every entry of ${key}`,
				fix: "Write it in plain style: one list, an entry a dash, a key a line, texts with special characters in quotes",
			},
		};
	}
	const code = CODES[reason.is] ?? "EKS002";
	return {
		verdict: "dropped",
		observation: {
			code,
			at,
			what: `${found}; the authenticator cannot read the text and drops every entry of ${key}`,
			fix: fixOf(code, key),
		},
	};
}

/** As near as the two readers together say. */
function placeOf(text: string, line: number, { is }: YamlReason, { problem }: Tree): number {
	const start = lineStart(text, line);
	const end = text.indexOf("\n", start);
	const sign = SIGNS[is];
	const hint = sign === undefined ? -1 : text.slice(start, end < 0 ? undefined : end).indexOf(sign);
	if (hint >= 0) {
		return start + hint;
	}
	if (problem && problem.at >= start && !text.slice(start, problem.at).includes("\n")) {
		return problem.at;
	}
	return start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
}

function agrees(text: string, line: number, { problem }: Tree): boolean {
	const end = text.indexOf("\n", lineStart(text, line));
	return problem !== undefined && problem.at >= lineStart(text, line - 1) && (end < 0 || problem.at <= end);
}

function fixOf(code: Code, key: MapKey): string {
	switch (code) {
		case "EKS001":
			return `Make ${key} a list: every entry begins with a dash, like - ${key === "mapRoles" ? "rolearn" : "userarn"}: arn:…`;
		case "EKS003":
			return "Replace the tab with spaces";
		case "EKS004":
			return 'Put the template in quotes, like "system:node:{{EC2PrivateDNSName}}"';
		default:
			return "Repair this line, or the one above it: kubectl edit -n kube-system configmap/aws-auth";
	}
}

export function lineStart(text: string, line: number): number {
	let at = 0;
	for (let n = 1; n < line; n++) {
		at = text.indexOf("\n", at) + 1;
	}
	return at;
}
