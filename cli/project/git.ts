import { execFileSync } from "node:child_process";
import path from "node:path";
import { Failure } from "../errors/failure";
import { type ProjectFiles, projectFileAmong, stacksAmong } from "./project";

/** A commit, and how the user knows it. */
export interface Commit {
	/** For example `merge base with origin/main`. */
	label: string;
	/** Full hash. */
	commit: string;
}

const PASS_FROM = "Say what to compare with: --from <ref> or --from <file>";

/** Where the branch that is checked out has left main. */
export function mergeBaseOfMain(folder: string): Commit {
	requireRepository(folder);
	const main = ["origin/main", "main"].find((ref) => commitOf(folder, ref) !== undefined);
	if (!main) {
		throw new Failure(
			"cli-git-failed",
			`there is neither a branch origin/main nor main. ${PASS_FROM}, for example --from origin/master. ` +
				"In GitHub Actions: actions/checkout with fetch-depth: 0",
		);
	}
	if (!commitOf(folder, "HEAD")) {
		throw new Failure("cli-git-failed", `nothing is committed yet. ${PASS_FROM}`);
	}
	const base = git(folder, ["merge-base", "HEAD", main])?.trim().split("\n")[0];
	if (!base) {
		throw new Failure(
			"cli-git-failed",
			`HEAD and ${main} have no commit in common: the clone is shallow (git fetch --unshallow; in GitHub Actions ` +
				`actions/checkout with fetch-depth: 0), or they are unrelated. ${PASS_FROM}`,
		);
	}
	return { label: `merge base with ${main}`, commit: base };
}

/** The commit that is checked out, in short, and whether the folder differs from it; undefined outside of a repository. */
export function headOf(folder: string): string | undefined {
	const commit = commitOf(folder, "HEAD")?.slice(0, 12);
	const isChanged = commit && git(folder, ["status", "--porcelain", "--", "."]) !== "";
	return isChanged ? `${commit} with changes` : commit;
}

export function resolveRef(folder: string, ref: string): Commit {
	requireRepository(folder);
	const commit = commitOf(folder, ref);
	if (!commit) {
		throw new Failure(
			"cli-git-failed",
			`${JSON.stringify(ref)} is neither a file (.yaml, .yml) nor a commit, branch or tag of this repository. If it is a branch of ` +
				"the remote, fetch it first: git fetch origin <branch>",
		);
	}
	return { label: ref, commit };
}

/** The project in `folder` as it was in a commit; it may not have been there. */
export function projectAt(folder: string, { label, commit }: Commit): ProjectFiles {
	const prefix = (git(folder, ["rev-parse", "--show-prefix"]) ?? "").trimEnd();
	const listed =
		git(folder, ["ls-tree", "-z", "--name-only", "--full-tree", commit, ...(prefix ? [prefix] : [])]) ?? "";
	const names = listed.split("\0").map((name) => name.slice(prefix.length));
	const stacks = stacksAmong(names);
	const projectFile = projectFileAmong(names);
	// Plumbing: no filter, no textconv and no pager of the repository's choice runs.
	const read = (name: string): string => {
		const text = git(folder, ["cat-file", "blob", `${commit}:${path.posix.join(prefix, name)}`]);
		if (text === undefined) {
			throw new Failure("cli-git-failed", `git cannot read ${prefix}${name} of ${label} (${commit.slice(0, 12)})`);
		}
		return text;
	};
	return {
		label: `${label} (${commit.slice(0, 12)})`,
		project: projectFile && read(projectFile),
		stacks,
		read: (stack) => read(stacks.get(stack) as string),
		readFile: read,
	};
}

function commitOf(folder: string, ref: string): string | undefined {
	return git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])?.trim();
}

function requireRepository(folder: string): void {
	if (git(folder, ["rev-parse", "--git-dir"]) === undefined) {
		throw new Failure(
			"cli-git-failed",
			`${folder} is in no git repository (or git refuses it: git -C ${folder} status). ${PASS_FROM}`,
		);
	}
}

/** What git writes, or undefined where it fails. */
function git(folder: string, args: string[]): string | undefined {
	// Nothing is fetched, not even in a partial clone, and nothing is written.
	const env = { ...process.env, GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
	try {
		return execFileSync("git", args, {
			cwd: folder,
			env,
			encoding: "utf8",
			stdio: ["ignore", "pipe", "ignore"],
			maxBuffer: 64 * 1024 * 1024,
		});
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") {
			throw new Failure("cli-git-failed", `the command git is not on the PATH. ${PASS_FROM}`);
		}
		return undefined;
	}
}
