import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { tail } from "./command";
import { endOwned, spawnOwned } from "./processes";

export interface ServerStart {
	name: string;
	command: string;
	args: readonly string[];
	env?: NodeJS.ProcessEnv;
	/** Takes the server's stdout and stderr. */
	logFile: string;
	/** Asked every few milliseconds until it says yes. Must not throw for "not yet". */
	ready: () => Promise<boolean>;
	timeoutSeconds?: number;
}

/** A server could not listen on a port that was free a moment before. */
class PortTakenError extends Error {}

const ATTEMPTS = 3;
const POLL_MS = 40;
const START_TIMEOUT_SECONDS = 60;

/** The servers of one sandbox. */
export class Servers {
	/** Rejects when a server ends that nobody has stopped. */
	readonly failed: Promise<never>;
	/** Every server that was started and not stopped; the value says whether its end is a failure of the run. */
	private readonly running = new Map<ChildProcess, { watched: boolean }>();
	private fail!: (error: Error) => void;
	private stopped = false;

	constructor() {
		this.failed = new Promise((_, reject) => {
			this.fail = reject;
		});
		// Whoever runs the sandbox races against it; alone it must not end the process.
		this.failed.catch(() => {});
	}

	/** Starts a server and waits until it answers. It ends with the run, and its death is noticed. */
	async start(server: ServerStart): Promise<ChildProcess> {
		const { name, logFile } = server;
		const child = this.launch(server);
		let ended: string | undefined;
		child.once("error", (error) => {
			ended = error.message;
		});
		child.once("exit", (code, signal) => {
			ended ??= signal ?? `exit code ${code}`;
		});
		const timeout = server.timeoutSeconds ?? START_TIMEOUT_SECONDS;
		const deadline = Date.now() + timeout * 1000;
		while (!(await server.ready()) || ended !== undefined) {
			if (ended !== undefined) throw startError(name, ended, logFile);
			if (Date.now() > deadline) {
				await this.stop([child]);
				throw new Error(`${name} has not become ready within ${timeout} s. The end of its log:\n${endOf(logFile)}`);
			}
			await delay(POLL_MS);
		}
		if (this.running.has(child)) this.running.set(child, { watched: true });
		return child;
	}

	/** Ends these servers, or all of them and for good. */
	async stop(children?: readonly ChildProcess[]): Promise<void> {
		this.stopped ||= children === undefined;
		children ??= [...this.running.keys()];
		for (const child of children) this.running.delete(child);
		await endOwned(children);
	}

	private launch({ name, command, args, env, logFile }: ServerStart): ChildProcess {
		if (this.stopped) throw new Error(`${name} is not started: the sandbox is ending`);
		const log = openSync(logFile, "a");
		const child = spawnOwned(command, args, {
			env,
			stdio: ["ignore", log, log],
		});
		closeSync(log);
		const ended = (how: string) => {
			const watched = this.running.get(child)?.watched;
			this.running.delete(child);
			if (watched) this.fail(deathError(name, how, logFile));
		};
		this.running.set(child, { watched: false });
		child.once("error", (error) => ended(error.message));
		child.once("exit", (code, signal) => ended(signal ?? `exit code ${code}`));
		return child;
	}
}

/** Free ports of the loopback interface, all different. */
export async function freePorts(count: number): Promise<number[]> {
	const held = await Promise.all(
		Array.from(
			{ length: count },
			() =>
				new Promise<Server>((resolve, reject) => {
					const server = createServer().once("error", reject);
					server.listen(0, "127.0.0.1", () => resolve(server));
				}),
		),
	);
	const ports = held.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
	return ports;
}

/** Between the choice of a free port and its use another process may take it: then start again, with other ports. */
export async function retryOnTakenPort<T>(start: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await start();
		} catch (error) {
			if (!(error instanceof PortTakenError)) throw error;
			if (attempt === ATTEMPTS)
				throw new PortTakenError(
					`${error.message}\nTried ${ATTEMPTS} times, each time with other ports: something on this machine takes them as fast as they are chosen. Find it (for example with \`ss -ltnp\`), or try again later.`,
				);
		}
	}
}

/** The end of a log, for an error message. */
function endOf(logFile: string): string {
	return tail(existsSync(logFile) ? readFileSync(logFile, "utf8") : "", 12);
}

function startError(name: string, how: string, logFile: string): Error {
	const log = endOf(logFile);
	const taken = /^.*(address already in use|EADDRINUSE).*$/im.exec(log)?.[0];
	if (taken) return new PortTakenError(`${name} could not listen: its port is in use by another process.\n${taken}`);
	return new Error(`${name} ended (${how}) before it was ready. The end of its log (${logFile}):\n${log}`);
}

function deathError(name: string, how: string, logFile: string): Error {
	return new Error(
		`${name} has ended (${how}) while the sandbox was running; what follows could not be trusted. Start again. The end of its log:\n${endOf(logFile)}`,
	);
}
