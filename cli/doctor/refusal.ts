import type { MapKey } from "../../components/aws-auth-map";
import type { Code, Observation } from "./finding";
import type { Tree } from "./tree";

/**
 * What the authenticator makes of a text: it reads it; it reads what stands above a certain place; it drops all of it; or only
 * the authenticator itself can tell.
 */
export type Verdict = "read" | "partial" | "dropped" | "unsure";

/** What this package's own reader, which agrees with the authenticator wherever it accepts a text, does not accept. */
export interface Refused {
	line: number;
	/** For example `a second document begins`. */
	found: string;
	remedy: string;
}

/** Found so, the authenticator's parser refuses the text too: tests/cli/doctor-judge.test.ts. */
const DROPS =
	/^\\[^\t].* is no escape|is no character|never closed|^a block scalar begins with|^a key without a colon|^a line is indented differently|^a list begins on the line|^a dash stands|^a document ends|^a document mark stands|holds a document mark|^a value goes on in this line|^an alias|^\{\{/;
/** The same, where another YAML reader refuses it too, and there. */
const DROPS_IF_NO_YAML =
	/^a tab|^text follows the document mark|begins with [@`%,\]}], which YAML reserves|^a colon stands inside/;
/** yaml.v2's readable characters: everything else makes it give up. */
const UNREADABLE = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** What it means that a text is refused, and what to say about it. */
export function refusalOf(
	text: string,
	key: MapKey,
	refused: Refused,
	tree: Tree,
): { verdict: Verdict; observation: Observation } {
	const { line, found } = refused;
	const start = lineStart(text, line);
	const end = text.indexOf("\n", start);
	// As near as the two readers together say.
	const near = tree.problem && text.slice(start, tree.problem.at).indexOf("\n") < 0 && tree.problem.at >= start;
	const sign = /^\{\{|<</.exec(found)?.[0] ?? (found.startsWith("a tab") ? "\t" : "");
	const hint = sign === "" ? -1 : text.slice(start, end < 0 ? undefined : end).indexOf(sign);
	const first = start + (/^[ \t]*/.exec(text.slice(start))?.[0].length ?? 0);
	const at = hint >= 0 ? start + hint : near ? (tree.problem?.at as number) : first;
	const above = lineStart(text, Math.max(line - 1, 1));
	const agrees = tree.problem !== undefined && tree.problem.at >= above && (end < 0 || tree.problem.at <= end);
	const isDropped = drops(text, found, tree, agrees);
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
	const code = codeOf(found);
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

function drops(text: string, found: string, tree: Tree, agrees: boolean): boolean {
	if (/^a (mapping|single value) was found/.test(found)) {
		// A tag, an anchor or a directive in front of a list.
		return !/^(?:\s|#[^\n]*\n|---)*[&!%]/.test(text.replace(/^\ufeff/, ""));
	}
	if (found.startsWith("a character that YAML does not allow")) {
		// yaml.v2 takes 512 bytes at a time; in a later piece it may take such a character for the text's end.
		return UNREADABLE.test(text) && Buffer.byteLength(text) <= 512 && !text.startsWith("\ufeff");
	}
	if (found.endsWith("is no value that JSON knows")) {
		// Unless another value takes its place.
		return tree.twins.length === 0 && !tree.problem;
	}
	return DROPS.test(found) || (DROPS_IF_NO_YAML.test(found) && agrees);
}

function codeOf(found: string): Code {
	if (/^a (mapping|single value) was found/.test(found)) {
		return "EKS001";
	}
	if (found.startsWith("{{")) {
		return "EKS004";
	}
	return found.startsWith("a tab") ? "EKS003" : "EKS002";
}

function fixOf(code: Code, key: MapKey): string {
	switch (code) {
		case "EKS001":
			return `Make ${key} a list: every entry begins with a dash, like - ${key === "mapRoles" ? "rolearn" : "userarn"}: arn:…`;
		case "EKS003":
			return "Replace the tab by spaces";
		case "EKS004":
			return 'Put the template in quotes, like "system:node:{{EC2PrivateDNSName}}"';
		default:
			return "Mend this line, or the one above it: kubectl edit -n kube-system configmap/aws-auth";
	}
}

export function lineStart(text: string, line: number): number {
	let at = 0;
	for (let n = 1; n < line; n++) {
		at = text.indexOf("\n", at) + 1;
	}
	return at;
}
