import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { homedir, hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { keepAfterRun, removeNow, removeWithRun } from "./processes";

/** The holder of a lock touches it this often; one that was not touched for much longer is left from a run that was killed. */
const TOUCH_MS = 2_000;
const STALE_MS = 20_000;

/** Where what is built once is kept: `EKS_ACCESS_SANDBOX_CACHE`, else the user's cache folder. */
export function cacheFolder(): string {
	const folder =
		process.env.EKS_ACCESS_SANDBOX_CACHE ||
		join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-eks-access");
	try {
		mkdirSync(folder, { recursive: true });
	} catch (error) {
		throw new Error(
			`The sandbox's cache folder ${folder} cannot be made: ${(error as Error).message}. Set EKS_ACCESS_SANDBOX_CACHE to a folder that you may write to.`,
		);
	}
	return folder;
}

export interface Making {
	/** The finished folder; nothing is there before `make` has succeeded. */
	entry: string;
	/** Says that another run is making it. */
	waiting: (holder: string) => void;
	make: (folder: string) => Promise<void>;
	/**
	 * Make it in its final place, for what knows its own path (a Python venv). A marker file then tells a finished entry from a half
	 * done one; otherwise the rename does.
	 */
	inPlace?: boolean;
}

/** Makes a cache entry unless it is there. Two runs at once: one makes it, the other waits. True if it was made here. */
export async function ensureEntry(making: Making): Promise<boolean> {
	const { entry } = making;
	if (isFinished(making)) return false;
	const unlock = await lock(`${entry}.lock`, making.waiting);
	try {
		if (isFinished(making)) return false;
		removeLeftovers(entry);
		const folder = making.inPlace ? entry : `${entry}.making-${process.pid}`;
		removeWithRun(folder);
		try {
			mkdirSync(folder, { recursive: true });
			await making.make(folder);
			if (making.inPlace) writeFileSync(markerOf(entry), "");
			else renameSync(folder, entry);
		} catch (error) {
			removeNow(folder);
			throw error;
		}
		keepAfterRun(folder);
		return true;
	} finally {
		unlock();
	}
}

function isFinished({ entry, inPlace }: Making): boolean {
	return existsSync(inPlace ? markerOf(entry) : entry);
}

function markerOf(entry: string): string {
	return join(entry, ".finished");
}

/** What a killed run has left; only ever called under the entry's lock. */
function removeLeftovers(entry: string): void {
	const folder = dirname(entry);
	for (const name of readdirSync(folder))
		if (name === basename(entry) || name.startsWith(`${basename(entry)}.making-`))
			rmSync(join(folder, name), { recursive: true, force: true });
}

async function lock(path: string, waiting: (holder: string) => void): Promise<() => void> {
	const own = `process ${process.pid} on ${hostname()}`;
	for (let told = false; ; ) {
		try {
			writeFileSync(path, own, { flag: "wx" });
			removeWithRun(path);
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		}
		const holder = holderOf(path);
		if (holder === undefined) continue;
		if (!told) waiting(holder);
		told = true;
		await delay(200);
	}
	const touching = setInterval(() => {
		try {
			utimesSync(path, new Date(), new Date());
		} catch {
			// The cache folder was removed under us; the build itself will say so.
		}
	}, TOUCH_MS).unref();
	return () => {
		clearInterval(touching);
		removeNow(path);
	};
}

/** Who holds the lock; undefined if it is free or was left by a run that is no more. */
function holderOf(path: string): string | undefined {
	try {
		const holder = readFileSync(path, "utf8");
		// Not as soon as the holder is gone: what it has started may write for a moment longer, and the lock goes last.
		if (Date.now() - statSync(path).mtimeMs < STALE_MS) return holder;
		// Only one of those that find it stale succeeds with the rename.
		const stale = `${path}.stale-${process.pid}`;
		renameSync(path, stale);
		rmSync(stale, { force: true });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
	}
	return undefined;
}
