import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CLI_ERRORS } from "../cli/errors/codes";
import { ERRORS } from "../core/errors/codes";
import type { ErrorMeaning } from "../core/errors/meaning";

const ROOT = path.resolve(__dirname, "..");

/** What the reference is written to; a test holds it to the tables. */
export const ERRORS_PAGE = path.join(ROOT, "docs/reference/errors.md");

/** Every code of the components and of the command line. */
export const ALL_ERRORS: Record<string, ErrorMeaning> = { ...ERRORS, ...CLI_ERRORS };

/** A message of each code; a test provokes every one of them. */
export const EXAMPLES: Record<string, string> = JSON.parse(
	readFileSync(path.join(__dirname, "error-examples.json"), "utf8"),
);

const TOPICS: Record<ErrorMeaning["topic"], string> = {
	config: "The config, and what a program passes on",
	cluster: "The cluster and its API server",
	"aws-auth": "aws-auth",
	"access entries": "Access entries",
	IAM: "IAM",
	AWS: "AWS",
	"command line": "The command line",
};

const HEAD = `<!-- Written by \`npm run reference\` from core/errors/codes.ts and cli/errors/codes.ts; do not edit. -->

# Errors and their codes

Every error of the components and of \`eks-access\` ends with its code in brackets. Codes stay what they are from version to
version; the words before them may get better. In a program the code is a field:

\`\`\`ts
import { AccessError, EksAccess } from "pulumi-eks-access";

export = async () => {
	const teams = [{ name: "shop", namespaces: ["shop"], users: ["jane"] }];
	try {
		await EksAccess.create("access", { cluster: "prod-eks-cluster", teams });
	} catch (error) {
		if (error instanceof AccessError && error.code === "cluster-not-found") {
			// …
		}
		throw error;
	}
};
\`\`\`

\`EksAccess.create\`, which the program of this repository calls, asks for everything before it registers anything: an error then has
changed nothing, unless its entry says otherwise. The constructors cannot ask ahead; what they registered before an error is in the
stack's state, and the next \`pulumi up\` goes on from there.

The findings of \`eks-access doctor\` are no errors and have codes of their own (\`EKS001\` and so on).
`;

/** The whole page: a heading a code, whose anchor is the code. */
export function errorsPage(): string {
	const topics = Object.entries(TOPICS).map(([topic, title]) => {
		const codes = Object.keys(ALL_ERRORS).filter((code) => ALL_ERRORS[code]?.topic === topic);
		return [`## ${title}`, codes.map((code) => `[\`${code}\`](#${code})`).join(" · "), ...codes.map(entryOf)].join(
			"\n\n",
		);
	});
	return `${[HEAD.trimEnd(), ...topics].join("\n\n")}\n`;
}

function entryOf(code: string): string {
	const { meaning, remedy, changed = "Nothing." } = ALL_ERRORS[code] as ErrorMeaning;
	const example = EXAMPLES[code];
	return [
		`### \`${code}\``,
		meaning,
		`**What to do:** ${remedy}`,
		`**What was changed:** ${changed}`,
		...(example === undefined ? [] : [`\`\`\`text\n${wrapped(example)}\n\`\`\``]),
	].join("\n\n");
}

/** A code block does not wrap, and messages are long. */
export function wrapped(message: string): string {
	return message
		.split("\n")
		.map((line) => {
			const indent = /^ */.exec(line)?.[0];
			return line.replace(/(?=.{111}).{1,110} /g, (part) => `${part.trimEnd()}\n${indent}`);
		})
		.join("\n");
}

export function writeErrorsPage(): void {
	mkdirSync(path.dirname(ERRORS_PAGE), { recursive: true });
	writeFileSync(ERRORS_PAGE, errorsPage());
}
