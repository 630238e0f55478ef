import { setTimeout as delay } from "node:timers/promises";
import type { EKS } from "@aws-sdk/client-eks";
import { clientOptions, configured } from "./settings";

const clients = new WeakMap<object, Map<string, EKS>>();
/** The real provider tries for two minutes: IAM tells EKS of a new role after a while. Here that is at once. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** The EKS client of a region, loaded when the first resource needs it: a preview without changes does not. */
export function eks(region: string): EKS {
	const byRegion = clients.get(configured()) ?? new Map<string, EKS>();
	clients.set(configured(), byRegion);
	let client = byRegion.get(region);
	if (!client) {
		const sdk = require("@aws-sdk/client-eks") as typeof import("@aws-sdk/client-eks");
		client = new sdk.EKS(clientOptions(region));
		byRegion.set(region, client);
	}
	return client;
}

/** The call's result, undefined where EKS knows no such thing. */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
	try {
		return await call;
	} catch (error) {
		if ((error as Error).name === "ResourceNotFoundException") return undefined;
		throw error;
	}
}

/** Tries again while the error's message has these words. */
export async function retryWhile<T>(words: string, call: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await call();
		} catch (error) {
			if (attempt === ATTEMPTS || !(error as Error).message.includes(words)) throw error;
			await delay(PAUSE_MS);
		}
	}
}
