/** The engine's notes about plugins that are on the PATH, as all of the sandbox's are, and about their versions. */
const PLUGIN_NOTE = /warning: (?:using pulumi-\S+ from \$PATH|resource plugin \S+ is expected to have version)/;
/** Dots, and rows of what is still under way: without a terminal each would stay. */
const PROGRESS =
	/^@ |^ *\S{0,2} +\S+:\S+ .* (?:creating|updating|deleting|replacing|refreshing|reading|importing|running)\b/;
/** A row of a resource that stays as it is. */
const UNCHANGED = /^ {4}[\w-]+:[\w./-]+:\w+ \S/;
/** The headings of the diagnostics and of a resource in them. */
const HEADING = /^Diagnostics:$|^ {2}\S+ \(.*\):$/;

/** Leaves out of the engine's output what says nothing about access. Takes text in whatever pieces it comes. */
export function quietOutput(write: (text: string) => void): (text: string) => void {
	let rest = "";
	let headings = "";
	let last: string | undefined;
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() as string;
		for (const line of lines) {
			if (line === last || [PLUGIN_NOTE, PROGRESS, UNCHANGED].some((pattern) => pattern.test(line))) {
				continue;
			}
			last = line;
			if (HEADING.test(line)) {
				headings += `${line}\n`;
				continue;
			}
			// Headings without a diagnostic below them are left out, too.
			write(`${line.trim() === "" ? "" : headings}${line.replace(/ \d+ warnings?(?:; |$)/, " ")}\n`);
			headings = "";
		}
	};
}
