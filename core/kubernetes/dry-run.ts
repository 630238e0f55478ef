import { ApiError, type ApiServer } from "./api-server";

/** An object as it is written. */
export interface KubernetesObject {
	apiVersion: string;
	kind: string;
	metadata: {
		name: string;
		namespace?: string;
		labels?: Record<string, string>;
		annotations?: Record<string, string>;
	};
	[field: string]: unknown;
}

/** Server-side apply: under which field manager, and whether it takes fields over from others. */
export interface Apply {
	fieldManager: string;
	force: boolean;
}

/** Why the API server refuses a write. */
export interface Refusal {
	reason: "forbidden" | "exists" | "conflict" | "terminating" | "admission" | "immutable" | "other";
	/** In the API server's words. */
	message: string;
}

/**
 * Whether the API server would take a write: it goes through authorization, validation and admission, and nothing is stored. What cannot be
 * told in this way, such as a webhook that supports no dry run or an object that needs another first, counts as not refused.
 *
 * @param apply Undefined to create the object.
 */
export async function refusalOf(
	server: ApiServer,
	object: KubernetesObject,
	apply?: Apply,
): Promise<Refusal | undefined> {
	try {
		if (apply) {
			const query = { dryRun: "All", fieldManager: apply.fieldManager, force: String(apply.force) };
			await server.apply(
				`${pathOf(object)}/${encodeURIComponent(object.metadata.name)}?${new URLSearchParams(query)}`,
				object,
			);
		} else {
			await server.post(`${pathOf(object)}?dryRun=All`, object);
		}
		return undefined;
	} catch (error) {
		if (!(error instanceof ApiError)) {
			throw error;
		}
		const { code, message } = error;
		const isUntold = code === 404 || (code === 400 && message.includes("does not support dry run"));
		return isUntold ? undefined : { reason: reasonOf(code, message), message };
	}
}

function reasonOf(code: number | undefined, message: string): Refusal["reason"] {
	if (/because it is being terminated/.test(message)) {
		return "terminating";
	}
	switch (code) {
		case 403:
			// RBAC's own words; everything else that is forbidden comes from admission.
			return /User "[^"]*" cannot |attempting to grant RBAC permissions/.test(message) ? "forbidden" : "admission";
		case 409:
			return /already exists$/.test(message) ? "exists" : "conflict";
		case 422:
			return /immutable/.test(message) ? "immutable" : "other";
		default:
			return /admission webhook "[^"]*" denied/.test(message) ? "admission" : "other";
	}
}

/** Where objects of a kind are. */
export function pathOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject): string {
	const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
	const plural = `${kind.toLowerCase().replace(/y$/, "ie")}s`;
	return `${root}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}`;
}
