import { get as getPlain } from "node:http";
import { get as getSecure } from "node:https";

/** Whether a server answers 200 here; no answer is a no. */
export function answersOk(url: string, certificateAuthority?: string): Promise<boolean> {
	const get = url.startsWith("https:") ? getSecure : getPlain;
	return new Promise((resolve) => {
		// No agent: a connection that is kept would hold on to a server that was stopped.
		get(url, { agent: false, ca: certificateAuthority, timeout: 2_000 }, (response) => {
			response.resume();
			resolve(response.statusCode === 200);
		})
			.once("timeout", () => resolve(false))
			.once("error", () => resolve(false));
	});
}
