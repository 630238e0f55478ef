import type { IAM } from "@aws-sdk/client-iam";
import { clientOptions } from "./settings";

let client: IAM | undefined;

/** The IAM client, loaded when the first resource needs it: a preview without changes does not. */
export function iam(): IAM {
	if (!client) {
		const sdk = require("@aws-sdk/client-iam") as typeof import("@aws-sdk/client-iam");
		client = new sdk.IAM(clientOptions());
	}
	return client;
}

/** The call's result, undefined where AWS knows no such thing. */
export async function ifExists<T>(call: Promise<T>): Promise<T | undefined> {
	try {
		return await call;
	} catch (error) {
		if ((error as Error).name.startsWith("NoSuchEntity")) return undefined;
		throw error;
	}
}
