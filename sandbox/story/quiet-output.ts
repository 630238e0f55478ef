/** Dots, and rows of what is still under way: without a terminal each would stay. */
const PROGRESS =
	/^@ |^ *\S{0,2} +\S+:\S+ .* (?:creating|updating|deleting|replacing|refreshing|reading|importing|running)\b/;
/** A row of a resource that stays as it is. */
const UNCHANGED = /^ {4}[\w-]+:[\w./-]+:\w+ \S/;

/**
 * Leaves out of the engine's output what would push the rest off the screen: progress, what stays as it is, what a line says again, the
 * stack's outputs, empty lines. Takes text in whatever pieces it comes.
 */
export function quietOutput(write: (text: string) => void): (text: string) => void {
	let rest = "";
	let last: string | undefined;
	let isOutputs = false;
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop() as string;
		for (const line of lines) {
			isOutputs = line === "Outputs:" || (isOutputs && line !== "");
			if (isOutputs || !line || line === last || PROGRESS.test(line) || UNCHANGED.test(line)) continue;
			last = line;
			write(`${line}\n`);
		}
	};
}
