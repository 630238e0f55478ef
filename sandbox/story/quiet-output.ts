/** The engine's notes about plugins that are on the PATH, as all of the sandbox's are, and about their versions. */
const PLUGIN_NOTE = /warning: (?:using pulumi-\S+ from \$PATH|resource plugin \S+ is expected to have version)/;
/** Dots, and rows of what is still under way: without a terminal each would stay. */
const PROGRESS =
	/^@ |^ *\S{0,2} +\S+:\S+ .* (?:creating|updating|deleting|replacing|refreshing|reading|importing|running)\b/;
/** A row of a resource that stays as it is. */
const UNCHANGED = /^ {4}[\w-]+:[\w./-]+:\w+ \S/;
/** The heading of a resource in the diagnostics. */
const HEADING = /^ {2}\S+ \(.*\):$/;

/** Leaves out of the engine's output what says nothing about access. Takes text in whatever pieces it comes. */
export function quietOutput(write: (text: string) => void): (text: string) => void {
	let rest = "";
	let last: string | undefined;
	/** The headings of all diagnostics and of a resource, which are left out if no diagnostic follows. */
	let [section, resource] = ["", ""];
	const show = (line: string) => {
		if (line === last || [PLUGIN_NOTE, PROGRESS, UNCHANGED].some((pattern) => pattern.test(line))) return;
		if (line === "Diagnostics:") {
			section = `${line}\n`;
		} else if (HEADING.test(line)) {
			resource = `${line}\n`;
		} else {
			last = line;
			if (line.trim() !== "") {
				if (line.startsWith(" ")) write(section + resource);
				[section, resource] = ["", ""];
			}
			write(`${line.replace(/ \d+ warnings?(?:; |$)/, " ")}\n`);
		}
	};
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() as string;
		lines.forEach(show);
	};
}
