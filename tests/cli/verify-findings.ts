/** Findings in short: `<kind> <subject>`. */
export function kinds(findings: { kind: string; subject: string }[]): string[] {
	return findings.map(({ kind, subject }) => `${kind} ${subject}`);
}
