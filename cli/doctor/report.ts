import { visible } from "../output/escape";
import type { Paint } from "../output/terminal";
import { type Diagnosis, placeText } from "./diagnose";
import type { Finding, Severity } from "./finding";
import type { Source } from "./source";

const STYLES: Record<Severity, Parameters<Paint>[0]> = { error: ["red", "bold"], warning: "yellow", info: "cyan" };

export function reportText(source: Source, { entries, findings }: Diagnosis, paint: Paint): string {
	const parts = findings.map((finding) => {
		const { code, severity, message, fix } = finding;
		const head = [paint(STYLES[severity], `${severity} ${code}`), visible(whereOf(finding, source))]
			.filter(Boolean)
			.join("  ");
		return `${head}\n  ${visible(message)}.\n  Fix: ${visible(fix)}.`;
	});
	const counted = `${count(entries.mapRoles, "role")}, ${count(entries.mapUsers, "user")}, ${count(entries.mapAccounts, "account")}`;
	const { errors, warnings, infos } = summaryOf(findings);
	const summary =
		errors + warnings === 0
			? paint("green", `aws-auth is in order${infos > 0 ? ` (${count(infos, "note")})` : ""}`)
			: `${count(errors, "error")}, ${count(warnings, "warning")}${infos > 0 ? `, ${count(infos, "note")}` : ""}`;
	return [...parts, `${visible(source.name)}: ${summary}; the authenticator reads ${counted}.`].join("\n\n");
}

/** Version 1: fields may be added, none is renamed or removed. */
export function reportJson({ name, kind }: Source, { entries, findings }: Diagnosis): object {
	return { version: 1, source: { kind, name }, summary: summaryOf(findings), entries, findings };
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
	return file && source.kind === "file" ? `${source.name}:${file.line}:${file.column}  ${inText}` : inText;
}

function count(number: number, what: string): string {
	return `${number} ${what}${number === 1 ? "" : "s"}`;
}
