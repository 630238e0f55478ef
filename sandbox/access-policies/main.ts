import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { type Decision, decide, type Entry, type ReviewSpec } from "./decision";

/** The API server's authorization webhook: `main.ts <port> <file with the access entries>`. */
const [port = "", file = ""] = process.argv.slice(2);

createServer(async (request, response) => {
	response.setHeader("content-type", "application/json");
	if (request.method === "GET") response.end("{}");
	else response.end(JSON.stringify(await answer(request)));
}).listen(Number(port), "127.0.0.1");

async function answer(request: IncomingMessage): Promise<{ status: Decision }> {
	const review = JSON.parse(await text(request)) as { spec: ReviewSpec };
	// Read anew each time: a change of an entry shows at once.
	const entries: Entry[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
	return { ...review, status: decide(review.spec, entries) };
}
