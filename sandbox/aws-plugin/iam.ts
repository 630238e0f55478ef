import type { IAM } from "@aws-sdk/client-iam";
import { clientOptions, configured } from "./settings";

const clients = new WeakMap<object, IAM>();

/** The IAM client, loaded when the first resource needs it: a preview without changes does not. */
export function iam(): IAM {
	let client = clients.get(configured());
	if (!client) {
		const sdk = require("@aws-sdk/client-iam") as typeof import("@aws-sdk/client-iam");
		client = new sdk.IAM(clientOptions());
		clients.set(configured(), client);
	}
	return client;
}

/** The call's result, or the words of the provider's functions where AWS knows no such thing (terraform-plugin-sdk, retry.NotFoundError). */
export async function found<T>(reading: string, call: Promise<T | undefined>): Promise<T> {
	const result = await call;
	if (result === undefined) throw new Error(`reading ${reading}: couldn't find resource`);
	return result;
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

/** All pages of a list of IAM's or of EKS's. */
export async function pagesOf<Page extends { IsTruncated?: boolean; Marker?: string; nextToken?: string }>(
	read: (marker: string | undefined) => Promise<Page>,
): Promise<Page[]> {
	const pages: Page[] = [];
	let marker: string | undefined;
	do {
		const page = await read(marker);
		pages.push(page);
		marker = page.nextToken ?? (page.IsTruncated ? page.Marker : undefined);
	} while (marker);
	return pages;
}
