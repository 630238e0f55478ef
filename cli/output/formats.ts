import { type Report, reportMarkdown, reportText } from "./report";
import { jsonText, painterFor, print, widthOf } from "./terminal";

export const FORMATS = ["text", "markdown", "json", "html"] as const;
export type Format = (typeof FORMATS)[number];

/** What a command has found, in each format. */
export interface Formats {
	report: () => Report;
	/** Version 1: fields may be added, none is renamed or removed. */
	json: () => object;
}

export function printAs(format: Format, formats: Formats): void {
	print(textAs(format, formats, process.stdout));
}

/** @param stream Where it goes: a terminal has colours and a width. */
export function textAs(format: Format, { report, json }: Formats, stream: Parameters<typeof widthOf>[0]): string {
	switch (format) {
		case "json":
			return jsonText(json());
		case "markdown":
			return reportMarkdown(report());
		case "html":
			// Its style is read from a file that nothing else needs.
			return (require("../html/document") as typeof import("../html/document")).reportPage(report());
		default:
			return reportText(report(), painterFor(stream), widthOf(stream));
	}
}
