import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { Failure } from "../errors/failure";
import { mergeBaseOfMain, projectAt, resolveRef } from "../project/git";
import { type ProjectFiles, projectIn } from "../project/project";

/** One side of a comparison. */
export interface Side {
	files: ProjectFiles;
	/** A single stack's file, given by name. */
	stack?: string;
	/** Where the files are from a commit. */
	commit?: string;
}

/** Both sides of `diff`; what is not given is the merge base of main, and the working tree. */
export function sidesOf({ cwd, from, to }: { cwd: string; from?: string; to?: string }): { from: Side; to: Side } {
	const tree = projectIn(cwd);
	const sideOf = (given: string): Side => {
		if (isStackFile(given)) {
			return fileSide(given, tree);
		}
		const commit = resolveRef(tree.folder, given);
		return { files: projectAt(tree.folder, commit), commit: commit.commit };
	};
	const base = from === undefined ? mergeBaseOfMain(tree.folder) : undefined;
	return {
		from: base ? { files: projectAt(tree.folder, base), commit: base.commit } : sideOf(from as string),
		to: to === undefined ? { files: tree } : sideOf(to),
	};
}

/** A ref may have a dot, and a file have a branch's name: what ends like a stack's file is one. */
function isStackFile(given: string): boolean {
	return /\.ya?ml$/.test(given);
}

/** A stack's file from anywhere, read as one of this project. */
function fileSide(file: string, { project, readFile }: ProjectFiles): Side {
	if (!existsSync(file) || !statSync(file).isFile()) {
		throw new Failure("cli-file-unreadable", `${file}: there is no such file`);
	}
	const name = path.basename(file);
	const stack = /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? name.replace(/\.ya?ml$/, "");
	const read = () => readFileSync(file, "utf8");
	const files = { label: file, project, stacks: new Map([[stack, name]]), read, readFile };
	return { files, stack };
}

/** One stack's access on both sides: a name each, since a file may be called anything. */
export interface Pair {
	stack: string;
	from: string;
	to: string;
}

/** The stacks to compare: the one that is given, that of a file, or all that either side has. */
export function pairsOf(from: Side, to: Side, given: string | undefined): Pair[] {
	if (from.stack !== undefined || to.stack !== undefined) {
		const stack = given ?? to.stack ?? (from.stack as string);
		const pair = { stack, from: from.stack ?? stack, to: to.stack ?? stack };
		for (const [side, name] of [
			[from, pair.from],
			[to, pair.to],
		] as const) {
			if (!side.files.stacks.has(name)) {
				throw new Failure(
					"cli-stack-not-found",
					`${side.files.label} has no Pulumi.${name}.yaml; say which stack it is: --stack <name>`,
				);
			}
		}
		return [pair];
	}
	const names = [...new Set([...from.files.stacks.keys(), ...to.files.stacks.keys()])].sort();
	if (given === undefined) {
		return names.map((name) => ({ stack: name, from: name, to: name }));
	}
	const name = given.split("/").at(-1) as string;
	if (!names.includes(name)) {
		throw new Failure(
			"cli-stack-not-found",
			`--stack: neither side has a Pulumi.${name}.yaml. Stacks there: ${names.join(", ") || "none"}`,
		);
	}
	return [{ stack: name, from: name, to: name }];
}
