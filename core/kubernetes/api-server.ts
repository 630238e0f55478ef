import http from "node:http";
import https from "node:https";
import { ask } from "./api-client";
import type { Connection } from "./connection";

/** How many questions a cluster is asked at a time: far below what an API server takes from one client. */
export const AT_A_TIME = 20;
const TIMEOUT_MS = 20_000;

/** What the API server said instead of an answer. */
export class ApiError extends Error {
	constructor(
		/** HTTP status, or undefined where there was none. */
		readonly code: number | undefined,
		message: string,
	) {
		super(message);
	}
}

interface Page<T> {
	items?: T[];
	metadata?: { continue?: string };
}

/**
 * The API server, over connections that are kept: the client library makes a new one, with a new handshake, for each request. Objects
 * are as they are on the wire.
 */
export class ApiServer {
	private options: Promise<https.RequestOptions> | undefined;

	constructor(private readonly cluster: Connection) {}

	/** Undefined where it is not there. @throws {AccessError} */
	get<T>(what: string, path: string): Promise<T | undefined> {
		return ask(this.cluster, what, () => this.send<T>("GET", path));
	}

	/** @throws {ApiError} also where it is not there. */
	post<T>(path: string, body: object): Promise<T> {
		return this.send<T>("POST", path, body);
	}

	/** Server-side apply. @throws {ApiError} */
	apply<T>(path: string, object: object): Promise<T> {
		return this.send<T>("PATCH", path, object, "application/apply-patch+yaml");
	}

	/** Deletes an object, if it is still this one. @throws {ApiError} */
	async delete(path: string, uid: string): Promise<void> {
		await this.send("DELETE", path, { preconditions: { uid } });
	}

	/** All of a kind, page by page. @throws {AccessError} */
	async list<T>(what: string, path: string, query: Record<string, string> = {}): Promise<T[]> {
		const items: T[] = [];
		let from: string | undefined;
		do {
			const parameters = new URLSearchParams({ limit: "500", ...query, ...(from ? { continue: from } : {}) });
			const page = await this.get<Page<T>>(what, `${path}?${parameters}`);
			items.push(...(page?.items ?? []));
			from = page?.metadata?.continue;
		} while (from);
		return items;
	}

	/** @throws {ApiError|Error} */
	private async send<T>(method: string, path: string, body?: object, type = "application/json"): Promise<T> {
		const server = this.cluster.config.getCurrentCluster()?.server ?? "";
		this.options ??= this.connect();
		const options = await this.options;
		const url = new URL(server.replace(/\/$/, "") + path);
		const client = url.protocol === "http:" ? http : https;
		const text = body && JSON.stringify(body);
		const headers = {
			...(options.headers as http.OutgoingHttpHeaders),
			Accept: "application/json",
			...(text ? { "Content-Type": type, "Content-Length": Buffer.byteLength(text) } : {}),
		};
		return new Promise((resolve, reject) => {
			const request = client.request(url, { ...options, method, headers }, (response) => {
				let answer = "";
				response.setEncoding("utf8").on("data", (chunk) => {
					answer += chunk;
				});
				response.on("error", reject);
				response.on("end", () => {
					const { statusCode = 0 } = response;
					try {
						if (statusCode >= 300) {
							throw new ApiError(statusCode, messageOf(answer) ?? `it answers ${statusCode}`);
						}
						resolve(JSON.parse(answer));
					} catch (error) {
						reject(error);
					}
				});
			});
			request.on("error", (error: NodeJS.ErrnoException) =>
				// The server had closed the kept connection by the time it was used, so the request never arrived.
				request.reusedSocket && error.code === "ECONNRESET"
					? this.send<T>(method, path, body, type).then(resolve, reject)
					: reject(new ApiError(undefined, reasonOf(error))),
			);
			request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
			request.end(text);
		});
	}

	private async connect(): Promise<https.RequestOptions> {
		const options: https.RequestOptions = {};
		await this.cluster.config.applyToHTTPSOptions(options);
		const agent = options.agent as https.Agent & { keepAlive?: boolean };
		agent.keepAlive = true;
		agent.maxSockets = AT_A_TIME;
		agent.maxFreeSockets = AT_A_TIME;
		return options;
	}
}

/** The API server for checks that need the same at a time: each question is asked once. */
export class ApiServerAskedOnce extends ApiServer {
	private readonly answers = new Map<string, Promise<unknown>>();

	override get<T>(what: string, path: string): Promise<T | undefined> {
		const answer = (this.answers.get(path) ?? super.get<T>(what, path)) as Promise<T | undefined>;
		this.answers.set(path, answer);
		return answer;
	}
}

function messageOf(answer: string): string | undefined {
	try {
		return JSON.parse(answer).message;
	} catch {
		return undefined;
	}
}

function reasonOf(error: Error & { code?: string; errors?: Error[] }): string {
	return error.message || error.errors?.[0]?.message || error.code || "no answer";
}
