import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { Failure } from "../errors/failure";

/** A Pulumi project as it is read: from the working tree, or from a commit. */
export interface ProjectFiles {
	/** What to call it in errors, for example `the working tree`. */
	label: string;
	/** Text of Pulumi.yaml; undefined where the project is not there (yet). */
	project: string | undefined;
	/** Where the project is; undefined where the files are from a commit. */
	folder?: string;
	/** Stack names, sorted, each with its file's name. */
	stacks: Map<string, string>;
	/** Text of a stack's file. */
	read(stack: string): string;
	/** Text of another file of the project, by its path; default: of the current folder. */
	readFile?(file: string): string;
}

const STACK_FILE = /^Pulumi\.(.+)\.ya?ml$/;

/** The project in `cwd` or above it, as `pulumi` finds it. */
export function projectIn(cwd: string): ProjectFiles & { folder: string } {
	const folder = folderOf(path.resolve(cwd));
	const stacks = stacksAmong(readdirSync(folder));
	return {
		label: "the working tree",
		folder,
		project: readFileSync(path.join(folder, projectFileAmong(readdirSync(folder)) as string), "utf8"),
		stacks,
		read: (stack) => readFileSync(path.join(folder, stacks.get(stack) as string), "utf8"),
		readFile: (file) => readFileSync(path.resolve(folder, file), "utf8"),
	};
}

function folderOf(cwd: string): string {
	if (!existsSync(cwd) || !statSync(cwd).isDirectory()) {
		throw new Failure("cli-project-not-found", `${cwd} is no folder; pass --cwd <folder of Pulumi.yaml>`);
	}
	for (let folder = cwd; ; folder = path.dirname(folder)) {
		if (projectFileAmong(readdirSync(folder))) {
			return folder;
		}
		if (folder === path.dirname(folder)) {
			throw new Failure(
				"cli-project-not-found",
				`no Pulumi.yaml in ${cwd} or above it; go to the project's folder, or pass --cwd <folder>`,
			);
		}
	}
}

export function projectFileAmong(names: string[]): string | undefined {
	return ["Pulumi.yaml", "Pulumi.yml"].find((name) => names.includes(name));
}

export function stacksAmong(names: string[]): Map<string, string> {
	const stacks = names.flatMap((name): [string, string][] => {
		const stack = STACK_FILE.exec(name)?.[1];
		return stack ? [[stack, name]] : [];
	});
	return new Map(stacks.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The stack that is meant where none is given; a name may be as pulumi has it: `<org>/<project>/<stack>`. */
export function chooseStack({ stacks, label }: ProjectFiles, given: string | undefined): string {
	const there = [...stacks.keys()].join(", ") || "none";
	const asked = given ?? (process.env.PULUMI_STACK || undefined);
	if (asked !== undefined) {
		const stack = asked.split("/").at(-1) as string;
		if (!stacks.has(stack)) {
			const source = given === undefined ? "PULUMI_STACK" : "--stack";
			throw new Failure(
				"cli-stack-not-found",
				`${source}: ${label} has no Pulumi.${stack}.yaml. Stacks there: ${there}`,
			);
		}
		return stack;
	}
	if (stacks.size !== 1) {
		throw stacks.size === 0
			? new Failure(
					"cli-stack-not-found",
					`${label} has no stack's config (Pulumi.<stack>.yaml); pulumi stack init makes one`,
				)
			: new Failure("cli-stack-ambiguous", `several stacks: ${there}. Say which: --stack <name>`);
	}
	return [...stacks.keys()][0] as string;
}

/** The stacks that a command is about: all of them, or one. */
export function chooseStacks(
	files: ProjectFiles,
	{ stack, allStacks }: { stack?: string; allStacks?: boolean },
): string[] {
	if (!allStacks) {
		return [chooseStack(files, stack)];
	}
	if (stack) {
		throw new Failure("cli-usage", "--stack and --all-stacks exclude each other");
	}
	if (files.stacks.size === 0) {
		throw new Failure("cli-stack-not-found", `${files.label} has no stack's config (Pulumi.<stack>.yaml)`);
	}
	return [...files.stacks.keys()];
}

/** The text of a YAML file of Pulumi's as an object. */
export function parseYaml(text: string, where: string): Record<string, unknown> {
	let parsed: unknown;
	try {
		// Pulumi reads merge keys too; its own files need no further check here.
		parsed = parse(text, { merge: true, logLevel: "error" });
	} catch (error) {
		throw new Failure("cli-file-unreadable", `${where} is no valid YAML: ${(error as Error).message.trimEnd()}`);
	}
	if (parsed === null || parsed === undefined) {
		return {};
	}
	if (typeof parsed !== "object" || Array.isArray(parsed)) {
		throw new Failure("cli-file-unreadable", `${where} is no map of keys, as Pulumi writes it`);
	}
	return parsed as Record<string, unknown>;
}
