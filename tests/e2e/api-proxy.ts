import { createServer, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";

/** Called before a request goes on to the API server. */
export type OnRequest = (method: string, url: string) => Promise<void> | void;

/** Stands in front of the API server, to do something at an exact moment, and to be gone and come back. */
export class ApiProxy {
	private server?: Server;
	private port = 0;
	onRequest: OnRequest = () => undefined;

	constructor(
		private readonly endpoint: string,
		private readonly certificateAuthority: string,
		/** Go clients send none over plain http. */
		private readonly token: string,
	) {}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	async start(): Promise<void> {
		const ca = Buffer.from(this.certificateAuthority, "base64");
		const server = createServer(async (incoming, outgoing) => {
			try {
				const body = await bodyOf(incoming);
				await this.onRequest(incoming.method ?? "", incoming.url ?? "");
				const { method } = incoming;
				const headers = { ...incoming.headers, authorization: `Bearer ${this.token}` };
				const forwarded = request(new URL(incoming.url ?? "/", this.endpoint), { method, headers, ca }, (answer) => {
					outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
					answer.pipe(outgoing);
				});
				forwarded.on("error", () => outgoing.destroy());
				forwarded.end(body);
			} catch {
				outgoing.destroy();
			}
		});
		await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
		this.port = (server.address() as AddressInfo).port;
		this.server = server;
	}

	async stop(): Promise<void> {
		this.server?.closeAllConnections();
		await new Promise((resolve) => this.server?.close(resolve));
	}
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) {
		chunks.push(chunk as Buffer);
	}
	return Buffer.concat(chunks);
}
