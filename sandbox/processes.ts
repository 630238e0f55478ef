import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { constants } from "node:os";
import type { Writable } from "node:stream";

/** What a server gets between SIGTERM and SIGKILL. All its data is the run's own and goes with it. */
const GRACE_MS = 1_000;

/**
 * A shell that outlives this process by a moment. It reads what belongs to the run from its stdin, a pipe that only this process holds;
 * when that ends, whatever the reason (also SIGKILL), it ends the processes and groups listed and removes the paths. Ids only, never names.
 */
const REAPER = `
trap '' INT HUP TERM
targets= paths=
without() { # list item
	for each in $1; do [ "$each" = "$2" ] || printf '%s ' "$each"; done
}
while IFS=' ' read -r what value; do
	case $what in
		watch) targets="$targets $value" ;;
		forget) targets=$(without "$targets" "$value") ;;
		remove) paths=$(printf '%s\\n%s' "$value" "$paths") ;;
		keep) paths=$(printf '%s\\n' "$paths" | grep -vxF -e "$value") ;;
	esac
done
for target in $targets; do kill -s TERM -- "$target"; done
for pause in 1 2 3 4 5; do
	alive=
	for target in $targets; do kill -s 0 -- "$target" && alive=yes; done
	[ -z "$alive" ] && break
	sleep 0.2
done
for target in $targets; do kill -s KILL -- "$target"; done
IFS='
'
for path in $paths; do rm -rf -- "$path"; done
`;

/** Each with what to signal. */
const owned = new Map<ChildProcess, number>();
const paths = new Set<string>();
let reaper: Writable | undefined;
let ending = false;
let interruptible = true;

/**
 * Starts a process that ends with this one, however this one ends. It leads a process group of its own, so that its children end with
 * it and a Ctrl-C on the terminal reaches it through us, in order. It does not keep this process alive.
 */
export function spawnOwned(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	const child = own(command, args, { ...options, detached: true });
	child.unref();
	return child;
}

/** Starts a command that has the terminal; it ends with this process. Until it ends, a Ctrl-C is for it alone to handle. */
export function spawnOnTerminal(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
	const child = own(command, args, { env, stdio: "inherit" });
	interruptible = false;
	child.once("exit", () => {
		interruptible = true;
	});
	return child;
}

function own(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	if (ending) throw new Error("The run is ending: nothing more is started");
	tell();
	const child = spawn(command, args, options);
	if (child.pid === undefined) return child;
	// As kill takes them: a group is the negative id of its leader.
	const target = options.detached ? -child.pid : child.pid;
	owned.set(child, target);
	tell(`watch ${target}`);
	child.once("exit", () => {
		// What it may have started goes too; the id is free for others after that.
		if (options.detached) signal(target, "SIGKILL");
		owned.delete(child);
		tell(`forget ${target}`);
	});
	return child;
}

/** Removes a file or folder when the run ends, however it ends; the last one named goes first. */
export function removeWithRun(path: string): void {
	paths.add(path);
	tell(`remove ${path}`);
}

/** It is finished, or gone: it stays as it is when the run ends. */
export function keepAfterRun(path: string): void {
	paths.delete(path);
	tell(`keep ${path}`);
}

/** Removes a file or folder of the run now. */
export function removeNow(path: string): void {
	rmSync(path, { recursive: true, force: true, maxRetries: 5 });
	keepAfterRun(path);
}

/** Ends processes, all owned ones if none are named: SIGTERM, and SIGKILL for what is left after the grace. */
export async function endOwned(children: Iterable<ChildProcess> = owned.keys()): Promise<void> {
	const alive = [...children].filter((child) => owned.has(child));
	const ended = alive.map((child) => new Promise<void>((resolve) => child.once("exit", () => resolve())));
	const send = (name: NodeJS.Signals) => {
		for (const child of alive) signal(owned.get(child), name);
	};
	for (const child of alive) child.ref();
	send("SIGTERM");
	const grace = setTimeout(() => send("SIGKILL"), GRACE_MS);
	await Promise.all(ended);
	clearTimeout(grace);
}

function signal(target: number | undefined, name: NodeJS.Signals): void {
	try {
		if (target !== undefined) process.kill(target, name);
	} catch {
		// It has ended.
	}
}

function tell(line?: string): void {
	if (!reaper) {
		const child = spawn("/bin/sh", ["-c", REAPER], {
			detached: true,
			stdio: ["pipe", "ignore", "ignore"],
		});
		child.unref();
		reaper = child.stdin as Writable;
		(reaper as unknown as { unref(): void }).unref();
		reaper.on("error", () => {
			// The reaper was killed: what follows still ends on the ordinary ways out.
		});
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, endOnSignal);
	}
	if (line) reaper.write(`${line}\n`);
}

/** npm passes a Ctrl-C on that the terminal has sent already: the second one must not cut the ending short. */
async function endOnSignal(signal: NodeJS.Signals): Promise<void> {
	if (ending || (signal === "SIGINT" && !interruptible)) return;
	ending = true;
	await endOwned();
	for (const path of [...paths].reverse()) removeNow(path);
	process.exit(128 + constants.signals[signal]);
}
