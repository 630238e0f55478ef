import { EXIT, type ExitCode, exitCodeOf } from "../errors/failure";
import type { Block, Report } from "../output/report";
import type { Style } from "../output/terminal";
import type { FailedStack } from "../project/each-stack";
import { notChecked } from "../verify/report";
import { type Diagnosis, placeText } from "./diagnose";
import type { Examined } from "./examine";
import type { Finding, Severity } from "./finding";
import type { Source } from "./source";

const STYLES: Record<Severity, Style> = { error: ["red", "bold"], warning: "yellow", info: "cyan" };

function reportOf(source: Source, { entries, accessEntries, findings }: Diagnosis): Report {
	const parts = findings.map((finding): Block[] => {
		const { code, severity, message, fix } = finding;
		return [
			{ verdict: [STYLES[severity], `${severity} ${code}`], text: whereOf(finding, source) },
			{ items: [`${message}.`, `Fix: ${fix}.`] },
		];
	});
	const counted = `${count(entries.mapRoles, "role")}, ${count(entries.mapUsers, "user")}, ${count(entries.mapAccounts, "account")}`;
	const further =
		accessEntries === undefined ? "" : `; EKS has ${accessEntries} access ${accessEntries === 1 ? "entry" : "entries"}`;
	const { errors, warnings, infos } = summaryOf(findings);
	const notes = infos > 0 ? count(infos, "note") : "";
	const summary =
		errors + warnings === 0
			? `aws-auth is in order${notes && ` (${notes})`}`
			: [count(errors, "error"), count(warnings, "warning"), notes].filter(Boolean).join(", ");
	const last = `${source.name}: ${summary}; the authenticator reads ${counted}${further}.`;
	return { title: "aws-auth", sections: [...parts, [{ text: last }]] };
}

/** What was found in each cluster, or why nothing could be. */
export function reportOfAll(examined: readonly (Examined | FailedStack)[]): Report {
	const sections = examined.flatMap((each) =>
		"error" in each
			? [[{ heading: `stack ${each.stack}` }], notChecked(each.error)]
			: reportOf(each.source, each.diagnosis).sections,
	);
	return { title: "aws-auth", sections };
}

export function jsonOf(examined: Examined | FailedStack): object {
	if ("error" in examined) {
		const { stack, error } = examined;
		return { stack, error: { code: error.code, message: error.message } };
	}
	return reportJson(examined.source, examined.diagnosis);
}

export function exitCodeOfAll(examined: readonly (Examined | FailedStack)[]): ExitCode {
	const codes = examined.map((each): ExitCode => {
		if ("error" in each) {
			return exitCodeOf(each.error);
		}
		const { errors, warnings } = summaryOf(each.diagnosis.findings);
		return errors + warnings > 0 ? EXIT.found : EXIT.ok;
	});
	return Math.max(...codes) as ExitCode;
}

/** Version 1: fields may be added, none is renamed or removed. */
function reportJson({ name, kind }: Source, { entries, accessEntries, findings }: Diagnosis): object {
	return { version: 1, source: { kind, name }, summary: summaryOf(findings), entries, accessEntries, findings };
}

export function summaryOf(findings: Finding[]): { errors: number; warnings: number; infos: number } {
	const of = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
	return { errors: of("error"), warnings: of("warning"), infos: of("info") };
}

function whereOf({ key, line, column, file }: Finding, source: Source): string {
	if (line === undefined || column === undefined) {
		return key ?? "";
	}
	const inText = `${key} ${placeText({ line, column })}`;
	if (!file) {
		return inText;
	}
	return source.kind === "file"
		? `${source.name}:${file.line}:${file.column}  ${inText}`
		: `kubectl edit ${placeText(file)} (${inText})`;
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? "" : "s"}`;
}
